"""Says who owns a file that this user may not use, and the command that changes it: `sudo ./lab` leaves such files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def advice(path: Path | str) -> str:
    """Return what to do about a file or folder that this user may not read or write."""
    found = _nearest(Path(path))
    owner = _owner(found)
    if owner is None or owner == os.geteuid():
        return f"Change its permissions: chmod -R u+rwX {found}"
    command = f"chown -R {os.geteuid()} '{found}'"
    by_root = f"sudo {command}" if shutil.which("sudo") else f'su root -c "{command}"'
    return f"It belongs to {_name(found)}. Give it to this user: {by_root}   (or run the command as {_name(found)})"


def _nearest(path: Path) -> Path:
    """Return the outermost folder on the way to `path` that this user may not enter, or else what is there of it."""
    folders = path.absolute().parents
    closed = next((folder for folder in reversed(folders) if folder.exists() and not os.access(folder, os.X_OK)), None)
    return closed or next((part for part in (path, *folders) if os.path.lexists(part)), path)


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _name(path: Path) -> str:
    try:
        return path.owner()
    except (OSError, KeyError):
        return f"user {_owner(path)}"
