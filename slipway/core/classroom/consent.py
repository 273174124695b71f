"""Who may see whom in a class: the instructor leads, a learner lets themselves be watched, helped and shown.

Nothing is given but by whoever it belongs to, and either side ends it at any moment. Pure: `step(consents, message)`
answers the consents that hold from now on, and `refusal` is asked for each packet that one person's page is to get of
another. Knows learners by their ids, and neither pages nor names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias, assert_never, get_args

ConsentKind: TypeAlias = Literal["watch", "type", "show"]
"""What a learner is asked for: to be watched, to have the instructor type with them, to be on the projector."""
Permission: TypeAlias = Literal["follow", "watch", "type", "show"]
"""What one page wants of another person's: a learner follows the leader; the rest is an instructor's."""

KINDS: tuple[ConsentKind, ...] = get_args(ConsentKind)
NOTHING: frozenset[ConsentKind] = frozenset()

NOBODY_LEADS = "The instructor is not showing anything to follow just now. You can stay, and it begins by itself."
NOT_YOURS = "Only the instructor can look at somebody's terminal, and only with their consent."
NOT_GIVEN = "This learner has not agreed to that, or not any more. Ask them."
AWAY = "This learner's page is closed or has lost its connection. You see them again when they are back."
WATCH_FIRST = "Ask to watch first: typing together and the projector come on top of that."
NOT_ASKED = "Nobody asks for that any more."


class ConsentRefused(ValueError):
    """What can't be had; the message is the sentence for the page."""


@dataclass(frozen=True)
class Consents:
    """What holds now. `leader` is whose page the others may follow, "" while nobody's. `away` are those without a page.

    A learner who has consented and is away is not seen, for they could not see that they are; coming back, they are.
    """

    leader: str = ""
    asked: Mapping[str, frozenset[ConsentKind]] = field(default_factory=lambda: MappingProxyType({}))
    given: Mapping[str, frozenset[ConsentKind]] = field(default_factory=lambda: MappingProxyType({}))
    away: frozenset[str] = frozenset()

    def asked_of(self, learner: str) -> frozenset[ConsentKind]:
        """What the learner has been asked and has not answered."""
        return self.asked.get(learner, NOTHING)

    def given_by(self, learner: str) -> frozenset[ConsentKind]:
        """What the learner has consented to."""
        return self.given.get(learner, NOTHING)

    @property
    def shown(self) -> str:
        """Whose terminal is on the projector; "" when nobody's is."""
        return next((learner for learner, kinds in self.given.items() if "show" in kinds), "")


@dataclass(frozen=True)
class LeadChanged:
    """An instructor lets the class follow (or no more)."""

    instructor: str
    on: bool


@dataclass(frozen=True)
class ConsentAsked:
    """An instructor asks a learner."""

    learner: str
    kind: ConsentKind


@dataclass(frozen=True)
class ConsentAnswered:
    """The learner says yes or no."""

    learner: str
    kind: ConsentKind
    yes: bool


@dataclass(frozen=True)
class ConsentEnded:
    """Either side ends it, or takes the question back. The end of watching is the end of all."""

    learner: str
    kind: ConsentKind


@dataclass(frozen=True)
class MemberLeft:
    """The learner's last page has gone."""

    learner: str


@dataclass(frozen=True)
class MemberJoined:
    """The learner has a page again."""

    learner: str


ConsentMessage: TypeAlias = LeadChanged | ConsentAsked | ConsentAnswered | ConsentEnded | MemberLeft | MemberJoined


def step(now: Consents, message: ConsentMessage) -> Consents:
    """The consents after the message; the same object when it changes nothing. Raises Refused."""
    match message:
        case LeadChanged(instructor, on):
            leader = instructor if on else "" if now.leader == instructor else now.leader
            return now if leader == now.leader else replace(now, leader=leader)
        case ConsentAsked(learner, kind):
            return _asked(now, learner, kind)
        case ConsentAnswered(learner, kind, yes):
            return _answered(now, learner, kind, yes)
        case ConsentEnded(learner, kind):
            return _without(now, learner, frozenset(KINDS) if kind == "watch" else frozenset({kind}))
        case MemberLeft(learner):
            return now if learner in now.away else replace(now, away=now.away | {learner})
        case MemberJoined(learner):
            return replace(now, away=now.away - {learner}) if learner in now.away else now
        case _:
            assert_never(message)


def refusal(now: Consents, eye: str, instructor: bool, whom: str, deed: Permission) -> str:
    """Why `eye` may not do `deed` to `whom`, as a sentence; "" when they may."""
    if deed == "follow":
        return "" if now.leader == whom and whom not in ("", eye) else NOBODY_LEADS
    if not instructor:
        return NOT_YOURS
    if deed not in now.given_by(whom):
        return NOT_GIVEN
    return AWAY if whom in now.away else ""


def _asked(now: Consents, learner: str, kind: ConsentKind) -> Consents:
    if kind in now.given_by(learner) | now.asked_of(learner):
        return now
    if kind != "watch" and "watch" not in now.given_by(learner):
        raise ConsentRefused(WATCH_FIRST)
    return replace(now, asked=_with(now.asked, learner, now.asked_of(learner) | {kind}))


def _answered(now: Consents, learner: str, kind: ConsentKind, yes: bool) -> Consents:
    if kind not in now.asked_of(learner):
        raise ConsentRefused(NOT_ASKED)
    asked = _with(now.asked, learner, now.asked_of(learner) - {kind})
    if not yes:
        return replace(now, asked=asked)
    given = _unshown(now.given) if kind == "show" else now.given  # one terminal is on the projector, not two
    return replace(now, asked=asked, given=_with(given, learner, now.given_by(learner) | {kind}))


def _without(now: Consents, learner: str, kinds: frozenset[ConsentKind]) -> Consents:
    if not kinds & (now.asked_of(learner) | now.given_by(learner)):
        return now
    return replace(
        now,
        asked=_with(now.asked, learner, now.asked_of(learner) - kinds),
        given=_with(now.given, learner, now.given_by(learner) - kinds),
    )


def _unshown(given: Mapping[str, frozenset[ConsentKind]]) -> Mapping[str, frozenset[ConsentKind]]:
    return MappingProxyType({learner: kinds - {"show"} for learner, kinds in given.items()})


def _with(
    kept: Mapping[str, frozenset[ConsentKind]], learner: str, kinds: frozenset[ConsentKind]
) -> Mapping[str, frozenset[ConsentKind]]:
    rest = {one: theirs for one, theirs in kept.items() if one != learner}
    return MappingProxyType(rest | ({learner: kinds} if kinds else {}))
