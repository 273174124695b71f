"""A page preloads all modules that it needs, each once: the same that esbuild finds."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from slipway.settings import ROOT
from slipway.web.http.module_preload import imported
from slipway.web.http.vendor import FILES, LIBRARIES

TERMINALS = ("js/terminal/lab-terminal.js", "js/class/lab-remote-terminal.js")
PAGES = {
    "/": ["js/main.js"],
    "/lessons/01-the-life-of-a-container": [
        "js/main.js",
        "js/terminal/lab-terminal.js",
        "js/class/lab-remote-terminal.js",
    ],
    "/present/01-the-life-of-a-container": [
        "js/present.js",
        "js/terminal/lab-terminal.js",
        "js/class/lab-remote-terminal.js",
    ],
    "/present/01-the-life-of-a-container/notes": ["js/present.js"],
    "/watch/4f1c9a": ["js/watch-learner.js"],
    "/wall": ["js/dashboard.js"],
}
FORMS = """// import "./comment.js"
import "./alone.js"
import Default from "./default.js"
import { one, two as other } from '../named.js'
import {
  three,
} from "./lines.js"
import * as all from "library"
import Again, { four } from "./default.js"
export { five } from "./passed-on.js"
export * from "./everything.js"
export const text = "./text.js"
const later = () => import("./later.js")
"""


@pytest.mark.parametrize("path", PAGES)
def test_each_module_of_a_page_is_preloaded_once(client: FlaskClient, path: str, tmp_path: Path) -> None:
    script, *later = PAGES[path]
    html = client.get(path).text
    loaded = [_name(one) for one in re.findall(r'<script type="module"(?: async)? src="([^"]+)"', html)]
    preloaded = [_name(one) for one in re.findall(r'<link rel="modulepreload" href="([^"]+)"', html)]
    assert loaded[-1] == script
    assert sorted(preloaded) == sorted(_modules_by_esbuild([*loaded, *later], tmp_path) - {*loaded})


def test_preloads_and_import_map_name_the_same_addresses(client: FlaskClient) -> None:
    html = unescape(client.get("/lessons/01-the-life-of-a-container").text)
    names = json.loads(re.findall(r'<script type="importmap"[^>]*>(.*?)</script>', html)[0])["imports"]
    assert set(names) == set(LIBRARIES)
    for address in names.values():
        assert html.count(f'<link rel="modulepreload" href="{address}">') == 1
    assert html.index("importmap") < html.index("modulepreload")


def test_all_forms_of_imports_are_found(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "main.js").write_text(FORMS)
    for name in ("js/alone.js", "js/default.js", "named.js", "js/lines.js", "js/passed-on.js", "js/everything.js"):
        (tmp_path / name).write_text("")
    found = imported(tmp_path, ("js/main.js",), {"library"})
    files = ["js/alone.js", "js/default.js", "named.js", "js/lines.js", "js/passed-on.js", "js/everything.js"]
    assert sorted(found) == sorted(["js/main.js", *files, "library"])


def test_import_cycle_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text('import "./two.js"')
    (tmp_path / "two.js").write_text('import "./one.js"')
    assert imported(tmp_path, ("one.js",), ()) == ["one.js", "two.js"]


def test_modules_of_the_first_script_come_first(tmp_path: Path) -> None:
    (tmp_path / "first.js").write_text('import "./deep.js"')
    (tmp_path / "deep.js").write_text('import "./deepest.js"')
    (tmp_path / "deepest.js").write_text("")
    (tmp_path / "second.js").write_text('import "./wide.js"\nimport "./deep.js"')
    (tmp_path / "wide.js").write_text("")
    found = imported(tmp_path, ("first.js", "second.js"), ())
    assert found == ["first.js", "deep.js", "deepest.js", "second.js", "wide.js"]


def test_missing_module_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text('import "left-pad"')
    with pytest.raises(ValueError, match=r"main\.js imports “left-pad”"):
        imported(tmp_path, ("main.js",), LIBRARIES)
    (tmp_path / "main.js").write_text('import "./gone.js"')
    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        imported(tmp_path, ("main.js",), LIBRARIES)


def _name(address: str) -> str:
    """Return a module's name by its URL."""
    path = address.partition("?")[0]
    if path.startswith("/vendor/"):
        return FILES[path.removeprefix("/vendor/")]
    return re.sub(r"^/static/~\w+/", "", path)


def _modules_by_esbuild(scripts: list[str], place: Path) -> set[str]:
    """Return what esbuild would bundle for these, except modules imported on demand."""
    esbuild = next((ROOT / "node_modules").glob("@esbuild/*/bin/esbuild"))
    command = [str(esbuild), *scripts, "--bundle", "--format=esm", f"--outdir={place}", f"--metafile={place / 'meta'}"]
    command += [f"--external:{name}" for name in LIBRARIES]
    subprocess.run(command, cwd=ROOT / "static", capture_output=True, check=True)
    inputs = json.loads((place / "meta").read_text())["inputs"]
    found = list(scripts)
    for name in found:
        uses = inputs.get(name, {"imports": []})["imports"]
        found += [one["path"] for one in uses if one["kind"] == "import-statement" and one["path"] not in found]
    return set(found)
