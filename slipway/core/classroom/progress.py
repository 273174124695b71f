"""Where one learner is, folded from their deeds: which step, since when, what they tried, whether they asked for help.

The same deed told twice counts once where it matters, and nothing here knows the time of day: how long ago something
was is asked in wall.py. Pure values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from slipway.core.classroom.activity import Activity

AWAY = 10 * 60.0  # seconds without a deed after which somebody was not at work: they don't count as time at a step
BREATH = 2.0  # seconds between two tries: what is judged twice within them is one

StepKey = tuple[str, str]
"""A lesson's slug and a step's."""

OWN = ("opened", "turned", "command", "mistake", "mended", "passed", "skipped", "hint", "solution", "again", "afresh")
"""Deeds of the learner's own, which show that somebody is at work."""


def _none() -> Mapping[str, int]:
    return MappingProxyType({})


@dataclass(frozen=True)
class InstructorMessage:
    """What an instructor sent to a learner, and the learner has not put away yet. `id` is unique for the learner."""

    id: str
    at: float
    lesson: str
    step: str
    text: str


@dataclass(frozen=True)
class LearnerProgress:
    """Times are seconds since the epoch, 0.0 for never. `mistake` is what the step says to them now, "" for nothing;
    `made` counts each mistake of this visit to the step, `hints` the hints, the last at `hinted`; `took` is how long
    each step took that has passed. `command` was typed last, at `typed`; `latest` passed last, at `latest_at`. `given`
    is every sentence that was sent to them, read or not."""

    lesson: str = ""
    step: str = ""
    since: float = 0.0
    last: float = 0.0
    command: str = ""
    typed: float = 0.0
    tried: bool = False
    mistake: str = ""
    slipped: float = 0.0
    made: Mapping[str, int] = field(default_factory=_none)
    hints: int = 0
    hinted: float = 0.0
    latest: StepKey = ("", "")
    latest_at: float = 0.0
    passed: frozenset[StepKey] = frozenset()
    took: Mapping[StepKey, float] = field(default_factory=lambda: MappingProxyType({}))
    hand: float = 0.0
    seen: bool = False
    told: tuple[InstructorMessage, ...] = ()
    given: frozenset[tuple[StepKey, str]] = frozenset()

    @property
    def at(self) -> StepKey:
        return self.lesson, self.step

    @property
    def times(self) -> int:
        """How often the mistake that is there now was made in this visit to the step."""
        return self.made.get(self.mistake, 0)

    @property
    def done(self) -> bool:
        """They have nothing to do here: the lesson is done, or they look at a step that has passed."""
        return bool(self.lesson) and (not self.step or self.at in self.passed)


def fold(deeds: Iterable[Activity]) -> dict[str, LearnerProgress]:
    """The places of everybody who did something, in the order in which it was told."""
    places: dict[str, LearnerProgress] = {}
    for deed in deeds:
        places[deed.learner] = apply(places.get(deed.learner, LearnerProgress()), deed)
    return places


def apply(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    """The place after one more deed."""
    place = _alive(place, deed) if deed.kind in OWN or deed.kind == "help" else place
    match deed.kind:
        case "opened" | "turned":
            return _moved(place, deed)
        case "command":
            return replace(place, command=deed.text, typed=deed.at, tried=True)
        case "mistake":
            return _slipped(place, deed) if (deed.lesson, deed.step) == place.at else place
        case "mended":
            return replace(place, mistake="") if (deed.lesson, deed.step) == place.at else place
        case "hint":
            return _hinted(place, deed) if (deed.lesson, deed.step) == place.at else place
        case "passed":
            return _passed(place, deed)
        case "again":
            return _anew(place, deed)
        case "help" | "seen" | "settled":
            return _asked(place, deed)
        case "told":
            return _told(place, deed)
        case "read":
            return replace(place, told=tuple(one for one in place.told if one.id != deed.text))
        case _:
            return place


def _alive(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    """They are at work; a long time without a deed is no time at the step."""
    gap = deed.at - place.last
    since = place.since + gap if place.last and gap > AWAY else place.since
    return replace(place, since=since, last=max(place.last, deed.at))


def _moved(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    if (deed.lesson, deed.step) == place.at:  # a page that was loaded again is no new visit
        return place
    there = replace(place, lesson=deed.lesson, step=deed.step, since=deed.at)
    return replace(there, tried=False, mistake="", slipped=0.0, made=_none(), hints=0)


def _slipped(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    """The same mistake counts again when something was typed in between, for only then it is another try."""
    again = place.tried and deed.at > place.slipped + BREATH
    if deed.text in place.made and not again:
        return replace(place, mistake=deed.text)
    made = {**place.made, deed.text: place.made.get(deed.text, 0) + 1}
    return replace(place, mistake=deed.text, made=MappingProxyType(made), slipped=deed.at, tried=False)


def _hinted(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    return replace(place, hints=place.hints + 1, hinted=deed.at) if deed.at > place.hinted else place


def _passed(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    step = deed.lesson, deed.step
    took = place.took
    if step == place.at and step not in place.passed:
        took = MappingProxyType({**took, step: max(0.0, deed.at - place.since)})
    mistake = "" if step == place.at else place.mistake
    there = replace(place, passed=place.passed | {step}, took=took, mistake=mistake)
    return replace(there, latest=step, latest_at=deed.at)


def _anew(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    passed = frozenset(one for one in place.passed if one[0] != deed.lesson)
    given = frozenset(one for one in place.given if one[0][0] != deed.lesson)
    return replace(place, passed=passed, given=given, mistake="", made=_none())


def _asked(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    if deed.kind == "help":
        return place if place.hand else replace(place, hand=deed.at, seen=False)
    return replace(place, seen=bool(place.hand)) if deed.kind == "seen" else replace(place, hand=0.0, seen=False)


def _told(place: LearnerProgress, deed: Activity) -> LearnerProgress:
    told = InstructorMessage(told_id(deed), deed.at, deed.lesson, deed.step, deed.text)
    place = replace(place, given=place.given | {((deed.lesson, deed.step), deed.text)})
    return place if told in place.told else replace(place, told=(*place.told, told)[-KEPT:])


def told_id(deed: Activity) -> str:
    """What a learner's page calls this when it has been read."""
    return f"{deed.at:.6f}"


KEPT = 5  # unread sentences; whoever has not read these will not read more
