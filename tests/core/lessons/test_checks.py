"""Asks, chains and verdicts: what a lesson's author writes, what is wrong with it, and what a learner is told."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.lessons.checks import Check, Mistake, RuleCall, Verdict, judge, parse_ask
from slipway.core.rules.matchers import Match
from slipway.core.rules.registry import RULES
from tests.core.docker_events import Engine


def asks(*raws: Any) -> tuple[RuleCall, ...]:
    return tuple(parse_ask(raw) for raw in raws)


def told(engine: Engine, *raws: Any, since: float = 0.0, **given: Any) -> Verdict:
    """The verdict on a check without mistakes; `given` are names from earlier steps with the rules that bind them."""
    check = Check(asks(*raws), {name: parse_ask(raw) for name, raw in given.items()})
    return judge(check, (), engine.story, since)


class TestAnAsk:
    def test_holds_what_the_lesson_says(self) -> None:
        said = parse_ask({"created": {"image": "busybox", "as": "box", "say": "Create one.", "unless": {"name": "x"}}})
        assert said == RuleCall("created", {"image": "busybox"}, ({"name": "x"},), "box", "Create one.")
        assert parse_ask({"never": {"started": None}}) == RuleCall("started", never=True)
        assert parse_ask({"started": {"container": "$box", "other_than": "$it"}}).uses == {"box", "it"}

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
            ({"created": {"unless": {"container": "$x"}}}, "created.unless names no containers"),
            ({"created": {"unless": [{"name": "x"}, "busybox"]}}, "the fields of created.unless are written"),
            ({"created": {"unless": [{"name": "x"}, {"other_than": "$x"}]}}, "created.unless names no containers"),
            ({"called": None}, "rule called needs call"),
            ({"typed": {"status": 0}}, "rule typed needs matches"),
            ({"started": {"container": "box"}}, r"started.container is a name that a rule gave with `as`.*not 'box'"),
            ({"started": {"other_than": 5}}, "started.other_than is a name"),
        ],
    )
    def test_that_is_wrong_is_told_so_with_what_is_valid(self, raw: Any, said: str) -> None:
        with pytest.raises(ValueError, match=said):
            parse_ask(raw)

    def test_needs_its_fields_once_not_again_under_unless(self) -> None:
        asked = parse_ask({"called": {"call": "container.list", "unless": {"failed": True}}})
        assert asked.unless == ({"failed": True},)

    def test_leaves_nothing_out_for_an_empty_unless(self) -> None:
        assert parse_ask({"created": {"unless": {}}}).unless == parse_ask({"created": {"unless": [{}]}}).unless == ()


class TestAChain:
    def test_is_met_in_order(self, engine: Engine) -> None:
        engine.logs(engine.run("greeter", "echo"))
        assert told(engine, {"started": None}, {"logs_read": None}).value == "passed"
        assert told(engine, {"logs_read": None}, {"started": None}).value == "not-yet"

    def test_looks_for_another_way_when_the_first_leads_nowhere(self, engine: Engine) -> None:
        engine.create("first", "echo")
        second = engine.create("second", "echo")
        engine.start(second)
        passed = told(engine, {"created": {"as": "it"}}, {"started": {"container": "$it"}})
        assert [one.container for one in passed.evidence] == [second.id, second.id]

    def test_asks_for_the_very_container_that_it_bound(self, engine: Engine) -> None:
        chain = ({"created": {"name": "one", "as": "it"}}, {"started": {"container": "$it"}})
        engine.create("one", "echo")
        engine.start(engine.create("two", "echo"))
        assert told(engine, *chain).value == "not-yet"
        assert told(engine, chain[0], {"started": {"other_than": "$it"}}).value == "passed"

    def test_leaves_out_what_happened_before(self, engine: Engine) -> None:
        engine.run("greeter", "echo")
        assert told(engine, {"started": None}, since=engine.now).value == "not-yet"

    def test_a_name_that_nothing_bound_is_never_met(self, engine: Engine) -> None:
        engine.run("greeter", "echo")
        assert told(engine, {"started": {"container": "$it"}}).value == "not-yet"

    def test_of_things_that_are_no_containers_binds_nothing(self, engine: Engine) -> None:
        engine.say(e.ImagePulled(engine.now, "busybox:latest"))
        assert told(engine, {"pulled": {"as": "it"}}).value == "passed"
        assert told(engine, {"pulled": {"as": "it"}}, {"started": {"container": "$it"}}).value == "not-yet"

    def test_unless_takes_exceptions_out(self, engine: Engine) -> None:
        engine.create("one", "ping")
        rule = {"created": {"unless": {"program": "ping"}}}
        assert told(engine, rule).value == "not-yet"
        engine.create("two", "echo")
        assert [one.text for one in told(engine, rule).evidence] == ["created two from busybox: echo"]

    def test_unless_with_a_list_takes_out_what_fits_any_of_it(self, engine: Engine) -> None:
        engine.create("one", "ping")
        engine.create("two", "echo")
        rule = {"created": {"unless": [{"program": "ping"}, {"name": "two"}]}}
        assert told(engine, rule).value == "not-yet"
        engine.create("three", "echo")
        assert [one.text for one in told(engine, rule).evidence] == ["created three from busybox: echo"]

    def test_never_is_spoilt_by_what_comes_after_the_rule_before(self, engine: Engine) -> None:
        chain = ({"created": {"as": "it"}}, {"never": {"started": {"container": "$it"}}})
        target = engine.create("greeter", "echo")
        assert told(engine, *chain).value == "passed"
        engine.start(target)
        assert told(engine, *chain).value == "not-yet"

    def test_never_between_two_rules_ends_with_the_second(self, engine: Engine) -> None:
        chain = (
            {"started": {"as": "it"}},
            {"never": {"exited": {"container": "$it", "say": "It is over."}}},
            {"called": {"call": "container.list"}},
        )
        target = engine.create("greeter", "echo")
        engine.start(target)
        engine.die(target)
        engine.wait(1).call("container.list")
        assert told(engine, *chain).why == "Started greeter ✓ listed the running containers ✓ It is over."
        engine.start(target)
        engine.call("container.list")
        engine.wait(1).die(target)
        assert told(engine, *chain).value == "passed"


class TestAGivenName:
    greeter = {"created": {"name": "greeter", "say": "Create the greeter first."}}  # noqa: RUF012

    def test_stands_for_every_container_that_fits_the_earlier_rule(self, engine: Engine) -> None:
        engine.remove(engine.create("greeter", "echo"))
        again = engine.create("greeter", "echo")
        engine.start(again)
        passed = told(engine, {"started": {"container": "$box"}}, box=self.greeter)
        assert [one.container for one in passed.evidence] == [again.id]

    def test_is_one_container_from_its_first_match_on(self, engine: Engine) -> None:
        first = engine.run("greeter", "echo")
        engine.remove(first)
        engine.logs(engine.create("greeter", "echo"))
        chain = ({"started": {"container": "$box"}}, {"logs_read": {"container": "$box"}})
        assert told(engine, *chain, box=self.greeter).value == "not-yet"

    def test_that_stands_for_nothing_sends_back_to_the_earlier_step(self, engine: Engine) -> None:
        rule = {"started": {"container": "$box", "say": "Start it."}}
        assert told(engine, rule, box=self.greeter).why == "Create the greeter first."
        silent = {"created": {"name": "greeter"}}
        assert told(engine, rule, box=silent).why == "The container of an earlier step is missing (box)."


class TestNotYet:
    chain = ({"created": {"as": "it"}}, {"started": {"container": "$it", "attached": True, "say": "Now start it."}})

    def test_says_what_was_seen_and_the_first_thing_that_was_not(self, engine: Engine) -> None:
        engine.create("greeter", "echo")
        said = told(engine, *self.chain)
        assert said.why == "Created greeter from busybox: echo ✓ Now start it."
        assert [one.text for one in said.evidence] == ["created greeter from busybox: echo"]

    def test_without_a_sentence_names_the_rule_plainly(self, engine: Engine) -> None:
        assert told(engine, {"logs_read": None}).why == "Nothing seen yet of: logs read."
        assert told(engine, {"exited": {"code": 3}}).why == "Nothing seen yet of: exited (code 3)."

    def test_tells_what_spoilt_it_when_nothing_is_missing(self, engine: Engine) -> None:
        engine.run("greeter", "echo")
        spoilt = {"never": {"started": None}}
        assert told(engine, {"created": None}, spoilt).why.endswith("✓ Something happened that should not have.")
        with_words = {"never": {"started": {"say": "It must not run."}}}
        assert told(engine, {"created": None}, with_words).why.endswith("✓ It must not run.")

    def test_is_reached_by_the_latest_matches(self, engine: Engine) -> None:
        engine.create("one", "echo")
        engine.create("two", "echo")
        assert told(engine, *self.chain).evidence[0].text.startswith("created two")


class TestAMistake:
    check = Check(asks({"created": {"as": "it"}}, {"started": {"container": "$it", "attached": True}}))

    def why(self, engine: Engine, *mistakes: tuple[str, Any]) -> str:
        made = tuple(Mistake(say, asks(*(when if isinstance(when, list) else [when]))) for say, when in mistakes)
        return judge(self.check, made, engine.story, 0.0).why

    def test_that_is_newest_speaks(self, engine: Engine) -> None:
        target = engine.create("greeter", "echo")
        engine.logs(target)
        engine.wait(1).start(target)
        rules = [("Started unseen.", {"started": {"container": "$it"}}), ("Only logs.", {"logs_read": None})]
        assert self.why(engine, *rules) == "Started unseen."
        engine.wait(1).logs(target)
        assert self.why(engine, *rules) == "Only logs."

    def test_a_name_that_is_taken_needs_no_sentence_of_the_step(self, engine: Engine) -> None:
        engine.call("container.create", status=409)
        assert "`docker rm -f` and its name" in self.why(engine)
        assert (
            self.why(engine, ("That is the point.", {"called": {"call": "container.create"}})) == "That is the point."
        )
        engine.wait(1).create("greeter", "echo")
        assert "taken" not in self.why(engine)

    def test_that_is_written_first_speaks_when_two_are_as_new(self, engine: Engine) -> None:
        engine.start(engine.create("greeter", "echo"))
        assert self.why(engine, ("One.", {"started": None}), ("Two.", {"started": None})) == "One."

    def test_from_before_what_was_reached_is_silent(self, engine: Engine) -> None:
        engine.start(engine.create("other", "echo"))
        engine.wait(1).create("greeter", "echo")
        assert "Created greeter" in self.why(engine, ("Started the other.", {"started": None}))

    def test_of_several_rules_asks_for_all_of_them(self, engine: Engine) -> None:
        when = [{"created": {"as": "x"}}, {"logs_read": {"container": "$x"}}]
        target = engine.create("greeter", "echo")
        assert "✓" in self.why(engine, ("Read too soon.", when))
        engine.logs(target)
        assert self.why(engine, ("Read too soon.", when)) == "Read too soon."

    def test_with_never_is_silent_once_that_happened(self, engine: Engine) -> None:
        when = [{"created": {"as": "x"}}, {"never": {"started": {"container": "$x"}}}]
        target = engine.create("greeter", "echo")
        assert self.why(engine, ("Made, not started.", when)) == "Made, not started."
        engine.start(target)
        assert self.why(engine, ("Made, not started.", when)) != "Made, not started."

    def test_with_never_speaks_again_when_it_is_made_again(self, engine: Engine) -> None:
        when = [{"removed": None}, {"never": {"created": None}}]
        engine.remove(engine.create("greeter", "echo"))
        assert self.why(engine, ("Gone.", when)) == "Gone."
        again = engine.wait(1).create("greeter", "echo")
        assert self.why(engine, ("Gone.", when)) != "Gone."
        engine.remove(again)
        assert self.why(engine, ("Gone.", when)) == "Gone."

    def test_may_be_that_something_is_still_missing(self, engine: Engine) -> None:
        assert (
            self.why(engine, ("Nobody listed.", {"never": {"called": {"call": "container.list"}}})) == "Nobody listed."
        )


def test_without_an_engine_nobody_can_tell(engine: Engine) -> None:
    engine.run("greeter", "echo")
    engine.wait(1).say(e.EngineLost(engine.now))
    said = told(engine, {"started": None})
    assert (said.value, said.evidence) == ("cannot-tell", ())
    assert "not lost" in said.why


def test_a_verdict_is_as_old_as_its_last_evidence() -> None:
    assert Verdict().at == 0.0
    assert Verdict("passed", (Match(3.0, "a"), Match(2.0, "b"))).at == 3.0


def test_a_check_of_nothing_but_never_would_pass_at_once(engine: Engine) -> None:
    assert told(engine, {"never": {"started": None}}).value == "passed"  # which is why a lesson may not have one
