"""The benchmark of a class ends with a message when some learners get no prompt, instead of waiting forever."""

from __future__ import annotations

import time

import pytest

from bench.room import NoPrompt, _wait_for_prompts

FAILED = "Your Docker engine could not be prepared because of an internal error of the lab (IndexError)."


class Learner:
    """A learner that has a prompt at the `polls`th poll, or never."""

    def __init__(self, polls: int | None, message: str = FAILED) -> None:
        self.began, self.last_message, self._polls = time.perf_counter(), message, polls

    def has_prompt(self) -> bool:
        if self._polls is not None:
            self._polls -= 1
        return self._polls is not None and self._polls <= 0


def test_everyone_with_a_prompt_is_timed() -> None:
    waits = _wait_for_prompts([Learner(5), Learner(1), Learner(3)], patience=20)  # type: ignore[list-item]
    assert len(waits) == 3
    assert waits == sorted(waits)


def test_stalled_class_is_reported_with_the_last_messages() -> None:
    learners = [Learner(1), Learner(None), Learner(2), Learner(None), Learner(None, "No engine is free.")]
    with pytest.raises(NoPrompt) as caught:
        _wait_for_prompts(learners, patience=0.1)  # type: ignore[arg-type]
    assert str(caught.value).splitlines() == [
        "2 of 5 learners have a prompt, and no other got one for 0 s. Last messages of the other 3:",
        f"  2 of them: {FAILED}",
        "  1 of them: No engine is free.",
    ]
