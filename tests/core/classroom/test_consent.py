"""Consent: nothing is shown without the learner's consent, and either side can end it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.consent import (
    AWAY,
    KINDS,
    NO_LEADER,
    NOT_GIVEN,
    NOT_YOURS,
    ConsentAnswered,
    ConsentAsked,
    ConsentEnded,
    ConsentKind,
    ConsentMessage,
    ConsentRefused,
    Consents,
    LeadChanged,
    LearnerConnected,
    LearnerDisconnected,
    refusal_reason,
    step,
)

ANNA, BEN, INSTRUCTOR = "anna", "ben", "me"


def after(*messages: ConsentMessage) -> Consents:
    now = Consents()
    for message in messages:
        now = step(now, message)
    return now


def agreed(learner: str, *kinds: ConsentKind) -> list[ConsentMessage]:
    return [
        message for kind in kinds for message in (ConsentAsked(learner, kind), ConsentAnswered(learner, kind, True))
    ]


def watch_refusal(now: Consents, kind: ConsentKind = "watch", whom: str = ANNA) -> str:
    """Why the instructor cannot see the learner's terminal, "" if they can."""
    return refusal_reason(now, INSTRUCTOR, True, whom, kind)


# Following


def test_only_a_leader_can_be_followed() -> None:
    assert refusal_reason(Consents(), ANNA, False, INSTRUCTOR, "follow") == NO_LEADER
    assert refusal_reason(Consents(), ANNA, False, "", "follow") == NO_LEADER


def test_leader_can_be_followed_until_they_stop() -> None:
    leading = after(LeadChanged(INSTRUCTOR, True))
    assert refusal_reason(leading, ANNA, False, INSTRUCTOR, "follow") == ""
    assert refusal_reason(step(leading, LeadChanged(INSTRUCTOR, False)), ANNA, False, INSTRUCTOR, "follow") == NO_LEADER


def test_learner_cannot_follow_another_learner() -> None:
    now = after(LeadChanged(INSTRUCTOR, True), *agreed(BEN, "watch", "type", "show"))
    assert refusal_reason(now, ANNA, False, BEN, "follow") == NO_LEADER


def test_another_instructor_cannot_stop_the_leader() -> None:
    leading = after(LeadChanged(INSTRUCTOR, True))
    assert step(leading, LeadChanged("other", False)) is leading
    assert step(leading, LeadChanged(INSTRUCTOR, True)) is leading


# Watching


def test_request_alone_gives_no_access() -> None:
    assert watch_refusal(after(ConsentAsked(ANNA, "watch"))) == NOT_GIVEN


def test_consent_lets_only_the_instructor_watch() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert watch_refusal(now) == ""
    assert refusal_reason(now, BEN, False, ANNA, "watch") == NOT_YOURS
    assert watch_refusal(now, whom=BEN) == NOT_GIVEN


def test_denied_request_can_be_made_again() -> None:
    now = after(ConsentAsked(ANNA, "watch"), ConsentAnswered(ANNA, "watch", False))
    assert watch_refusal(now) == NOT_GIVEN
    assert (
        watch_refusal(after(ConsentAsked(ANNA, "watch"), ConsentAnswered(ANNA, "watch", False), *agreed(ANNA, "watch")))
        == ""
    )


def test_consent_without_a_request_is_refused() -> None:
    with pytest.raises(ConsentRefused, match="no longer open"):
        after(ConsentAnswered(ANNA, "watch", True))


def test_withdrawn_request_cannot_be_answered() -> None:
    with pytest.raises(ConsentRefused):
        after(ConsentAsked(ANNA, "watch"), ConsentEnded(ANNA, "watch"), ConsentAnswered(ANNA, "watch", True))


def test_asking_twice_changes_nothing() -> None:
    once = after(ConsentAsked(ANNA, "watch"))
    assert step(once, ConsentAsked(ANNA, "watch")) is once
    given_ = after(*agreed(ANNA, "watch"))
    assert step(given_, ConsentAsked(ANNA, "watch")) is given_


