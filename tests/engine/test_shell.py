"""The marks that the learner's shell puts between its bytes: what was typed, and how it ended."""

from __future__ import annotations

import re

import pytest

from tests.engine.typist import Typist

pytestmark = pytest.mark.engine

TYPED = re.compile(rb"\x1b\]633;E;([^\x07]*);(\d+\.\d+)\x07\x1b\]133;C\x07")
ENDED = re.compile(rb"\x1b\]133;D;(\d+);(\d+\.\d+)\x07")


def lines(raw: bytes) -> list[bytes]:
    return [found[1] for found in TYPED.finditer(raw)]


def test_a_command_is_told_before_and_after(learner: Typist) -> None:
    raw = learner.types("echo hi; false").raw

    assert lines(raw) == [rb"echo hi\x3b false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"1"]
    assert raw.index(b"\x1b]633;E") < raw.index(b"hi\r\n", raw.index(b"\x1b]133;C")) < raw.index(b"\x1b]133;D")


def test_nothing_typed_is_nothing_told(learner: Typist) -> None:
    raw = learner.press("\n")
    learner.send("half a line")  # and no Ctrl-C before bash reads: it draws its prompt for that only at the next key
    raw += learner.read_until(b"half a line") + learner.press("\x03") + learner.press("# a remark\n")

    assert lines(raw) == []
    assert not ENDED.search(raw)


def test_the_first_prompt_ends_nothing(learner: Typist) -> None:
    before = learner.opening.partition(b"\x1b]633;E")[0]

    assert b"\x1b]133;A\x07" in before
    assert b"\x1b]133;D" not in before


def test_a_loop_over_several_lines_is_one_command(learner: Typist) -> None:
    learner.send("for i in 1 2\ndo echo $i\n")
    assert lines(learner.press("done\n")) == [rb"for i in 1 2\x0ado echo $i\x0adone"]


def test_a_here_document_is_one_command(learner: Typist) -> None:
    learner.send("cat <<END\na;b\\n\n")
    assert lines(learner.press("END\n")) == [rb"cat <<END\x0aa\x3bb\\n\x0aEND"]


def test_lines_pasted_together_each_begin_and_end(learner: Typist) -> None:
    raw = learner.press("\x1b[200~true\nfalse\n\x1b[201~\n")

    assert lines(raw) == [b"true", b"false"]
    assert [found[1] for found in ENDED.finditer(raw)] == [b"0", b"1"]


def test_an_interrupted_command_says_130(learner: Typist) -> None:
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


def test_an_exclamation_mark_is_an_exclamation_mark(learner: Typist) -> None:
    assert learner.types('echo "hi there!x"').output == "hi there!x\n"


def test_what_a_terminal_answers_to_a_program_that_has_gone_is_no_text(learner: Typist) -> None:
    """`docker run -t busybox sh` asks where the cursor is, and hears no answer: that waits for the next prompt here."""
    assert lines(learner.press("\x1b[15;5Rhostname\n")) == [b"hostname"]
