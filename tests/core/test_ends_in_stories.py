"""How containers end, where the table of rules can't say it: second ends, and signals that another hand sent."""

from __future__ import annotations

import pytest

from slipway.core import events as e
from slipway.core.rules import registry
from slipway.core.signals import name_of_signal, number_of_signal
from tests.core.docker_events import Engine, texts


class TestStopped:
    def test_says_what_it_saw(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock)
        assert texts(registry.stopped(engine.story)) == [
            "SIGTERM to clock, nothing for 10.0 s, then SIGKILL: exit code 137"
        ]

    def test_by_itself_says_so(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        assert texts(registry.stopped(engine.story, forced=False)) == [
            "SIGTERM to clock, and it ended by itself after 0.2 s: exit code 0"
        ]

    def test_of_what_had_ended_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.wait(1).call("container.stop", clock, status=304)
        assert not texts(registry.stopped(engine.story))

    def test_without_a_signal_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.begin("container.stop", clock)
        engine.die(clock, 0)
        assert not texts(registry.stopped(engine.story))

    @pytest.mark.parametrize(("signal", "stops"), [("TERM", 1), ("9", 0), ("", 0)])
    def test_is_one_although_another_signal_was_sent_in_vain(
        self, engine: Engine, clock: e.Target, signal: str, stops: int
    ) -> None:
        engine.stop(clock)
        hand = e.CallStarted(engine.now - 5, "t-hand", "container.kill", "POST", "/kill", clock, {"signal": signal})
        engine.say(hand)
        assert len(texts(registry.stopped(engine.story, forced=True))) == stops

    def test_is_none_when_another_signal_ended_it(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        engine.say(e.CallStarted(engine.now - 0.1, "t-h", "container.kill", "POST", "/kill", clock, {"signal": "INT"}))
        assert not texts(registry.stopped(engine.story))

    def test_is_none_while_it_waits(self, engine: Engine, clock: e.Target) -> None:
        engine.begin("container.stop", clock)
        engine.say(e.SignalSent(engine.now, clock.id, 15))
        assert not texts(registry.stopped(engine.wait(6).story))

    def test_right_after_another_end_is_measured_by_its_own_signals(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        engine.stop(clock)
        assert len(texts(registry.stopped(engine.story, forced=True, grace_at_least=9, grace_at_most=11.5))) == 1

    def test_with_a_kill_in_between_is_none(self, engine: Engine, clock: e.Target) -> None:
        stop = engine.begin("container.stop", clock)
        engine.say(e.SignalSent(engine.now, clock.id, 15))
        engine.wait(4).kill(clock)
        engine.end(stop, 204)
        assert not texts(registry.stopped(engine.story))


class TestKilled:
    def test_that_lives_on_is_known_after_two_seconds(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock, 15, None, signal="TERM")
        assert not texts(registry.killed(engine.story, signal="TERM", died=False))
        assert texts(registry.killed(engine.wait(2).story, signal="TERM", died=False)) == [
            "SIGTERM by docker kill to clock: it lives on"
        ]

    def test_may_take_its_time_on_a_busy_machine(self, engine: Engine, clock: e.Target) -> None:
        kill = engine.begin("container.kill", clock)
        engine.wait(5).die(clock, 137)
        engine.end(kill, 204)
        assert len(texts(registry.killed(engine.story, code=137))) == 1

    def test_says_how_it_ended(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        assert texts(registry.killed(engine.story)) == ["SIGKILL by docker kill to clock: exit code 137"]

    def test_of_what_does_not_run_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.call("container.kill", clock, status=409)
        assert len(texts(registry.killed(engine.story))) == 1

    def test_with_a_signal_that_is_none_never_fits(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock, 9, 137, signal="NONSENSE")
        assert not texts(registry.killed(engine.story))


class TestRemoved:
    def test_counts_from_the_attempt_that_worked(self, engine: Engine, clock: e.Target) -> None:
        engine.call("container.remove", clock, status=409)
        began = engine.wait(60).now
        engine.remove(clock, force=True, running=True)
        assert [one.at for one in registry.removed(engine.story)] == [began]
        assert not texts(registry.removed(engine.story, forced=False))

    def test_by_the_engine_itself_after_run_rm(self, engine: Engine, clock: e.Target) -> None:
        engine.say(e.ContainerRemoved(engine.now, clock.id))
        assert texts(registry.removed(engine.story, forced=False)) == ["removed clock"]


def test_signals_have_names_and_numbers() -> None:
    assert [number_of_signal(text) for text in ("15", "TERM", "sigterm", "nonsense")] == [15, 15, 15, None]
    assert [name_of_signal(number) for number in (1, 9, 31, 0, 99)] == [
        *("SIGHUP", "SIGKILL", "SIGSYS"),
        *("signal 0", "signal 99"),
    ]
