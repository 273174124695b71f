"""The bench of a class ends with a message when some learners get no prompt, instead of waiting for them."""

from __future__ import annotations

import time

import pytest

from bench.room import NoPrompt, _prompts

FAILED = "Your Docker engine could not be prepared because of an internal error of the lab (IndexError)."


class Learner:
    """Somebody who has a prompt at the `looks`th look, or never."""

    def __init__(self, looks: int | None, said: str = FAILED) -> None:
        self.began, self.said, self._looks = time.perf_counter(), said, looks

    def has_prompt(self) -> bool:
        if self._looks is not None:
            self._looks -= 1
        return self._looks is not None and self._looks <= 0


def test_everybody_who_gets_a_prompt_is_timed() -> None:
    waits = _prompts([Learner(5), Learner(1), Learner(3)], patience=20)  # type: ignore[list-item]
    assert len(waits) == 3
    assert waits == sorted(waits)


def test_when_nobody_else_gets_a_prompt_it_is_said_how_many_have_one_and_what_the_others_were_told() -> None:
    learners = [Learner(1), Learner(None), Learner(2), Learner(None), Learner(None, "No engine is free.")]
    with pytest.raises(NoPrompt) as none:
        _prompts(learners, patience=0.1)  # type: ignore[arg-type]
    assert str(none.value).splitlines() == [
        "2 of 5 learners have a prompt, and nobody else got one for 0 s. What the other 3 were told last:",
        f"  2 of them: {FAILED}",
        "  1 of them: No engine is free.",
    ]
