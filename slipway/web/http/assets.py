"""The page's own files, at an address that changes with their content: a browser keeps them while they are true.

The modules import each other by relative addresses, so the version stands in the folder's name, and a page never mixes
two of them. `/static/<path>` serves the same, to be asked about each time.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

from slipway.settings import ROOT
from slipway.web.http.module_preload import imported
from slipway.web.http.vendor import LIBRARIES

YEAR = 365 * 24 * 3600
FOLDER = ROOT / "static"


def init_app(app: Flask, folder: Path = FOLDER) -> None:
    """`GET /static/~<version>/<path>` and `/static/<path>`; templates say `url_for("static", filename=…)`, and
    `imported(script, …)` for the names of all modules that a page will want."""
    current = version(folder)
    all_of = cache(lambda *scripts: imported(folder, scripts, LIBRARIES))
    app.context_processor(lambda: {"imported": all_of})

    def static(filename: str, version: str | None = None) -> Response:
        kept = YEAR if version == current else 0
        response = send_from_directory(folder, filename, max_age=kept)
        response.cache_control.immutable = bool(kept)
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.add_url_rule("/static/~<version>/<path:filename>", "static", static)

    @app.url_defaults
    def newest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)


def version(folder: Path) -> str:
    """Another one whenever a file is, or its name."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
