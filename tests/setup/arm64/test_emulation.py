"""Which registration with the kernel is used, and that ours ends with the command."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.setup.arm64 import emulation
from slipway.setup.console import StageFailed
from tests.elf import elf

DEBIAN = """enabled
interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
flags: POCF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
"""
SPARE = rb"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xef\xbe"
"""A machine that no program is for, so that the test changes nothing for this kernel's real programs."""
SPARE_NAME = "slipway-test"


@pytest.mark.parametrize(
    ("text", "interpreter"),
    [
        (DEBIAN, "/usr/libexec/qemu-binfmt/aarch64-binfmt-P"),
        (DEBIAN.replace("enabled", "disabled"), ""),
        (DEBIAN.replace("POCF", "POC"), ""),
        (DEBIAN.replace("POCF", ""), ""),
        (DEBIAN.replace("b700", "f300"), ""),
        ("enabled\ninterpreter /usr/bin/python\nflags: F\noffset 0\nmagic 0a0d\n", ""),
        ("enabled\ninterpreter /usr/bin/wine\nflags: F\nextension .exe\n", ""),
    ],
    ids=["usable", "disabled", "not in containers", "without flags", "another processor", "not ELF", "by extension"],
)
def test_only_usable_registration_is_used(text: str, interpreter: str) -> None:
    assert emulation.suitable({"python": "enabled\n", "qemu-aarch64": text}) == interpreter


@pytest.fixture
def registrations(tmp_path: Path) -> Iterator[Path]:
    """A view of the kernel's registrations."""
    if os.geteuid() != 0:
        pytest.skip("only root can register interpreters with the kernel")
    subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(tmp_path)], check=True)
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def names(registrations: Path) -> set[str]:
    return {entry.name for entry in registrations.iterdir()}


def program() -> Path:
    """A program that stands for the emulator."""
    return Path(shutil.which("true") or "")


def test_registration_of_another_run_is_not_used() -> None:
    assert emulation.is_leftover("slipway-arm64-999999999")
    assert not emulation.is_leftover(f"slipway-arm64-{os.getpid()}")
    assert not emulation.is_leftover("slipway-arm64-mine")
    assert not emulation.is_leftover("qemu-aarch64")


def nowhere() -> Path:
    """An emulator that is missing."""
    return Path("/nowhere")


@pytest.mark.engine
def test_registration_ends_with_the_context(registrations: Path) -> None:
    before = names(registrations)

    with emulation.arm64(program, SPARE_NAME, SPARE) as interpreter:
        assert names(registrations) - before == {f"{SPARE_NAME}-{os.getpid()}"}
        assert interpreter == str(program())
    assert names(registrations) == before


@pytest.mark.engine
def test_registration_ends_with_a_failure(registrations: Path) -> None:
    before = names(registrations)

    with pytest.raises(StageFailed, match="no such thing"), emulation.arm64(program, SPARE_NAME, SPARE):
        raise StageFailed("no such thing")
    assert names(registrations) == before


@pytest.mark.engine
def test_registration_that_was_there_is_used_and_stays(registrations: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulation, "USUAL_FOLDER", registrations)
    with emulation.arm64(program, "slipway-before", SPARE):
        before = names(registrations)
        with emulation.arm64(nowhere, SPARE_NAME, SPARE) as interpreter:
            assert names(registrations) == before
            assert interpreter == str(program())
        assert names(registrations) == before


@pytest.mark.engine
def test_ours_precedes_one_without_the_flag(registrations: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    spare = tmp_path_factory.mktemp("program") / "spare"
    spare.write_bytes(elf(0xBEEF, ""))
    spare.chmod(0o755)
    interpreter = os.fsencode(shutil.which("false") or "")
    other = registrations / "slipway-other"
    (registrations / "register").write_bytes(b":slipway-other:M::%s::%s:" % (SPARE, interpreter))
    try:
        assert subprocess.run([spare]).returncode == 1
        with emulation.arm64(program, SPARE_NAME, SPARE):
            assert subprocess.run([spare]).returncode == 0, "the other registration was used"
        assert subprocess.run([spare]).returncode == 1
    finally:
        other.write_bytes(b"-1")


@pytest.mark.engine
def test_emulator_that_is_missing_is_one_sentence(registrations: Path) -> None:
    before = names(registrations)

    with (
        pytest.raises(StageFailed, match="does not accept /nowhere"),
        emulation.arm64(nowhere, SPARE_NAME, SPARE),
    ):
        pass
    assert names(registrations) == before


@pytest.mark.engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_registration_ends_with_a_signal_and_else_with_the_next_run(registrations: Path, number: int) -> None:
    before = names(registrations)
    run = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "registered\n"
    assert f"{SPARE_NAME}-{run.pid}" in names(registrations)

    run.send_signal(number)
    run.wait()
    run.stdout.close()

    if number == signal.SIGKILL:
        with emulation.arm64(program, SPARE_NAME, SPARE):
            pass
    assert names(registrations) == before
    assert f"/{SPARE_NAME}-{run.pid}-" not in Path("/proc/mounts").read_text()


INTERRUPTED = f"""
import signal, sys, time
from pathlib import Path
from slipway.setup.arm64 import emulation
def stop(*_): raise SystemExit(130)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
with emulation.arm64(lambda: Path({str(shutil.which("true"))!r}), {SPARE_NAME!r}, {SPARE!r}):
    print("registered", flush=True)
    time.sleep(600)
"""
