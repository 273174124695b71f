"""The store keeps what it was told, for whom it was told, across a restart."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from slipway.store import Store

EVIDENCE = [{"at": 1.5, "text": "`docker create` – “hi” ✓", "seq": 4}]


def test_a_verdict_comes_back_with_its_evidence_after_a_restart(store: Store, path: Path) -> None:
    store.save_verdict("me", "01-life", "create", "passed", EVIDENCE, "", at=12.5, version="v1")
    store.close()
    again = Store.at(path)
    assert again.verdicts("me") == {
        "01-life": {"create": {"verdict": "passed", "evidence": EVIDENCE, "why": "", "at": 12.5, "version": "v1"}}
    }
    again.close()


def test_the_newest_verdict_takes_the_place_of_the_older(store: Store) -> None:
    store.save_verdict("me", "01-life", "create", "skipped", [], "you went on")
    store.save_verdict("me", "01-life", "create", "passed", EVIDENCE)
    assert store.verdicts("me")["01-life"]["create"]["verdict"] == "passed"


def test_learners_do_not_see_one_another(store: Store) -> None:
    store.save_verdict("ann", "01-life", "create", "passed")
    assert store.verdicts("bob") == {}


def test_clearing_a_lesson_forgets_that_lesson_of_that_learner_only(store: Store) -> None:
    for learner, lesson in [("ann", "01-life"), ("ann", "02-more"), ("bob", "01-life")]:
        store.save_verdict(learner, lesson, "create", "passed")
    store.clear_verdicts("ann", "01-life")
    assert (store.verdicts("ann").keys(), store.verdicts("bob").keys()) == ({"02-more"}, {"01-life"})


def test_a_learner_sits_in_one_sandbox_and_a_sandbox_seats_one_learner(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.assign_sandbox("ann", "box-2")
    store.assign_sandbox("bob", "box-1")
    with pytest.raises(ValueError, match="box-2 is taken by ann"):
        store.assign_sandbox("bob", "box-2")
    assert store.assignments() == {"ann": "box-2", "bob": "box-1"}


def test_leaving_a_seat_twice_is_leaving_it(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.release_sandbox("ann", "box-1")
    store.release_sandbox("ann", "box-1")
    assert store.assignment("ann") is None


def test_leaving_a_sandbox_keeps_the_seat_in_the_next_one(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.assign_sandbox("ann", "box-2")
    store.release_sandbox("ann", "box-1")
    assert store.assignment("ann") == "box-2"


def test_the_lesson_at_hand_is_the_one_opened_last_whatever_the_clocks_say(store: Store) -> None:
    store.save_opened_at("me", "01-life", 100.0)
    store.save_opened_at("me", "02-more", 50.0)
    assert (store.last_opened("me"), store.opened_at("me", "01-life")) == ("02-more", 100.0)
    store.save_opened_at("me", "01-life", 10.0)
    assert (store.last_opened("me"), store.opened_at("me", "01-life")) == ("01-life", 10.0)


def test_a_stranger_has_nothing(store: Store) -> None:
    assert (store.verdicts("x"), store.assignment("x")) == ({}, None)
    assert (store.opened_at("x", "y"), store.last_opened("x")) == (None, None)


def test_a_click_is_known_from_its_first_time_on_also_after_a_restart(store: Store, path: Path) -> None:
    assert store.claim_run("me", "click-1")
    assert not store.claim_run("me", "click-1")
    assert store.claim_run("you", "click-1")
    store.close()
    again = Store.at(path)
    assert not again.claim_run("me", "click-1")
    again.release_run("me", "click-1")
    assert again.claim_run("me", "click-1")
    again.close()


def test_threads_that_write_at_once_all_succeed(store: Store) -> None:
    def write(number: int) -> None:
        for step in range(20):
            store.save_verdict(f"learner-{number}", "01-life", f"step-{step}", "passed")
            store.save_opened_at(f"learner-{number}", "01-life", float(step))

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.verdicts(f"learner-{number}")["01-life"]) for number in range(4)] == [20] * 4


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(texts, texts, texts, st.lists(st.dictionaries(texts, json_values, max_size=4), max_size=3), texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_kept_comes_back_the_same(
    store: Store, learner: str, lesson: str, step: str, evidence: list[dict[str, object]], why: str
) -> None:
    store.save_verdict(learner, lesson, step, "not-yet", evidence, why)
    kept = store.verdicts(learner)[lesson][step]
    assert (kept["evidence"], kept["why"]) == (evidence, why)


class TestSeats:
    """A seat is only ever one learner's, whatever the order of comings and goings."""

    def test_against_a_plain_dict(self, path: Path) -> None:
        store = Store.at(path)

        class Seats(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                for learner, sandbox in store.assignments().items():
                    store.release_sandbox(learner, sandbox)
                self.model: dict[str, str] = {}

            @rule(learner=st.sampled_from("abc"), sandbox=st.sampled_from("123"))
            def take(self, learner: str, sandbox: str) -> None:
                free = self.model.get(learner) == sandbox or sandbox not in self.model.values()
                try:
                    store.assign_sandbox(learner, sandbox)
                except ValueError:
                    assert not free
                else:
                    assert free
                    self.model[learner] = sandbox
                assert store.assignments() == self.model

            @rule(learner=st.sampled_from("abc"), sandbox=st.sampled_from("123"))
            def leave(self, learner: str, sandbox: str) -> None:
                store.release_sandbox(learner, sandbox)
                if self.model.get(learner) == sandbox:
                    del self.model[learner]
                assert store.assignments() == self.model

        Seats.TestCase().runTest()
        store.close()
