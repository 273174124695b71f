"""What the kernel tells of a process's handlers, on processes that are really there."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.gateway.journal import signal_handlers
from slipway.gateway.journal.stream_sample import StreamSample

READY = "import signal, sys; {}; print('ready', flush=True); sys.stdin.read()"


def hears(setting: str) -> list[int] | None:
    """What a Python process that did `setting` hears."""
    command = [sys.executable, "-c", READY.format(setting)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        heard = signal_handlers.handled_signals(process.pid)
        process.communicate()
    return heard


def test_a_handler_is_heard_and_so_is_a_signal_that_is_waited_for() -> None:
    assert signal.SIGTERM in (hears("signal.signal(signal.SIGTERM, print)") or [])
    assert signal.SIGHUP in (hears("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])") or [])


def test_neither_the_default_nor_ignoring_is_hearing() -> None:
    heard = hears("signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    assert heard is not None
    assert not {signal.SIGTERM, signal.SIGHUP} & set(heard)


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_of_no_process_nobody_can_tell(pid: int) -> None:
    assert signal_handlers.handled_signals(pid) is None


def test_a_status_without_masks_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tsleep\n")
    assert signal_handlers.handled_signals(7, tmp_path) is None


def test_docker_init_passes_signals_on_so_its_child_counts(tmp_path: Path) -> None:
    first = tmp_path / "7"
    (first / "task" / "7").mkdir(parents=True)
    (first / "status").write_text("Name:\tdocker-init\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000000000\n")
    (first / "task" / "7" / "children").write_text("8 ")
    (tmp_path / "8").mkdir()
    (tmp_path / "8" / "status").write_text("Name:\tsh\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000004000\n")
    assert signal_handlers.handled_signals(7, tmp_path) == [signal.SIGTERM]
    (first / "task" / "7" / "children").write_text("")
    assert signal_handlers.handled_signals(7, tmp_path) is None


def test_of_a_long_output_the_beginning_and_the_end_are_kept() -> None:
    sample = StreamSample(tty=True, limit=4)
    for piece in (b"abcdef", b"ghijkl"):
        sample.feed(piece)
    assert sample.stdout.text == "abcd\n…\nijkl"
    assert sample.stderr.text == ""


def test_what_fits_is_kept_as_it_is() -> None:
    sample = StreamSample(tty=True, limit=4)
    sample.feed(b"abcdefgh")
    assert sample.stdout.text == "abcdefgh"
