"""Other programs, run for a stage: their last lines are the reason when they fail."""

from __future__ import annotations

import io
import sys

import pytest

from slipway.setup import processes
from slipway.setup.console import Console, StageFailed

QUIET = Console(io.StringIO())


def test_what_a_program_says_is_given_back() -> None:
    assert processes.run(QUIET, [sys.executable, "-c", "print('là')"], error="No.", hint="Try.") == "là\n"


def test_a_failing_program_fails_the_stage_with_its_words() -> None:
    with pytest.raises(StageFailed) as caught:
        processes.run(QUIET, [sys.executable, "-c", "raise SystemExit('no disk')"], error="No.", hint="Try.")
    assert (caught.value.message, caught.value.details, caught.value.hint) == ("No.", "no disk\n", "Try.")


def test_a_program_that_is_not_there_fails_the_stage() -> None:
    with pytest.raises(StageFailed, match=r"^No\.$"):
        processes.run(QUIET, ["no-such-program-anywhere"], error="No.", hint="Try.")


def test_nobody_is_asked_anything() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    assert processes.run(QUIET, [sys.executable, "-c", code], error="No.", hint="Try.") == "''\n"
