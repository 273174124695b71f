"""The page's own files are cached while unchanged, and a page never gets those of another version."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, render_template_string

from slipway.web.http import assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "main.js").write_text("import './feed.js'")
    (tmp_path.parent / "secret").write_text("not a file of the page")
    return tmp_path


def serve(folder: Path) -> Flask:
    app = Flask("test", static_folder=None)
    assets.init_app(app, folder)
    return app


def address(app: Flask) -> str:
    with app.test_request_context():
        return render_template_string("{{ url_for('static', filename='js/main.js') }}")


def test_current_version_is_cached_for_a_year(folder: Path) -> None:
    app = serve(folder)
    with app.test_client().get(address(app)) as answer:
        assert answer.get_data(as_text=True) == "import './feed.js'"
        assert answer.mimetype == "text/javascript"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]


def test_other_versions_are_served_without_caching(folder: Path) -> None:
    client = serve(folder).test_client()
    for path in ("/static/js/main.js", "/static/~0123/js/main.js"):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert "immutable" not in answer.headers["Cache-Control"]
            assert "max-age=31536000" not in answer.headers["Cache-Control"]


def test_url_changes_with_any_content_and_any_name(folder: Path) -> None:
    before = address(serve(folder))
    (folder / "js" / "feed.js").write_text("export {}")
    between = address(serve(folder))
    (folder / "js" / "feed.js").rename(folder / "js" / "food.js")
    assert len({before, between, address(serve(folder))}) == 3


def test_nothing_outside_the_folder_is_served(folder: Path) -> None:
    client = serve(folder).test_client()
    for path in ("/static/../secret", "/static/%2e%2e/secret", "/static/~x/../../secret"):
        assert client.get(path).status_code == 404
