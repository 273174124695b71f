"""The store persists verdicts, assignments, openings and runs of each learner across a restart."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from slipway.store import Store

EVIDENCE = [{"at": 1.5, "text": "`docker create` – “hi” ✓", "seq": 4}]


def test_verdict_survives_a_restart_with_its_evidence(store: Store, path: Path) -> None:
    store.save_verdict("me", "01-life", "create", "passed", EVIDENCE, "", at=12.5, version="v1")
    store.close()
    again = Store.at(path)
    assert again.verdicts("me") == {
        "01-life": {"create": {"verdict": "passed", "evidence": EVIDENCE, "why": "", "at": 12.5, "version": "v1"}}
    }
    again.close()


def test_newer_verdict_replaces_the_older(store: Store) -> None:
    store.save_verdict("me", "01-life", "create", "skipped", [], "you went on")
    store.save_verdict("me", "01-life", "create", "passed", EVIDENCE)
    assert store.verdicts("me")["01-life"]["create"]["verdict"] == "passed"


def test_learners_are_separate(store: Store) -> None:
    store.save_verdict("ann", "01-life", "create", "passed")
    assert store.verdicts("bob") == {}


def test_clearing_verdicts_affects_one_lesson_of_one_learner(store: Store) -> None:
    for learner, lesson in [("ann", "01-life"), ("ann", "02-more"), ("bob", "01-life")]:
        store.save_verdict(learner, lesson, "create", "passed")
    store.clear_verdicts("ann", "01-life")
    assert (set(store.verdicts("ann")), set(store.verdicts("bob"))) == ({"02-more"}, {"01-life"})


def test_learner_has_one_sandbox_and_sandbox_one_learner(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.assign_sandbox("ann", "box-2")
    store.assign_sandbox("bob", "box-1")
    with pytest.raises(ValueError, match="box-2 is taken by ann"):
        store.assign_sandbox("bob", "box-2")
    assert store.assignments() == {"ann": "box-2", "bob": "box-1"}


def test_releasing_a_sandbox_is_idempotent(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.release_sandbox("ann", "box-1")
    store.release_sandbox("ann", "box-1")
    assert store.assignment("ann") is None


def test_releasing_an_earlier_sandbox_keeps_the_current_one(store: Store) -> None:
    store.assign_sandbox("ann", "box-1")
    store.assign_sandbox("ann", "box-2")
    store.release_sandbox("ann", "box-1")
    assert store.assignment("ann") == "box-2"


def test_last_opened_lesson_does_not_depend_on_the_clock(store: Store) -> None:
    store.save_opened_at("me", "01-life", 100.0)
    store.save_opened_at("me", "02-more", 50.0)
    assert (store.last_opened("me"), store.opened_at("me", "01-life")) == ("02-more", 100.0)
    store.save_opened_at("me", "01-life", 10.0)
    assert (store.last_opened("me"), store.opened_at("me", "01-life")) == ("01-life", 10.0)


def test_unknown_learner_has_nothing(store: Store) -> None:
    assert (store.verdicts("x"), store.assignment("x")) == ({}, None)
    assert (store.opened_at("x", "y"), store.last_opened("x")) == (None, None)


def test_run_is_claimed_once_even_after_a_restart(store: Store, path: Path) -> None:
    assert store.claim_run("me", "click-1")
    assert not store.claim_run("me", "click-1")
    assert store.claim_run("you", "click-1")
    store.close()
    again = Store.at(path)
    assert not again.claim_run("me", "click-1")
    again.release_run("me", "click-1")
    assert again.claim_run("me", "click-1")
    again.close()


def test_concurrent_writes_succeed(store: Store) -> None:
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
def test_any_verdict_is_returned_unchanged(
    store: Store, learner: str, lesson: str, step: str, evidence: list[dict[str, object]], why: str
) -> None:
    store.save_verdict(learner, lesson, step, "not-yet", evidence, why)
    kept = store.verdicts(learner)[lesson][step]
    assert (kept["evidence"], kept["why"]) == (evidence, why)


class TestAssignments:
    """A sandbox belongs to at most one learner after any sequence of assignments and releases."""

    def test_against_a_dict(self, path: Path) -> None:
        store = Store.at(path)

        class Assignments(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                for learner, sandbox in store.assignments().items():
                    store.release_sandbox(learner, sandbox)
                self.model: dict[str, str] = {}

            @rule(learner=st.sampled_from("abc"), sandbox=st.sampled_from("123"))
            def assign(self, learner: str, sandbox: str) -> None:
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
            def release(self, learner: str, sandbox: str) -> None:
                store.release_sandbox(learner, sandbox)
                if self.model.get(learner) == sandbox:
                    del self.model[learner]
                assert store.assignments() == self.model

        Assignments.TestCase().runTest()
        store.close()
