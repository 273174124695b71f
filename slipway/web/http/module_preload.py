"""What a page's script imports, and what that imports in turn.

A browser finds a module only in the one that imports it, one storey after the other. Told of all of them at once
(`<link rel="modulepreload">`) it fetches them at once. Knows files, and no Flask.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from posixpath import dirname, join, normpath

NAMES = r"[\w$*{}\s,]+?\sfrom\s+"
STATEMENT = re.compile(rf"""^(?:import\s+(?:{NAMES})?|export\s+{NAMES})["']([^"']+)["']""", re.MULTILINE)
"""An import that is written at the beginning of a line, as all of ours are; what is in a function comes later."""


def imported(folder: Path, scripts: tuple[str, ...], libraries: Container[str]) -> list[str]:
    """All modules that `scripts` lead to, themselves included, each once: paths within `folder`, and libraries' names.

    What the first script needs comes first. Raises ValueError for one that is neither, OSError for a file that is not
    there.
    """
    found: list[str] = []
    for script in scripts:
        wanted = [script]
        for name in wanted:  # which grows on the way
            if name not in found:
                found.append(name)
                wanted += _imports(folder, name, libraries)
    return found


def _imports(folder: Path, name: str, libraries: Container[str]) -> list[str]:
    if name in libraries:
        return []
    written = STATEMENT.findall((folder / name).read_text(encoding="utf-8"))
    for one in written:
        if not one.startswith(".") and one not in libraries:
            raise ValueError(f"{name} imports “{one}”, which is no file beside it and no library of the page's.")
    return [normpath(join(dirname(name), one)) if one.startswith(".") else one for one in written]
