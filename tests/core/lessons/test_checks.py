"""Rule calls and checks: what an author writes, the errors they get, and the verdicts that learners see."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.lessons.checks import Check, Mistake, RuleCall, Verdict, judge, parse_rule_call
from slipway.core.rules.matchers import Match
from slipway.core.rules.registry import RULES
from tests.core.docker_events import ScriptedEngine


def rule_calls(*raws: Any) -> tuple[RuleCall, ...]:
    return tuple(parse_rule_call(raw) for raw in raws)


def verdict_of(engine: ScriptedEngine, *raws: Any, since: float = 0.0, **given: Any) -> Verdict:
    """The verdict on a check without mistakes; `given` are names from earlier steps with the rules that bind them."""
    check = Check(rule_calls(*raws), {name: parse_rule_call(raw) for name, raw in given.items()})
    return judge(check, (), engine.story, since)


class TestRuleCall:
    def test_holds_what_the_lesson_file_says(self) -> None:
        said = parse_rule_call(
            {"created": {"image": "busybox", "as": "box", "say": "Create one.", "unless": {"name": "x"}}}
        )
        assert said == RuleCall("created", {"image": "busybox"}, ({"name": "x"},), "box", "Create one.")
        assert parse_rule_call({"never": {"started": None}}) == RuleCall("started", never=True)
        assert parse_rule_call({"started": {"container": "$box", "other_than": "$it"}}).uses == {"box", "it"}

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (None, r"a rule is written `name: \{field: value\}`, not None"),
            ("created", "a rule is written"),
            ({}, "a rule is written"),
            ({"created": {}, "started": {}}, "a rule is written"),
            ({"crated": {}}, "unknown rule 'crated'; the rules are " + ", ".join(sorted(RULES))),
            ({"never": {"crated": {}}}, "unknown rule 'crated'"),
            ({"pulled": {"imago": "x"}}, "rule pulled has no field 'imago'; its fields are image"),
            ({"created": "busybox"}, r"the fields of created are written `\{field: value\}`, not 'busybox'"),
            ({"created": {"unless": "busybox"}}, "the fields of created.unless are written"),
            ({"pulled": {"unless": {"imago": "x"}}}, "no field 'imago'; its fields are image"),
            ({"created": {"unless": {"container": "$x"}}}, "created.unless takes neither container"),
            ({"created": {"unless": [{"name": "x"}, "busybox"]}}, "the fields of created.unless are written"),
            ({"created": {"unless": [{"name": "x"}, {"other_than": "$x"}]}}, "created.unless takes neither container"),
            ({"called": None}, "rule called needs call"),
            ({"typed": {"status": 0}}, "rule typed needs matches"),
            (
                {"started": {"container": "box"}},
                r"started.container takes a name that a rule binds.*not 'box'",
            ),
            ({"started": {"other_than": 5}}, "started.other_than takes a name"),
        ],
    )
    def test_error_lists_the_valid_names(self, raw: Any, said: str) -> None:
        with pytest.raises(ValueError, match=said):
            parse_rule_call(raw)

    def test_required_fields_are_optional_under_unless(self) -> None:
        asked = parse_rule_call({"called": {"call": "container.list", "unless": {"failed": True}}})
        assert asked.unless == ({"failed": True},)

    def test_empty_unless_excludes_nothing(self) -> None:
        assert (
            parse_rule_call({"created": {"unless": {}}}).unless
            == parse_rule_call({"created": {"unless": [{}]}}).unless
            == ()
        )


class TestCheck:
    def test_rules_are_met_in_order(self, engine: ScriptedEngine) -> None:
        engine.logs(engine.run("greeter", "echo"))
        assert verdict_of(engine, {"started": None}, {"logs_read": None}).value == "passed"
        assert verdict_of(engine, {"logs_read": None}, {"started": None}).value == "not-yet"

    def test_tries_later_matches_when_the_first_fails(self, engine: ScriptedEngine) -> None:
        engine.create("first", "echo")
        second = engine.create("second", "echo")
        engine.start(second)
        passed = verdict_of(engine, {"created": {"as": "it"}}, {"started": {"container": "$it"}})
        assert [one.container for one in passed.evidence] == [second.id, second.id]

    def test_bound_name_refers_to_the_same_container(self, engine: ScriptedEngine) -> None:
        chain = ({"created": {"name": "one", "as": "it"}}, {"started": {"container": "$it"}})
        engine.create("one", "echo")
        engine.start(engine.create("two", "echo"))
        assert verdict_of(engine, *chain).value == "not-yet"
        assert verdict_of(engine, chain[0], {"started": {"other_than": "$it"}}).value == "passed"

    def test_ignores_matches_before_since(self, engine: ScriptedEngine) -> None:
        engine.run("greeter", "echo")
        assert verdict_of(engine, {"started": None}, since=engine.now).value == "not-yet"

    def test_unbound_name_never_matches(self, engine: ScriptedEngine) -> None:
        engine.run("greeter", "echo")
        assert verdict_of(engine, {"started": {"container": "$it"}}).value == "not-yet"

    def test_match_without_a_container_binds_nothing(self, engine: ScriptedEngine) -> None:
        engine.emit(e.ImagePulled(engine.now, "busybox:latest"))
        assert verdict_of(engine, {"pulled": {"as": "it"}}).value == "passed"
        assert verdict_of(engine, {"pulled": {"as": "it"}}, {"started": {"container": "$it"}}).value == "not-yet"

    def test_unless_excludes_matches(self, engine: ScriptedEngine) -> None:
        engine.create("one", "ping")
        rule = {"created": {"unless": {"program": "ping"}}}
        assert verdict_of(engine, rule).value == "not-yet"
        engine.create("two", "echo")
        assert [one.text for one in verdict_of(engine, rule).evidence] == ["created two from busybox: echo"]

    def test_unless_with_a_list_excludes_what_fits_any_entry(self, engine: ScriptedEngine) -> None:
        engine.create("one", "ping")
        engine.create("two", "echo")
        rule = {"created": {"unless": [{"program": "ping"}, {"name": "two"}]}}
        assert verdict_of(engine, rule).value == "not-yet"
        engine.create("three", "echo")
        assert [one.text for one in verdict_of(engine, rule).evidence] == ["created three from busybox: echo"]

    def test_never_fails_by_a_match_after_the_rule_before(self, engine: ScriptedEngine) -> None:
        chain = ({"created": {"as": "it"}}, {"never": {"started": {"container": "$it"}}})
        target = engine.create("greeter", "echo")
        assert verdict_of(engine, *chain).value == "passed"
        engine.start(target)
        assert verdict_of(engine, *chain).value == "not-yet"

    def test_never_between_two_rules_ends_with_the_second(self, engine: ScriptedEngine) -> None:
        chain = (
            {"started": {"as": "it"}},
            {"never": {"exited": {"container": "$it", "say": "It is over."}}},
            {"called": {"call": "container.list"}},
        )
        target = engine.create("greeter", "echo")
        engine.start(target)
        engine.die(target)
        engine.advance(1).call("container.list")
        assert verdict_of(engine, *chain).why == "Started greeter ✓ listed the running containers ✓ It is over."
        engine.start(target)
        engine.call("container.list")
        engine.advance(1).die(target)
        assert verdict_of(engine, *chain).value == "passed"


class TestNameOfAnEarlierStep:
    greeter = {"created": {"name": "greeter", "say": "Create the greeter first."}}  # noqa: RUF012

    def test_stands_for_every_container_that_fits_the_earlier_rule(self, engine: ScriptedEngine) -> None:
        engine.remove(engine.create("greeter", "echo"))
        again = engine.create("greeter", "echo")
        engine.start(again)
        passed = verdict_of(engine, {"started": {"container": "$box"}}, box=self.greeter)
        assert [one.container for one in passed.evidence] == [again.id]

    def test_is_one_container_after_its_first_match(self, engine: ScriptedEngine) -> None:
        first = engine.run("greeter", "echo")
        engine.remove(first)
        engine.logs(engine.create("greeter", "echo"))
        chain = ({"started": {"container": "$box"}}, {"logs_read": {"container": "$box"}})
        assert verdict_of(engine, *chain, box=self.greeter).value == "not-yet"

    def test_without_a_container_shows_the_sentence_of_the_earlier_step(self, engine: ScriptedEngine) -> None:
        rule = {"started": {"container": "$box", "say": "Start it."}}
        assert verdict_of(engine, rule, box=self.greeter).why == "Create the greeter first."
        silent = {"created": {"name": "greeter"}}
        assert verdict_of(engine, rule, box=silent).why == "The container of an earlier step is missing (box)."


class TestNotYet:
    chain = ({"created": {"as": "it"}}, {"started": {"container": "$it", "attached": True, "say": "Now start it."}})

    def test_says_what_was_seen_and_what_is_missing_first(self, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo")
        said = verdict_of(engine, *self.chain)
        assert said.why == "Created greeter from busybox: echo ✓ Now start it."
        assert [one.text for one in said.evidence] == ["created greeter from busybox: echo"]

    def test_without_a_sentence_names_the_rule(self, engine: ScriptedEngine) -> None:
        assert verdict_of(engine, {"logs_read": None}).why == "Nothing seen yet of: logs read."
        assert verdict_of(engine, {"exited": {"code": 3}}).why == "Nothing seen yet of: exited (code 3)."

    def test_says_what_violated_never_when_nothing_is_missing(self, engine: ScriptedEngine) -> None:
        engine.run("greeter", "echo")
        spoilt = {"never": {"started": None}}
        assert verdict_of(engine, {"created": None}, spoilt).why.endswith("✓ Something happened that should not have.")
        with_words = {"never": {"started": {"say": "It must not run."}}}
        assert verdict_of(engine, {"created": None}, with_words).why.endswith("✓ It must not run.")

    def test_evidence_is_the_latest_matches(self, engine: ScriptedEngine) -> None:
        engine.create("one", "echo")
        engine.create("two", "echo")
        assert verdict_of(engine, *self.chain).evidence[0].text.startswith("created two")


class TestMistake:
    check = Check(rule_calls({"created": {"as": "it"}}, {"started": {"container": "$it", "attached": True}}))

    def why(self, engine: ScriptedEngine, *mistakes: tuple[str, Any]) -> str:
        made = tuple(Mistake(say, rule_calls(*(when if isinstance(when, list) else [when]))) for say, when in mistakes)
        return judge(self.check, made, engine.story, 0.0).why

    def test_newest_mistake_is_explained(self, engine: ScriptedEngine) -> None:
        target = engine.create("greeter", "echo")
        engine.logs(target)
        engine.advance(1).start(target)
        rules = [("Started unseen.", {"started": {"container": "$it"}}), ("Only logs.", {"logs_read": None})]
        assert self.why(engine, *rules) == "Started unseen."
        engine.advance(1).logs(target)
        assert self.why(engine, *rules) == "Only logs."

    def test_taken_name_is_explained_without_a_sentence_in_the_step(self, engine: ScriptedEngine) -> None:
        engine.call("container.create", status=409)
        assert "`docker rm -f` and its name" in self.why(engine)
        assert (
            self.why(engine, ("That is the point.", {"called": {"call": "container.create"}})) == "That is the point."
        )
        engine.advance(1).create("greeter", "echo")
        assert "taken" not in self.why(engine)

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            ("runc create failed: container init was OOM-killed (memory limit too low?): unknown", "ran out of memory"),
            ("failed to start shim task: cannot start a stopped process: unknown", "either its memory limit"),
        ],
    )
    def test_limit_too_low_to_start_is_explained(self, engine: ScriptedEngine, error: str, sentence: str) -> None:
        """The engine's words with control groups of version 2, and limits of 16 MiB and less (measured)."""
        target = engine.create("greeter", "echo")
        engine.end_call(engine.start_call("container.start", target), 400, message=error)
        assert sentence in self.why(engine).lower()
        engine.advance(1).start(target)
        assert sentence in self.why(engine).lower()

    def test_first_in_the_file_is_explained_when_two_are_equally_new(self, engine: ScriptedEngine) -> None:
        engine.start(engine.create("greeter", "echo"))
        assert self.why(engine, ("One.", {"started": None}), ("Two.", {"started": None})) == "One."

    def test_before_the_last_progress_is_ignored(self, engine: ScriptedEngine) -> None:
        engine.start(engine.create("other", "echo"))
        engine.advance(1).create("greeter", "echo")
        assert "Created greeter" in self.why(engine, ("Started the other.", {"started": None}))

    def test_with_several_rules_needs_all_of_them(self, engine: ScriptedEngine) -> None:
        when = [{"created": {"as": "x"}}, {"logs_read": {"container": "$x"}}]
        target = engine.create("greeter", "echo")
        assert "✓" in self.why(engine, ("Read too soon.", when))
        engine.logs(target)
        assert self.why(engine, ("Read too soon.", when)) == "Read too soon."

    def test_with_never_is_ignored_once_that_happened(self, engine: ScriptedEngine) -> None:
        when = [{"created": {"as": "x"}}, {"never": {"started": {"container": "$x"}}}]
        target = engine.create("greeter", "echo")
        assert self.why(engine, ("Made, not started.", when)) == "Made, not started."
        engine.start(target)
        assert self.why(engine, ("Made, not started.", when)) != "Made, not started."

    def test_with_never_is_explained_again_when_made_again(self, engine: ScriptedEngine) -> None:
        when = [{"removed": None}, {"never": {"created": None}}]
        engine.remove(engine.create("greeter", "echo"))
        assert self.why(engine, ("Gone.", when)) == "Gone."
        again = engine.advance(1).create("greeter", "echo")
        assert self.why(engine, ("Gone.", when)) != "Gone."
        engine.remove(again)
        assert self.why(engine, ("Gone.", when)) == "Gone."

    def test_may_consist_of_never_alone(self, engine: ScriptedEngine) -> None:
        assert (
            self.why(engine, ("Nobody listed.", {"never": {"called": {"call": "container.list"}}})) == "Nobody listed."
        )


def test_verdict_is_cannot_tell_without_an_engine(engine: ScriptedEngine) -> None:
    engine.run("greeter", "echo")
    engine.advance(1).emit(e.EngineLost(engine.now))
    said = verdict_of(engine, {"started": None})
    assert (said.value, said.evidence) == ("cannot-tell", ())
    assert "not lost" in said.why


def test_verdict_has_the_time_of_its_last_evidence() -> None:
    assert Verdict().at == 0.0
    assert Verdict("passed", (Match(3.0, "a"), Match(2.0, "b"))).at == 3.0


def test_check_of_never_alone_passes_at_once(engine: ScriptedEngine) -> None:
    assert verdict_of(engine, {"never": {"started": None}}).value == "passed"  # which is why a lesson may not have one
