"""One learner's diary: turns what happens at their seat into deeds, and hands them to whoever keeps them.

Called by slipway/sessions/lesson_state.py with the session as it is at that moment. Knows no store, and no other
learner.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from slipway.core.classroom.activity import MAX_TEXT_LENGTH, Activity, ActivityKind
from slipway.core.lessons.checks import PASSED, SKIPPED, Verdict
from slipway.core.messages import Effect, PublishStep, SaveVerdict
from slipway.core.session import Session


class ActivityRecorder:
    """What `learner` does, told to `record` deed by deed."""

    def __init__(
        self, learner: str, record: Callable[[Activity], None], clock: Callable[[], float] = time.time
    ) -> None:
        self._learner, self._record, self._clock = learner, record, clock
        self._slips: dict[tuple[str, str], tuple[str, float]] = {}
        self._at = ("", "")

    def record(self, session: Session, kind: ActivityKind, text: str = "", step: str = "", at: float = 0.0) -> None:
        """A deed at the step at hand, or at `step`; now, or at `at`."""
        lesson = session.lesson.slug if session.lesson else ""
        if kind in ("opened", "turned"):
            self._at = lesson, session.current
        self._record(
            Activity(self._learner, at or self._clock(), lesson, step or session.current, kind, text[:MAX_TEXT_LENGTH])
        )

    def on_effect(self, session: Session, effect: Effect) -> None:
        """What the session wants done tells of a step that has passed, was skipped, or has a mistake in it."""
        match effect:
            case SaveVerdict(_, step, verdict) if verdict.value == PASSED:
                told = verdict.evidence[-1].text if verdict.evidence else ""
                self.record(session, "passed", told, step, verdict.at)
            case SaveVerdict(_, step, verdict) if verdict.value == SKIPPED:
                self.record(session, "skipped", "", step)
            case PublishStep(lesson, step, verdict):
                self._heed_turn(session, lesson)
                self._heed_mistake(session, lesson, step, verdict)
            case _:
                pass

    def _heed_turn(self, session: Session, lesson: str) -> None:
        """Another step is at hand. A lesson that is opened at this moment is noted by whoever opened it."""
        if self._at[0] == lesson and self._at[1] != session.current:
            self.record(session, "turned")

    def _heed_mistake(self, session: Session, lesson: str, slug: str, verdict: Verdict) -> None:
        """A mistake is noted each time that it is made, not each time that the page is told of it."""
        step = session.lesson.step(slug) if session.lesson else None
        slips = {wrong.mistake.say for wrong in step.common_mistakes} if step else set()
        if verdict.mistake_at and verdict.why not in slips:  # the engine is away: nobody can tell
            return
        before = self._slips.get((lesson, slug), ("", 0.0))
        slip = (verdict.why, verdict.mistake_at) if verdict.mistake_at else ("", 0.0)
        if verdict.mistake_at and slip != before:
            self.record(session, "mistake", verdict.why, slug, verdict.mistake_at)
        elif before[0] and not slip[0]:
            self.record(session, "mended", "", slug)
        self._slips[(lesson, slug)] = slip
