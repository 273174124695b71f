"""The page's own files, at a URL that changes with their content, so that browsers may cache them.

The modules import each other by relative URLs, so the version is part of the folder's name, and a page never mixes two
versions. `/static/<path>` serves the same, to be revalidated each time.
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

YEAR = 365 * 24 * 3600  # seconds
FOLDER = ROOT / "static"


def init_app(app: Flask, folder: Path = FOLDER) -> None:
    """Serve `GET /static/~<version>/<path>` and `/static/<path>`.

    Templates use `url_for("static", filename=…)`, and `imported(script, …)` for the names of all modules a page needs.
    """
    current = version(folder)
    modules = cache(lambda *scripts: imported(folder, scripts, LIBRARIES))
    app.context_processor(lambda: {"imported": modules})

    def static(filename: str, version: str | None = None) -> Response:
        max_age = YEAR if version == current else 0
        response = send_from_directory(folder, filename, max_age=max_age)
        response.cache_control.immutable = bool(max_age)
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.add_url_rule("/static/~<version>/<path:filename>", "static", static)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)


def version(folder: Path) -> str:
    """Return a digest of all files and their names."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
