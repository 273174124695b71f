"""`./lab export DIR`: writes the course as static files, for any web server or a shared folder.

The folder is new, empty, or an earlier export, whose manifest lists the files that may be replaced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from slipway.settings import Settings
from slipway.setup import browser_libraries
from slipway.setup.bundle import bundle
from slipway.setup.console import Console, StageFailed

MANIFEST = "slipway-export.json"
Render = Callable[[bytes], Iterable[tuple[str, bytes]]]


def export(settings: Settings, console: Console, folder: Path, render: Render) -> None:
    """Write the course into `folder`. Raises StageFailed if it holds other files or can't be written."""
    previous = _previous_files(folder)
    browser_libraries.ensure(settings.state, console)
    try:
        with console.stage(f"The course as static files, into {folder}"):
            sizes = {path: _write(folder / path, content) for path, content in render(bundle())}
            _remove_stale(folder, previous - set(sizes))
            _write(folder / MANIFEST, json.dumps({"files": sorted(sizes)}, indent=1).encode())
    except OSError as error:
        raise StageFailed(f"{folder} can't be written: {error.strerror}.", hint="Name another folder.") from None
    _print_summary(console, folder, sizes)


def _previous_files(folder: Path) -> set[str]:
    """Return the files of an earlier export in `folder`; none for a new or empty one."""
    if folder.exists() and not folder.is_dir():
        raise StageFailed(f"{folder} is a file.", hint="Name a new or empty folder.")
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    try:
        return {str(name) for name in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        error = f"{folder} is not empty and holds no earlier export."
        raise StageFailed(error, hint="Name a new or empty folder, or empty this one yourself.") from None


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)


def _remove_stale(folder: Path, stale: Iterable[str]) -> None:
    """Remove the files that an earlier export wrote and this one does not, such as those of a renamed lesson."""
    inside = folder.resolve()
    for path in stale:
        file = (folder / path).resolve()
        if file.is_relative_to(inside):
            file.unlink(missing_ok=True)


def _print_summary(console: Console, folder: Path, sizes: dict[str, int]) -> None:
    lessons = sum(path.startswith("lessons/") for path in sizes)
    recordings = sum(path.endswith(".cast") for path in sizes)
    size = sum(sizes.values()) / 1_000_000
    console.print(f"Wrote {len(sizes)} files, {size:.1f} MB: {lessons} lessons, {recordings} recordings.")
    console.print("Nothing in it is live. Serve it from any web server, under any path, or from a shared drive.")
    console.print(f"Open it: {(folder / 'index.html').resolve().as_uri()}")
