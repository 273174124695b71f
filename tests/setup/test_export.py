"""`./lab export`: what it writes, and what it leaves alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.proofs.static_site import site_files
from slipway.settings import Settings
from slipway.setup import browser_libraries, export
from slipway.setup.console import Console, StageFailed

Export = Callable[..., str]


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Export into a folder without the bundle; return the output."""
    monkeypatch.setattr(browser_libraries, "ensure", lambda *_: None)
    monkeypatch.setattr(export, "bundle", lambda: b"// the bundle")

    def run(folder: Path, what: export.Render = lambda _: [("index.html", b"hi"), ("lessons/a.html", b"a")]) -> str:
        log = io.StringIO()
        export.export(Settings("i", "t", tmp_path), Console(log), folder, what)
        return log.getvalue()

    return run


def test_export_creates_the_folder_and_prints_a_summary(exported: Export, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "site"
    output = exported(folder)
    assert (folder / "lessons" / "a.html").read_text() == "a"
    assert "Wrote 2 files" in output
    assert "Nothing in it is live." in output
    assert (folder / "index.html").as_uri() in output


def test_earlier_export_is_updated(exported: Export, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    exported(folder)
    (folder / "mine.txt").write_text("mine")
    exported(folder, lambda _: [("index.html", b"new")])
    assert (folder / "index.html").read_text() == "new"
    assert not (folder / "lessons" / "a.html").exists()
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("found", ["", "{", "[]", '{"files": 5}'])
def test_folder_with_other_files_is_refused(exported: Export, tmp_path: Path, found: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "other.txt").write_text("other")
    if found:
        (tmp_path / "site" / export.MANIFEST).write_text(found)
    with pytest.raises(StageFailed, match="is not empty and holds no earlier export"):
        exported(tmp_path / "site")
    assert (tmp_path / "site" / "other.txt").read_text() == "other"


def test_manifest_cannot_remove_files_outside_the_folder(exported: Export, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("other")
    exported(tmp_path / "site")
    outside = ["../other.txt", str(tmp_path / "other.txt")]
    (tmp_path / "site" / export.MANIFEST).write_text(json.dumps({"files": outside}))
    exported(tmp_path / "site")
    assert (tmp_path / "other.txt").read_text() == "other"


def test_file_instead_of_a_folder_is_refused(exported: Export, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("")
    with pytest.raises(StageFailed, match="is a file"):
        exported(tmp_path / "site")


def test_unwritable_folder_is_named(exported: Export) -> None:
    with pytest.raises(StageFailed, match="can't be written"):
        exported(Path("/proc/site"))


@pytest.mark.skipif(not browser_libraries.are_installed(), reason="npm's files are fetched by ./lab up")
def test_whole_course_is_exported(exported: Export, tmp_path: Path) -> None:
    exported(tmp_path / "site", site_files)
    listed = json.loads((tmp_path / "site" / export.MANIFEST).read_text())["files"]
    there = {str(path.relative_to(tmp_path / "site")) for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert there == {*listed, export.MANIFEST}
    assert (tmp_path / "site" / "slipway.js").read_text() == "// the bundle"
    assert (tmp_path / "site" / "index.html").read_text().count('class="course-row"') == 12
