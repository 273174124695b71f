"""The state folder: private to its owner, with files that are replaced whole, and errors that tell what to do.

Knows neither settings nor what the files in the folder mean.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from slipway.install import ownership

CHOOSE_ANOTHER = "Or choose another folder: SLIPWAY_STATE=/another/folder ./lab up"
FREE_SPACE = f"Free some space on that disk, then run the same command again. {CHOOSE_ANOTHER}"
MAKE_WRITABLE = f"Make it writable for this user, then run the same command again. {CHOOSE_ANOTHER}"
NO_PERMISSION = (errno.EACCES, errno.EPERM)


class StateError(RuntimeError):
    """The state folder or a file in it can't be used. The text names it; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def write_error(path: Path | str, error: OSError) -> StateError:
    """Return the StateError for a file or folder that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StateError(f"{path} can't be written: there is no space left on its disk.", FREE_SPACE)
    hint = f"{ownership.advice(path)}\n{CHOOSE_ANOTHER}" if error.errno in NO_PERMISSION else MAKE_WRITABLE
    return StateError(f"{path} can't be written: {reason(error)}.", hint)


def read_error(path: Path, error: OSError, hint: str) -> StateError:
    """Return the StateError for a file that could not be read; `hint` is for other reasons than its permissions."""
    if error.errno in NO_PERMISSION:
        hint = f"{ownership.advice(path)}\n{CHOOSE_ANOTHER}"
    return StateError(f"{path} can't be read: {reason(error)}.", hint)


def reason(error: OSError) -> str:
    """Return the system's own message for the error, starting in lower case."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def create(state: Path) -> None:
    """Create the state folder if it is missing, with mode 0700. Raises StateError."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if state.stat().st_mode & 0o077:
            state.chmod(0o700)
    except (FileExistsError, NotADirectoryError):
        raise StateError(f"{state} can't be the state folder: it is not a folder.", CHOOSE_ANOTHER) from None
    except OSError as error:
        raise write_error(state, error) from None


def write_private(path: Path, text: str) -> None:
    """Replace the file at `path` atomically, with mode 0600: after a full disk or a crash it is the old or the new one.

    Raises StateError.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # with mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise write_error(path, error) from None
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush renames in the folder to the disk, where the file system supports it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