# On top of watching


@pytest.mark.parametrize("kind", ["type", "show"])
def test_typing_and_showing_require_consent_to_watch(kind: ConsentKind) -> None:
    with pytest.raises(ConsentRefused, match="watch first"):
        after(ConsentAsked(ANNA, kind))


def test_typing_has_its_own_consent() -> None:
    assert watch_refusal(after(*agreed(ANNA, "watch")), "type") == NOT_GIVEN
    now = after(*agreed(ANNA, "watch", "type"))
    assert watch_refusal(now, "type") == ""
    ended = step(now, ConsentEnded(ANNA, "type"))
    assert (watch_refusal(ended, "type"), watch_refusal(ended)) == (NOT_GIVEN, "")


def test_ending_watch_ends_every_consent() -> None:
    now = after(*agreed(ANNA, "watch", "type", "show"), ConsentEnded(ANNA, "watch"))
    assert [watch_refusal(now, kind) for kind in KINDS] == [NOT_GIVEN] * 3
    assert now == Consents()


def test_ending_a_missing_consent_changes_nothing() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert step(now, ConsentEnded(BEN, "watch")) is now


def test_only_one_terminal_is_on_the_projector() -> None:
    now = after(*agreed(ANNA, "watch", "show"), *agreed(BEN, "watch", "show"))
    assert (now.shown_learner, watch_refusal(now, "show"), watch_refusal(now)) == (BEN, NOT_GIVEN, "")
    assert after().shown_learner == ""


# Disconnecting and connecting


def test_disconnected_learner_is_not_watched() -> None:
    gone = after(*agreed(ANNA, "watch", "type"), LearnerDisconnected(ANNA))
    assert [watch_refusal(gone), watch_refusal(gone, "type")] == [AWAY, AWAY]
    assert watch_refusal(step(gone, LearnerConnected(ANNA))) == ""
    assert step(gone, LearnerDisconnected(ANNA)) is gone


def test_connecting_twice_changes_nothing() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert step(now, LearnerConnected(ANNA)) is now


# Any messages in any order

people = st.sampled_from([ANNA, BEN])
kinds = st.sampled_from(KINDS)
messages = st.one_of(
    st.builds(LeadChanged, st.just(INSTRUCTOR), st.booleans()),
    st.builds(ConsentAsked, people, kinds),
    st.builds(ConsentAnswered, people, kinds, st.booleans()),
    st.builds(ConsentEnded, people, kinds),
    st.builds(LearnerDisconnected, people),
    st.builds(LearnerConnected, people),
)


@given(st.lists(messages, max_size=40))
def test_only_the_learners_own_yes_gives_consent(sequence: list[ConsentMessage]) -> None:
    now = Consents()
    for message in sequence:
        before = now
        try:
            now = step(now, message)
        except ConsentRefused:
            continue
        for learner in (ANNA, BEN):
            for kind in now.given_by(learner) - before.given_by(learner):
                assert message == ConsentAnswered(learner, kind, True)
                assert kind in before.asked_of(learner)


@given(st.lists(messages, max_size=40))
def test_typing_and_showing_imply_watching_and_only_one_is_shown(sequence: list[ConsentMessage]) -> None:
    now = Consents()
    for message in sequence:
        try:
            now = step(now, message)
        except ConsentRefused:
            continue
    for kinds_given in now.given.values():
        assert "watch" in kinds_given
    assert sum("show" in kinds_given for kinds_given in now.given.values()) <= 1


@given(st.lists(messages, max_size=40), people, kinds)
def test_ended_consent_is_gone(sequence: list[ConsentMessage], learner: str, kind: ConsentKind) -> None:
    now = Consents()
    for message in sequence:
        try:
            now = step(now, message)
        except ConsentRefused:
            continue
    assert watch_refusal(step(now, ConsentEnded(learner, kind)), kind, learner) == NOT_GIVEN
