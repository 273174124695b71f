"""Files of another user, as `sudo ./lab` leaves them: whose they are, and the command that changes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slipway.install import ownership

NOBODY = 65534


def test_own_file_needs_other_permissions(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ownership.advice(tmp_path / "file") == f"Change its permissions: chmod -R u+rwX {tmp_path}/file"
    assert ownership.advice(tmp_path / "new" / "file") == f"Change its permissions: chmod -R u+rwX {tmp_path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_file_of_another_user_is_to_be_given_to_this_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.chown(tmp_path / "file", NOBODY, NOBODY)
    said = ownership.advice(tmp_path / "file")
    assert said.startswith("It belongs to nobody. Give it to this user: ")
    assert f"chown -R 0 '{tmp_path}/file'" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_folder_that_can_not_be_entered_is_what_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    os.chown(closed, NOBODY, NOBODY)
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed)  # root may enter every folder
    said = ownership.advice(closed / "state" / "install.json")
    assert said.startswith("It belongs to nobody. Give it to this user: ")
    assert f"chown -R 0 '{closed}'" in said
