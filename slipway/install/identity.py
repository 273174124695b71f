"""The identity of an install: its name, which labels everything it creates in Docker, and its access token.

Lives in `install.json` in the state folder and is created on the first start. Knows no settings.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from slipway.install.state_folder import StateError, read_error, write_private

RENEW = (
    "Restore it from a backup. Or remove it: the next ./lab up then creates a new identity and a new token, keeps all "
    "progress, and no longer finds what the old identity left in Docker (docker ps -a --filter label=slipway.install)."
)
EMPTY = (
    "%s was empty, as a full disk leaves it, so this install gets a new identity and a new token. Progress is kept. If "
    "an earlier identity left sandboxes in Docker, this lists them: docker ps -a --filter label=slipway.install"
)

log = logging.getLogger(__name__)


def load(state: Path) -> dict[str, str]:
    """Return `{"install", "token"}` of the install in the folder `state`; create them the first time.

    Raises StateError.
    """
    path = state / "install.json"
    saved = _read(path)
    if saved is None:
        with _locked(state):
            saved = _read(path) or _create(path)
    return saved


def _create(path: Path) -> dict[str, str]:
    if path.exists():
        log.warning(EMPTY, path)
    created = {"install": secrets.token_hex(4), "token": secrets.token_urlsafe(24)}
    write_private(path, json.dumps(created))
    return created


def _read(path: Path) -> dict[str, str] | None:
    """Return what the file holds; None when it is missing or empty."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_error(path, error, RENEW) from None
    if not content.strip(b"\0 \r\n\t"):  # zeros: what some file systems leave after a power cut
        return None
    try:
        parsed = json.loads(content)
        found = {key: parsed[key] for key in ("install", "token")}
    except (ValueError, LookupError, TypeError):
        found = {}
    if not found or not all(value and isinstance(value, str) for value in found.values()):
        raise StateError(f"{path} is damaged: it does not say which install this is.", RENEW)
    return found


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder against other processes: two simultaneous first starts would create two identities."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: simultaneous first starts are rare
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
