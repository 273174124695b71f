"""Browser libraries come from an explicit list, and nothing beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from slipway.settings import Settings
from slipway.web.http import errors, vendor

TERMINAL = "@xterm/xterm/lib/xterm.mjs"


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    modules = tmp_path / "node_modules"
    for path, package in vendor.FILES.items():
        file = modules / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"/* {path} */")
        (modules / package / "package.json").write_text(json.dumps({"version": "1.2.3"}))
    (modules / "secret.js").write_text("not listed")
    return modules


@pytest.fixture
def app(modules: Path, settings: Settings) -> Flask:
    app = Flask("test")
    errors.init_app(app)
    app.register_blueprint(vendor.blueprint(modules))
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", sorted(vendor.FILES))
def test_listed_files_are_served_with_their_type(client: FlaskClient, path: str) -> None:
    with client.get(f"/vendor/{path}") as answer:
        assert answer.get_data(as_text=True) == f"/* {path} */"
        assert answer.mimetype == ("text/css" if path.endswith(".css") else "text/javascript")


@pytest.mark.parametrize(
    "path", ["secret.js", "@xterm/xterm/package.json", "../pyproject.toml", f"./{TERMINAL}", f"{TERMINAL}/", "%2e%2e/x"]
)
def test_unlisted_files_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/vendor/{path}").status_code in (404, 308)
    assert client.get(f"/vendor/{path}", follow_redirects=True).status_code == 404


def test_only_the_installed_version_is_cached_for_a_year(client: FlaskClient) -> None:
    kept, stale, bare = (client.get(f"/vendor/{TERMINAL}{query}") for query in ("?v=1.2.3", "?v=1.2.2", ""))
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in stale.headers["Cache-Control"] + bare.headers["Cache-Control"]
    for answer in (kept, stale, bare):
        answer.close()


def test_templates_name_a_file_with_its_version(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ vendor(path) }}", path=TERMINAL) == f"/vendor/{TERMINAL}?v=1.2.3"


def test_missing_libraries_are_reported_with_a_sentence(client: FlaskClient, modules: Path) -> None:
    (modules / TERMINAL).unlink()
    answer = client.get(f"/vendor/{TERMINAL}")
    assert (answer.status_code, "Run `./lab up`" in answer.text) == (404, True)
