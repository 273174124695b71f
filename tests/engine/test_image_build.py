"""The fingerprint in an image's name, and the build context."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from slipway.engine.image_build import files_below, fingerprint, pack
from slipway.engine.images import image_names


def test_fingerprint_depends_on_content_names_and_extras() -> None:
    before = fingerprint({"init": b"one"}, "hub:1")

    assert before == fingerprint({"init": b"one"}, "hub:1")
    assert before != fingerprint({"init": b"two"}, "hub:1")
    assert before != fingerprint({"begin": b"one"}, "hub:1")
    assert before != fingerprint({"init": b"one"}, "hub:2")
    assert image_names() == image_names()


def test_bytecode_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "gateway" / "__pycache__").mkdir(parents=True)
    (tmp_path / "gateway" / "policy.py").write_text("rules = ()")
    (tmp_path / "gateway" / "__pycache__" / "policy.pyc").write_bytes(b"\0")

    assert files_below(tmp_path, "gateway", into="slipway/") == {"slipway/gateway/policy.py": b"rules = ()"}


def test_file_without_a_suffix_is_executable() -> None:
    with tarfile.open(fileobj=pack({"engine/init": b"#!/bin/sh\n", "engine/daemon.json": b"{}"})) as tar:
        modes = {entry.name: oct(entry.mode) for entry in tar}

    assert modes == {"engine/init": "0o755", "engine/daemon.json": "0o644"}


def test_archive_is_packed_from_its_beginning() -> None:
    archive = io.BytesIO(b"layers")
    archive.seek(3)

    context = pack({"Dockerfile": b"FROM scratch\n"}, {"archives/redis.tar": archive})
    with context, tarfile.open(fileobj=context) as tar:
        packed = tar.extractfile("archives/redis.tar")
        assert packed is not None
        assert packed.read() == b"layers"
