"""The shell integration of the learner's bash: marks with each command line and its exit status."""

from __future__ import annotations

import re

import pytest

from tests.engine.typist import Typist

pytestmark = pytest.mark.engine

TYPED = re.compile(rb"\x1b\]633;E;([^\x07]*);(\d+\.\d+)\x07\x1b\]133;C\x07")
ENDED = re.compile(rb"\x1b\]133;D;(\d+);(\d+\.\d+)\x07")


def lines(raw: bytes) -> list[bytes]:
    return [found[1] for found in TYPED.finditer(raw)]


def test_command_has_marks_before_and_after(learner: Typist) -> None:
    raw = learner.types("echo hi; false").raw

    assert lines(raw) == [rb"echo hi\x3b false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"1"]
    assert raw.index(b"\x1b]633;E") < raw.index(b"hi\r\n", raw.index(b"\x1b]133;C")) < raw.index(b"\x1b]133;D")


def test_empty_line_has_no_marks(learner: Typist) -> None:
    raw = learner.press("\n")
    learner.send("half a line")  # and no Ctrl-C before bash reads: it draws its prompt for that only at the next key
    raw += learner.read_until(b"half a line") + learner.press("\x03") + learner.press("# a remark\n")

    assert lines(raw) == []
    assert not ENDED.search(raw)


def test_first_prompt_reports_no_finished_command(learner: Typist) -> None:
    before = learner.opening.partition(b"\x1b]633;E")[0]

    assert b"\x1b]133;A\x07" in before
    assert b"\x1b]133;D" not in before


def test_multi_line_loop_is_one_command(learner: Typist) -> None:
    learner.send("for i in 1 2\ndo echo $i\n")
    assert lines(learner.press("done\n")) == [rb"for i in 1 2\x0ado echo $i\x0adone"]


def test_here_document_is_one_command(learner: Typist) -> None:
    learner.send("cat <<END\na;b\\n\n")
    assert lines(learner.press("END\n")) == [rb"cat <<END\x0aa\x3bb\\n\x0aEND"]


def test_pasted_lines_are_separate_commands(learner: Typist) -> None:
    raw = learner.press("\x1b[200~true\nfalse\n\x1b[201~\n")

    assert lines(raw) == [b"true", b"false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"0", b"1"]


def test_interrupted_command_has_status_130(learner: Typist) -> None:
    learner.send(
        "sh -c 'echo be\"\"gun; exec sleep 100'\n"
    )  # the quotes keep the echo of the line from looking like it
    learner.read_until(b"begun\r\n")
    raw = learner.press("\x03")

    assert [found[1] for found in ENDED.finditer(raw)] == [b"130"]


def test_docker_completes(learner: Typist) -> None:
    learner.send("docker cre\t")
    assert learner.read_until(b"docker create ", seconds=10)
    learner.press("\x03")


def test_history_expansion_is_off(learner: Typist) -> None:
    assert learner.types('echo "hi there!x"').output == "hi there!x\n"


def test_late_reply_to_a_query_is_not_typed_as_text(learner: Typist) -> None:
    """`docker run -t busybox sh` queries the cursor position; a reply after its exit arrives at the next prompt."""
    assert lines(learner.press("\x1b[15;5Rhostname\n")) == [b"hostname"]
