"""Consent: nothing is seen of anybody that they have not given, and it ends when either side says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.consent import (
    AWAY,
    KINDS,
    NOBODY_LEADS,
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
    MemberJoined,
    MemberLeft,
    refusal,
    step,
)

ANNA, BEN, TEACHER = "anna", "ben", "me"


def after(*messages: ConsentMessage) -> Consents:
    now = Consents()
    for message in messages:
        now = step(now, message)
    return now


def agreed(learner: str, *kinds: ConsentKind) -> list[ConsentMessage]:
    return [
        message for kind in kinds for message in (ConsentAsked(learner, kind), ConsentAnswered(learner, kind, True))
    ]


def seen(now: Consents, kind: ConsentKind = "watch", whom: str = ANNA) -> str:
    """What the instructor is told who wants to see the learner."""
    return refusal(now, TEACHER, True, whom, kind)


# Following


def test_nobody_is_followed_who_does_not_lead() -> None:
    assert refusal(Consents(), ANNA, False, TEACHER, "follow") == NOBODY_LEADS
    assert refusal(Consents(), ANNA, False, "", "follow") == NOBODY_LEADS


def test_who_leads_is_followed_until_they_stop() -> None:
    leading = after(LeadChanged(TEACHER, True))
    assert refusal(leading, ANNA, False, TEACHER, "follow") == ""
    assert refusal(step(leading, LeadChanged(TEACHER, False)), ANNA, False, TEACHER, "follow") == NOBODY_LEADS


def test_a_learner_can_not_follow_another_learner() -> None:
    now = after(LeadChanged(TEACHER, True), *agreed(BEN, "watch", "type", "show"))
    assert refusal(now, ANNA, False, BEN, "follow") == NOBODY_LEADS


def test_another_instructor_who_stops_does_not_stop_the_one_who_leads() -> None:
    leading = after(LeadChanged(TEACHER, True))
    assert step(leading, LeadChanged("other", False)) is leading
    assert step(leading, LeadChanged(TEACHER, True)) is leading


# Watching


def test_asking_alone_shows_nothing() -> None:
    assert seen(after(ConsentAsked(ANNA, "watch"))) == NOT_GIVEN


def test_a_yes_lets_the_instructor_watch_and_nobody_else() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert seen(now) == ""
    assert refusal(now, BEN, False, ANNA, "watch") == NOT_YOURS
    assert seen(now, whom=BEN) == NOT_GIVEN


def test_a_no_is_a_no_and_can_be_asked_again() -> None:
    now = after(ConsentAsked(ANNA, "watch"), ConsentAnswered(ANNA, "watch", False))
    assert seen(now) == NOT_GIVEN
    assert seen(after(ConsentAsked(ANNA, "watch"), ConsentAnswered(ANNA, "watch", False), *agreed(ANNA, "watch"))) == ""


def test_a_yes_to_what_nobody_asked_is_refused() -> None:
    with pytest.raises(ConsentRefused, match="Nobody asks"):
        after(ConsentAnswered(ANNA, "watch", True))


def test_a_question_that_was_taken_back_can_not_be_answered() -> None:
    with pytest.raises(ConsentRefused):
        after(ConsentAsked(ANNA, "watch"), ConsentEnded(ANNA, "watch"), ConsentAnswered(ANNA, "watch", True))


def test_asking_twice_changes_nothing() -> None:
    once = after(ConsentAsked(ANNA, "watch"))
    assert step(once, ConsentAsked(ANNA, "watch")) is once
    given_ = after(*agreed(ANNA, "watch"))
    assert step(given_, ConsentAsked(ANNA, "watch")) is given_


# On top of watching


@pytest.mark.parametrize("kind", ["type", "show"])
def test_more_is_asked_only_of_whom_one_watches(kind: ConsentKind) -> None:
    with pytest.raises(ConsentRefused, match="watch first"):
        after(ConsentAsked(ANNA, kind))


def test_watching_is_not_typing_and_typing_is_a_consent_of_its_own() -> None:
    assert seen(after(*agreed(ANNA, "watch")), "type") == NOT_GIVEN
    now = after(*agreed(ANNA, "watch", "type"))
    assert seen(now, "type") == ""
    ended = step(now, ConsentEnded(ANNA, "type"))
    assert (seen(ended, "type"), seen(ended)) == (NOT_GIVEN, "")


def test_the_end_of_watching_is_the_end_of_all() -> None:
    now = after(*agreed(ANNA, "watch", "type", "show"), ConsentEnded(ANNA, "watch"))
    assert [seen(now, kind) for kind in KINDS] == [NOT_GIVEN] * 3
    assert now == Consents()


def test_the_end_of_what_never_was_changes_nothing() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert step(now, ConsentEnded(BEN, "watch")) is now


def test_one_terminal_at_a_time_is_on_the_projector() -> None:
    now = after(*agreed(ANNA, "watch", "show"), *agreed(BEN, "watch", "show"))
    assert (now.shown, seen(now, "show"), seen(now)) == (BEN, NOT_GIVEN, "")
    assert after().shown == ""


# Going and coming


def test_who_has_no_page_is_not_seen_for_they_could_not_see_that_they_are() -> None:
    gone = after(*agreed(ANNA, "watch", "type"), MemberLeft(ANNA))
    assert [seen(gone), seen(gone, "type")] == [AWAY, AWAY]
    assert seen(step(gone, MemberJoined(ANNA))) == ""
    assert step(gone, MemberLeft(ANNA)) is gone


def test_coming_without_having_left_changes_nothing() -> None:
    now = after(*agreed(ANNA, "watch"))
    assert step(now, MemberJoined(ANNA)) is now


# Whatever happens

people = st.sampled_from([ANNA, BEN])
kinds = st.sampled_from(KINDS)
messages = st.one_of(
    st.builds(LeadChanged, st.just(TEACHER), st.booleans()),
    st.builds(ConsentAsked, people, kinds),
    st.builds(ConsentAnswered, people, kinds, st.booleans()),
    st.builds(ConsentEnded, people, kinds),
    st.builds(MemberLeft, people),
    st.builds(MemberJoined, people),
)


@given(st.lists(messages, max_size=40))
def test_nothing_is_given_but_by_a_learners_own_yes(said: list[ConsentMessage]) -> None:
    now = Consents()
    for message in said:
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
def test_typing_and_showing_stand_on_watching_and_one_is_shown(said: list[ConsentMessage]) -> None:
    now = Consents()
    for message in said:
        try:
            now = step(now, message)
        except ConsentRefused:
            continue
    for kinds_given in now.given.values():
        assert "watch" in kinds_given
    assert sum("show" in kinds_given for kinds_given in now.given.values()) <= 1


@given(st.lists(messages, max_size=40), people, kinds)
def test_an_end_is_an_end(said: list[ConsentMessage], learner: str, kind: ConsentKind) -> None:
    now = Consents()
    for message in said:
        try:
            now = step(now, message)
        except ConsentRefused:
            continue
    assert seen(step(now, ConsentEnded(learner, kind)), kind, learner) == NOT_GIVEN
