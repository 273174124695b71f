"""Who may see whom in a class: learners may follow the instructor, and may agree to be watched, helped and shown.

Only the learner can give consent, and either side can end it at any time. Pure: `step(consents, message)` returns the
new consents, and `refusal_reason` is checked for each packet that a page receives of another person. Knows learners by
their ids, but neither pages nor names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias, assert_never, get_args

ConsentKind: TypeAlias = Literal["watch", "type", "show"]
"""What a learner may consent to: being watched, the instructor typing with them, being on the projector."""
Permission: TypeAlias = Literal["follow", "watch", "type", "show"]
"""What a page may do with another person's terminal: learners follow the leader; the rest is for instructors."""

KINDS: tuple[ConsentKind, ...] = get_args(ConsentKind)
NO_CONSENT: frozenset[ConsentKind] = frozenset()

NO_LEADER = "The instructor is not sharing their page at the moment. You can stay; it starts by itself."
NOT_YOURS = "Only the instructor can view a learner's terminal, and only with their consent."
NOT_GIVEN = "This learner has not agreed to that, or has withdrawn their consent. Ask them."
AWAY = "This learner's page is closed or has lost its connection. You will see it again when they are back."
WATCH_FIRST = "Ask to watch first: typing together and the projector require that."
NOT_ASKED = "This request is no longer open."


class ConsentRefused(ValueError):
    """The request is not possible; the message is a sentence for the page."""


@dataclass(frozen=True)
class Consents:
    """The current consents. Learners may follow `leader`, "" for nobody. The learners in `away` have no page open.

    A learner who is away cannot see that they are watched, so they are not; their consent holds when they come back.
    """

    leader: str = ""
    asked: Mapping[str, frozenset[ConsentKind]] = field(default_factory=lambda: MappingProxyType({}))
    given: Mapping[str, frozenset[ConsentKind]] = field(default_factory=lambda: MappingProxyType({}))
    away: frozenset[str] = frozenset()

    def asked_of(self, learner: str) -> frozenset[ConsentKind]:
        """Return the requests that the learner has not answered."""
        return self.asked.get(learner, NO_CONSENT)

    def given_by(self, learner: str) -> frozenset[ConsentKind]:
        """Return what the learner has consented to."""
        return self.given.get(learner, NO_CONSENT)

    @property
    def shown_learner(self) -> str:
        """The learner whose terminal is on the projector, "" for nobody."""
        return next((learner for learner, kinds in self.given.items() if "show" in kinds), "")


@dataclass(frozen=True)
class LeadChanged:
    """An instructor starts or stops letting the class follow them."""

    instructor: str
    on: bool


@dataclass(frozen=True)
class ConsentAsked:
    """An instructor asks a learner for a consent."""

    learner: str
    kind: ConsentKind


@dataclass(frozen=True)
class ConsentAnswered:
    """The learner answered yes or no."""

    learner: str
    kind: ConsentKind
    yes: bool


@dataclass(frozen=True)
class ConsentEnded:
    """Either side ended a consent, or the request was withdrawn. Without "watch" there is no other consent."""

    learner: str
    kind: ConsentKind


@dataclass(frozen=True)
class LearnerDisconnected:
    """The learner's last page was closed or lost."""

    learner: str


@dataclass(frozen=True)
class LearnerConnected:
    """The learner has a page open again."""

    learner: str


ConsentMessage: TypeAlias = (
    LeadChanged | ConsentAsked | ConsentAnswered | ConsentEnded | LearnerDisconnected | LearnerConnected
)


def step(now: Consents, message: ConsentMessage) -> Consents:
    """Return the consents after a message; the same object if nothing changes. Raises ConsentRefused."""
    match message:
        case LeadChanged(instructor, on):
            leader = instructor if on else "" if now.leader == instructor else now.leader
            return now if leader == now.leader else replace(now, leader=leader)
        case ConsentAsked(learner, kind):
            return _asked(now, learner, kind)
        case ConsentAnswered(learner, kind, yes):
            return _answered(now, learner, kind, yes)
        case ConsentEnded(learner, kind):
            return _remove(now, learner, frozenset(KINDS) if kind == "watch" else frozenset({kind}))
        case LearnerDisconnected(learner):
            return now if learner in now.away else replace(now, away=now.away | {learner})
        case LearnerConnected(learner):
            return replace(now, away=now.away - {learner}) if learner in now.away else now
        case _:
            assert_never(message)


def refusal_reason(now: Consents, viewer: str, instructor: bool, owner: str, permission: Permission) -> str:
    """Return why `viewer` lacks the permission for the terminal of `owner`, as a sentence; "" if they have it."""
    if permission == "follow":
        return "" if now.leader == owner and owner not in ("", viewer) else NO_LEADER
    if not instructor:
        return NOT_YOURS
    if permission not in now.given_by(owner):
        return NOT_GIVEN
    return AWAY if owner in now.away else ""


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
    given = _without_shown(now.given) if kind == "show" else now.given  # only one terminal is on the projector
    return replace(now, asked=asked, given=_with(given, learner, now.given_by(learner) | {kind}))


def _remove(now: Consents, learner: str, kinds: frozenset[ConsentKind]) -> Consents:
    if not kinds & (now.asked_of(learner) | now.given_by(learner)):
        return now
    return replace(
        now,
        asked=_with(now.asked, learner, now.asked_of(learner) - kinds),
        given=_with(now.given, learner, now.given_by(learner) - kinds),
    )


def _without_shown(given: Mapping[str, frozenset[ConsentKind]]) -> Mapping[str, frozenset[ConsentKind]]:
    return MappingProxyType({learner: kinds - {"show"} for learner, kinds in given.items()})


def _with(
    consents: Mapping[str, frozenset[ConsentKind]], learner: str, kinds: frozenset[ConsentKind]
) -> Mapping[str, frozenset[ConsentKind]]:
    rest = {other: kept_kinds for other, kept_kinds in consents.items() if other != learner}
    return MappingProxyType(rest | ({learner: kinds} if kinds else {}))
