"""The marks in the output of the learner's shell: what was typed, and its exit status."""

from __future__ import annotations

import re

import pytest

from tests.engine.typist import Typist

pytestmark = pytest.mark.engine

TYPED = re.compile(rb"\x1b\]633;E;([^\x07]*);(\d+\.\d+)\x07\x1b\]133;C\x07")
ENDED = re.compile(rb"\x1b\]133;D;(\d+);(\d+\.\d+)\x07")


def command_lines(raw: bytes) -> list[bytes]:
    return [found[1] for found in TYPED.finditer(raw)]


def test_command_is_marked_before_and_after(learner: Typist) -> None:
    raw = learner.types("echo hi; false").raw

    assert command_lines(raw) == [rb"echo hi\x3b false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"1"]
    assert raw.index(b"\x1b]633;E") < raw.index(b"hi\r\n", raw.index(b"\x1b]133;C")) < raw.index(b"\x1b]133;D")


def test_empty_lines_have_no_marks(learner: Typist) -> None:
    raw = learner.press("\n")
    learner.send("half a line")  # no Ctrl-C before bash reads: it would redraw its prompt only at the next key
    raw += learner.read_until(b"half a line") + learner.press("\x03") + learner.press("# a remark\n")

    assert command_lines(raw) == []
    assert not ENDED.search(raw)


def test_first_prompt_has_no_exit_status(learner: Typist) -> None:
    before = learner.opening.partition(b"\x1b]633;E")[0]

    assert b"\x1b]133;A\x07" in before
    assert b"\x1b]133;D" not in before


def test_a_loop_over_several_lines_is_one_command(learner: Typist) -> None:
    learner.send("for i in 1 2\ndo echo $i\n")
    assert command_lines(learner.press("done\n")) == [rb"for i in 1 2\x0ado echo $i\x0adone"]


def test_a_here_document_is_one_command(learner: Typist) -> None:
    learner.send("cat <<END\na;b\\n\n")
    assert command_lines(learner.press("END\n")) == [rb"cat <<END\x0aa\x3bb\\n\x0aEND"]


def test_lines_pasted_together_each_begin_and_end(learner: Typist) -> None:
    raw = learner.press("\x1b[200~true\nfalse\n\x1b[201~\n")

    assert command_lines(raw) == [b"true", b"false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"0", b"1"]


def test_interrupted_command_has_status_130(learner: Typist) -> None:
    learner.send("sh -c 'echo be\"\"gun; exec sleep 100'\n")  # the quotes keep the echoed line from matching
    learner.read_until(b"begun\r\n")
    raw = learner.press("\x03")

    assert [found[1] for found in ENDED.finditer(raw)] == [b"130"]


def test_docker_commands_are_completed(learner: Typist) -> None:
    learner.send("docker cre\t")
    assert learner.read_until(b"docker create ", seconds=10)
    learner.press("\x03")


def test_exclamation_mark_is_not_history_expansion(learner: Typist) -> None:
    assert learner.types('echo "hi there!x"').output == "hi there!x\n"


def test_late_terminal_report_is_not_typed_text(learner: Typist) -> None:
    """`docker run -t busybox sh` asks for the cursor position and may exit before the answer, which bash then reads."""
    assert command_lines(learner.press("\x1b[15;5Rhostname\n")) == [b"hostname"]
