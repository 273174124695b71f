"""The browser libraries, from our own origin: an explicit list of files from node_modules.

URLs mirror node_modules (`/vendor/@xterm/xterm/lib/xterm.mjs`). With the installed version as `?v=` (which the
templates' `vendor()` adds) a response may be cached for a year; without it, it is revalidated.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file, url_for

from slipway.settings import ROOT

FILES = {
    "@xterm/xterm/lib/xterm.mjs": "@xterm/xterm",
    "@xterm/xterm/css/xterm.css": "@xterm/xterm",
    "@xterm/addon-fit/lib/addon-fit.mjs": "@xterm/addon-fit",
    "@xterm/addon-search/lib/addon-search.mjs": "@xterm/addon-search",
    "@xterm/addon-unicode11/lib/addon-unicode11.mjs": "@xterm/addon-unicode11",
    "@xterm/addon-web-links/lib/addon-web-links.mjs": "@xterm/addon-web-links",
    "@xterm/addon-webgl/lib/addon-webgl.mjs": "@xterm/addon-webgl",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io-client",
}
LIBRARIES = {package: path for path, package in FILES.items() if not path.endswith(".css")}
"""The paths by the names with which the page's modules import them."""
TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css"}
YEAR = 365 * 24 * 3600  # seconds
MISSING = "The browser libraries are not installed. Run `./lab up`, which fetches them."


def blueprint(modules: Path = ROOT / "node_modules") -> Blueprint:
    """Serve `GET /vendor/<path>` from `modules`; give the templates `vendor(path)`, and `libraries()` by name."""
    bp = Blueprint("vendor", __name__)
    version = cache(lambda package: _version(modules / package))

    @bp.get("/vendor/<path:path>")
    def file(path: str) -> Response:
        if path not in FILES:
            abort(404, "There is no such library here.")
        if not (modules / path).is_file():
            abort(404, MISSING)
        max_age = YEAR if request.args.get("v") == version(FILES[path]) else 0
        response = send_file(modules / path, mimetype=TYPES[Path(path).suffix], max_age=max_age)
        response.cache_control.immutable = bool(max_age)
        return response

    @bp.app_context_processor
    def _context() -> dict[str, object]:
        return {"vendor": address, "libraries": lambda: {name: address(path) for name, path in LIBRARIES.items()}}

    def address(path: str) -> str:
        return url_for("vendor.file", path=path, v=version(FILES[path]))

    return bp


def _version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text())["version"])
    except FileNotFoundError:
        return "none"
