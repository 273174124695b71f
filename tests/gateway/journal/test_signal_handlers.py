"""The kernel's information about signal handlers, read from real processes."""

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
    """Return the signals that a Python process handles after `setting`."""
    command = [sys.executable, "-c", READY.format(setting)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        received = signal_handlers.handled_signals(process.pid)
        process.communicate()
    return received


def test_signal_with_handler_or_blocked_signal_is_handled() -> None:
    assert signal.SIGTERM in (hears("signal.signal(signal.SIGTERM, print)") or [])
    assert signal.SIGHUP in (hears("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])") or [])


def test_default_or_ignored_signal_is_not_handled() -> None:
    received = hears("signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    assert received is not None
    assert not {signal.SIGTERM, signal.SIGHUP} & set(received)


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_missing_process_has_unknown_handlers(pid: int) -> None:
    assert signal_handlers.handled_signals(pid) is None


def test_status_without_masks_has_unknown_handlers(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tsleep\n")
    assert signal_handlers.handled_signals(7, tmp_path) is None


def test_handlers_of_the_child_of_docker_init_count(tmp_path: Path) -> None:
    first = tmp_path / "7"
    (first / "task" / "7").mkdir(parents=True)
    (first / "status").write_text("Name:\tdocker-init\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000000000\n")
    (first / "task" / "7" / "children").write_text("8 ")
    (tmp_path / "8").mkdir()
    (tmp_path / "8" / "status").write_text("Name:\tsh\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000004000\n")
    assert signal_handlers.handled_signals(7, tmp_path) == [signal.SIGTERM]
    (first / "task" / "7" / "children").write_text("")
    assert signal_handlers.handled_signals(7, tmp_path) is None


def test_beginning_and_end_of_long_output_are_kept() -> None:
    sample = StreamSample(tty=True, limit=4)
    for piece in (b"abcdef", b"ghijkl"):
        sample.feed(piece)
    assert sample.stdout.text == "abcd\n…\nijkl"
    assert sample.stderr.text == ""


def test_short_output_is_kept_unchanged() -> None:
    sample = StreamSample(tty=True, limit=4)
    sample.feed(b"abcdefgh")
    assert sample.stdout.text == "abcdefgh"
