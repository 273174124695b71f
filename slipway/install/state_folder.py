"""The state folder: made for its owner only, written so that no file in it is ever half there, and this install's
identity in it.

Knows neither settings nor what the other files in the folder mean.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHOOSE = "Or choose another folder: SLIPWAY_STATE=/another/folder ./lab up"
FREE = f"Free some space on that disk, then run the same command again. {CHOOSE}"
ALLOW = f"Make it writable for this user, then run the same command again. {CHOOSE}"
RENEW = (
    "Put it back from a backup. Or remove it: the next ./lab up then makes a new identity and a new token, keeps all "
    "progress, and no longer finds what the old identity left in Docker (docker ps -a --filter label=slipway.install)."
)
EMPTY = (
    "%s was empty, as a full disk leaves it, so this install gets a new identity and a new token. Progress is kept. If "
    "an earlier identity left sandboxes in Docker, they are listed by: docker ps -a --filter label=slipway.install"
)

log = logging.getLogger(__name__)


class StateError(RuntimeError):
    """A state file or its folder can't be used: a sentence that names it, and what to do then."""

    def __init__(self, what: str, then: str) -> None:
        super().__init__(what)
        self.then = then


def cannot_write(path: Path | str, error: OSError) -> StateError:
    """The sentence for a file or folder that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StateError(f"{path} can't be written: there is no space left on its disk.", FREE)
    return StateError(f"{path} can't be written: {reason(error)}.", ALLOW)


def reason(error: OSError) -> str:
    """Why, in the system's words, begun in lower case."""
    said = error.strerror or str(error)
    return said[:1].lower() + said[1:]


def make_folder(state: Path) -> None:
    """Make the state folder where there is none, with mode 0700. Raises StateError."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if state.stat().st_mode & 0o077:
            state.chmod(0o700)
    except (FileExistsError, NotADirectoryError):
        raise StateError(f"{state} can't be the state folder: it is not a folder.", CHOOSE) from None
    except OSError as error:
        raise cannot_write(state, error) from None


def write_private(path: Path, text: str) -> None:
    """Replace the file at `path`, for its owner only: after a full disk or a crash it is the old or the new one, whole.

    Raises StateError.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # with mode 0600
        fresh = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(path, error) from None
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk remember what was renamed in a folder, where the file system can be asked to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def identity(state: Path) -> dict[str, str]:
    """The name and the token of this install, made the first time. Raises StateError."""
    path = state / "install.json"
    kept = _read(path)
    if kept is None:
        with _alone(state):
            kept = _read(path) or _new(path)
    return kept


def _new(path: Path) -> dict[str, str]:
    if path.exists():
        log.warning(EMPTY, path)
    made = {"install": secrets.token_hex(4), "token": secrets.token_urlsafe(24)}
    write_private(path, json.dumps(made))
    return made


def _read(path: Path) -> dict[str, str] | None:
    """What the file says; None where there is none, or nothing in it."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path} can't be read: {reason(error)}.", RENEW) from None
    if not text.strip(b"\0 \r\n\t"):  # zeros: what some file systems leave after a power cut
        return None
    try:
        kept = json.loads(text)
        found = {key: kept[key] for key in ("install", "token")}
    except (ValueError, LookupError, TypeError):
        found = {}
    if not found or not all(value and isinstance(value, str) for value in found.values()):
        raise StateError(f"{path} is damaged: it does not say which install this is.", RENEW)
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; two first starts at once would make two identities."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: they are seldom two
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
