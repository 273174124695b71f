"""What npm is asked to install, when, and that it never empties another checkout's node_modules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slipway.setup import browser_libraries
from slipway.setup.console import Console, StageFailed

NPM = """#!/bin/sh
# Like `npm ci`: empties node_modules, also through a link, and writes down how it was called.
mkdir -p node_modules && rm -rf node_modules/* node_modules/.installed* && echo "$@" >> calls
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a lock file, and an npm that only empties and records."""
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "npm").write_text(NPM)
    monkeypatch.setattr(browser_libraries, "ROOT", tmp_path)
    monkeypatch.setattr(browser_libraries, "LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(browser_libraries, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(browser_libraries, "_npm", lambda *_: ["sh", str(tmp_path / "npm")])
    return tmp_path


def test_a_lab_installs_no_development_dependencies_and_nothing_twice(checkout: Path) -> None:
    for _ in range(2):
        browser_libraries.ensure(checkout, Console())
    arguments = "ci --ignore-scripts --no-audit --no-fund --loglevel=http --omit=dev"
    assert (checkout / "calls").read_text().splitlines() == [arguments]
    assert not browser_libraries.are_installed(development=True)


def test_tests_install_everything_which_is_enough_for_a_lab(checkout: Path) -> None:
    browser_libraries.ensure(checkout, Console())
    browser_libraries.ensure(checkout, Console(), development=True)
    browser_libraries.ensure(checkout, Console())
    assert [line.endswith("--omit=dev") for line in (checkout / "calls").read_text().splitlines()] == [True, False]


def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    browser_libraries.ensure(checkout, Console(), development=True)
    (checkout / "package-lock.json").write_text('{"changed": true}')
    assert not browser_libraries.are_installed()
    browser_libraries.ensure(checkout, Console())
    assert browser_libraries.are_installed()


def test_the_folder_of_another_checkout_is_not_emptied_through_a_link(checkout: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "xterm").write_text("installed")
    (checkout / "node_modules").symlink_to(other)
    browser_libraries.ensure(checkout, Console())
    assert (other / "xterm").read_text() == "installed"
    assert not (checkout / "node_modules").is_symlink()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("npm http fetch GET 200 https://there.example/@xterm/xterm/-/xterm-5.tgz 63ms (cache miss)", "xterm-5.tgz"),
        ("npm http fetch GET 200 https://there.example/esbuild 12ms", "esbuild"),
        ("npm http cache https://there.example/esbuild/-/esbuild-0.25.0.tgz 4ms (cache hit)", "esbuild-0.25.0.tgz"),
    ],
)
def test_progress_names_the_package_that_npm_fetches(line: str, shown: str) -> None:
    assert browser_libraries.summary(line) == f"fetched {shown}"
    assert browser_libraries.summary("added 93 packages in 8s") == "added 93 packages in 8s"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_libraries_of_another_user_are_told_before_npm_fails(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "node_modules").mkdir()
    os.chown(checkout / "node_modules", 65534, 65534)
    monkeypatch.setattr(os, "access", lambda path, mode: path != checkout / "node_modules")  # root may write anything
    with pytest.raises(StageFailed) as caught:
        browser_libraries.ensure(checkout, Console())
    assert "chown -R 0" in caught.value.hint
    assert not (checkout / "calls").exists()
