"""`./lab export DIR`: the course as static files, for any web server or a shared folder.

Writes into a new or empty folder, or over an earlier export, whose list of files says what is ours to replace.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from slipway.settings import Settings
from slipway.setup import browser_libraries
from slipway.setup.bundle import bundle
from slipway.setup.console import Console, StageFailed

LIST = "slipway-export.json"
Written = Callable[[bytes], Iterable[tuple[str, bytes]]]


def export(settings: Settings, voice: Console, folder: Path, written: Written) -> None:
    """Raises StageFailed when the folder is somebody else's, or can't be written."""
    before = _ours(folder)
    browser_libraries.ensure(settings.state, voice)
    try:
        with voice.stage(f"The course as files, into {folder}"):
            sizes = {path: _write(folder / path, content) for path, content in written(bundle())}
            _forget(folder, before - set(sizes))
            _write(folder / LIST, json.dumps({"files": sorted(sizes)}, indent=1).encode())
    except OSError as error:
        raise StageFailed(f"{folder} can't be written: {error.strerror}.", then="Name another folder.") from None
    _tell(voice, folder, sizes)


def _ours(folder: Path) -> set[str]:
    """The files of an earlier export in `folder`; nothing for a new or empty one."""
    if folder.exists() and not folder.is_dir():
        raise StageFailed(f"{folder} is a file.", then="Name a folder that is new or empty.")
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    try:
        return {str(one) for one in json.loads((folder / LIST).read_text(encoding="utf-8"))["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        what = f"{folder} is not empty, and what is in it is no earlier export."
        raise StageFailed(what, then="Name a folder that is new or empty, or empty this one yourself.") from None


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)


def _forget(folder: Path, gone: Iterable[str]) -> None:
    """Files that an earlier export wrote and this one does not: a lesson of another name, say."""
    inside = folder.resolve()
    for path in gone:
        file = (folder / path).resolve()
        if file.is_relative_to(inside):
            file.unlink(missing_ok=True)


def _tell(voice: Console, folder: Path, sizes: dict[str, int]) -> None:
    lessons = sum(path.startswith("lessons/") for path in sizes)
    recordings = sum(path.endswith(".cast") for path in sizes)
    size = sum(sizes.values()) / 1_000_000
    voice.say(f"Wrote {len(sizes)} files, {size:.1f} MB: {lessons} lessons, {recordings} recordings.")
    voice.say("Nothing in it is live. Put the folder on any web server, below any path, or on a shared drive.")
    voice.say(f"Open it: {(folder / 'index.html').resolve().as_uri()}")
