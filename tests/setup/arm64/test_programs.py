"""What counts as a program that starts, and that all images are started."""

from __future__ import annotations

import platform
from dataclasses import replace

import pytest

from slipway.engine.course_images import CATALOGUE
from slipway.engine.image_programs import Program
from slipway.setup.arm64 import run
from slipway.setup.arm64.programs import PROGRAMS


def test_each_image_has_programs_to_start() -> None:
    assert {start.image for start in PROGRAMS} == {"engine", "terminal", *CATALOGUE}


def test_program_must_end_well_and_say_its_words() -> None:
    assert run.judge_start(0, "\nrunc version 1.1\nspec: 1.1\n", "runc") == (True, "runc version 1.1")
    assert run.judge_start(0, "hello\n", "runc") == (False, "it did not print 'runc', but: hello")
    assert run.judge_start(1, "runc version 1.1\nfatal: oh\n", "runc") == (False, "exit status 1: fatal: oh")
    assert run.judge_start(126, "", "runc") == (False, "exit status 126: it printed nothing")


def test_every_program_must_be_for_arm64_and_find_its_interpreter() -> None:
    good = Program("/bin/sh", "arm64", "/lib/ld-linux-aarch64.so.1", found=True)

    assert run.judge_files([good]) == (True, "1 with their interpreters")
    assert run.judge_files([good, replace(good, machine="amd64")]) == (False, "/bin/sh is for amd64")
    assert run.judge_files([replace(good, found=False)]) == (
        False,
        "/bin/sh needs /lib/ld-linux-aarch64.so.1, which is missing",
    )


@pytest.mark.parametrize("architecture", ["arm64", "aarch64"])
def test_arm64_engine_needs_no_emulation(architecture: str) -> None:
    assert run.is_native(architecture)
    assert not run.is_native("amd64")


def test_engine_with_another_kernel_is_refused() -> None:
    assert run.why_not_here(platform.release(), "amd64") == ""
    assert "(6.6.1-linuxkit) that is not this machine's" in run.why_not_here("6.6.1-linuxkit", "amd64")
