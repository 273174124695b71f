"""An image's name follows from what goes into it, and a context packs the same bytes everywhere."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from slipway.engine.image_build import files_below, fingerprint, pack
from slipway.engine.images import image_names


def test_the_name_changes_with_content_name_and_circumstance() -> None:
    before = fingerprint({"init": b"one"}, "hub:1")

    assert before == fingerprint({"init": b"one"}, "hub:1")
    assert before != fingerprint({"init": b"two"}, "hub:1")
    assert before != fingerprint({"begin": b"one"}, "hub:1")
    assert before != fingerprint({"init": b"one"}, "hub:2")
    assert image_names() == image_names()


def test_bytecode_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "gateway" / "__pycache__").mkdir(parents=True)
    (tmp_path / "gateway" / "policy.py").write_text("rules = ()")
    (tmp_path / "gateway" / "__pycache__" / "policy.pyc").write_bytes(b"\0")

    assert files_below(tmp_path, "gateway", into="slipway/") == {"slipway/gateway/policy.py": b"rules = ()"}


def test_a_name_without_a_suffix_is_a_program() -> None:
    with tarfile.open(fileobj=pack({"engine/init": b"#!/bin/sh\n", "engine/daemon.json": b"{}"})) as tar:
        modes = {entry.name: oct(entry.mode) for entry in tar}

    assert modes == {"engine/init": "0o755", "engine/daemon.json": "0o644"}


def test_an_archive_is_packed_whole_wherever_it_was_left() -> None:
    archive = io.BytesIO(b"layers")
    archive.seek(3)

    context = pack({"Dockerfile": b"FROM scratch\n"}, {"archives/redis.tar": archive})
    with context, tarfile.open(fileobj=context) as tar:
        packed = tar.extractfile("archives/redis.tar")
        assert packed is not None
        assert packed.read() == b"layers"
