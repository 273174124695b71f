"""All modules that a page's script imports, directly or not, for `<link rel="modulepreload">`.

Without preloading, a browser discovers each module only in the one that imports it, one level after the other. Knows
files, and no Flask.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from posixpath import dirname, join, normpath

BINDINGS = r"[\w$*{}\s,]+?\sfrom\s+"
STATEMENT = re.compile(rf"""^(?:import\s+(?:{BINDINGS})?|export\s+{BINDINGS})["']([^"']+)["']""", re.MULTILINE)
"""An import at the beginning of a line, as all of ours are. One inside a function is loaded on demand."""


def imported(folder: Path, scripts: tuple[str, ...], libraries: Container[str]) -> list[str]:
    """Return all modules that `scripts` import, with themselves, each once: paths in `folder`, and names of libraries.

    What the first script needs comes first. Raises ValueError for an import that is neither a file nor a library, and
    OSError for a missing file.
    """
    found: list[str] = []
    for script in scripts:
        pending = [script]
        for name in pending:  # grows during the loop
            if name not in found:
                found.append(name)
                pending += _imports(folder, name, libraries)
    return found


def _imports(folder: Path, name: str, libraries: Container[str]) -> list[str]:
    if name in libraries:
        return []
    targets = STATEMENT.findall((folder / name).read_text(encoding="utf-8"))
    for target in targets:
        if not target.startswith(".") and target not in libraries:
            raise ValueError(f"{name} imports “{target}”, which is neither a file beside it nor a library of the page.")
    return [normpath(join(dirname(name), target)) if target.startswith(".") else target for target in targets]
