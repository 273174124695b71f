"""Turns what happens in one learner's session into activities.

Called by the lesson state with the state at that moment. Knows no store and no other learner.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from slipway.core.classroom.activity import MAX_TEXT_LENGTH, Activity, ActivityKind
from slipway.core.lessons.checks import PASSED, SKIPPED, Verdict
from slipway.core.messages import Effect, PublishStep, SaveVerdict
from slipway.core.session import Session
from slipway.sessions.ports import RecordActivity


class ActivityRecorder:
    """Passes each activity of `learner` to `record`. `clock` returns seconds since the epoch."""

    def __init__(self, learner: str, record: RecordActivity, clock: Callable[[], float] = time.time) -> None:
        self._learner, self._record, self._clock = learner, record, clock
        self._mistakes: dict[tuple[str, str], tuple[str, float]] = {}
        self._position = ("", "")

    def record(self, state: Session, kind: ActivityKind, text: str = "", step: str = "", at: float = 0.0) -> None:
        """Record an activity at the current step, or at `step`; at the current time, or at `at`."""
        lesson = state.lesson.slug if state.lesson else ""
        if kind in ("opened", "turned"):
            self._position = lesson, state.current
        at, step = at or self._clock(), step or state.current
        self._record(Activity(self._learner, at, lesson, step, kind, text[:MAX_TEXT_LENGTH]))

    def on_effect(self, state: Session, effect: Effect) -> None:
        """Record a step that has passed or was skipped, a mistake, or a new current step, if the effect shows one."""
        match effect:
            case SaveVerdict(_, step, verdict) if verdict.value == PASSED:
                evidence = verdict.evidence[-1].text if verdict.evidence else ""
                self.record(state, "passed", evidence, step, verdict.at)
            case SaveVerdict(_, step, verdict) if verdict.value == SKIPPED:
                self.record(state, "skipped", "", step)
            case PublishStep(lesson, step, verdict):
                self._on_position(state, lesson)
                self._on_verdict(state, lesson, step, verdict)
            case _:
                pass

    def _on_position(self, state: Session, lesson: str) -> None:
        """Record a new current step. While a lesson is being opened, the opening is recorded by its caller."""
        if self._position[0] == lesson and self._position[1] != state.current:
            self.record(state, "turned")

    def _on_verdict(self, state: Session, lesson: str, slug: str, verdict: Verdict) -> None:
        """Record a mistake each time it is made, not each time it is published, and once when it is mended."""
        step = state.lesson.step(slug) if state.lesson else None
        sentences = {common.mistake.say for common in step.common_mistakes} if step else set()
        if verdict.mistake_at and verdict.why not in sentences:  # the engine is away: the verdict says that instead
            return
        previous = self._mistakes.get((lesson, slug), ("", 0.0))
        mistake = (verdict.why, verdict.mistake_at) if verdict.mistake_at else ("", 0.0)
        if verdict.mistake_at and mistake != previous:
            self.record(state, "mistake", verdict.why, slug, verdict.mistake_at)
        elif previous[0] and not mistake[0]:
            self.record(state, "mended", "", slug)
        self._mistakes[(lesson, slug)] = mistake
