"""The lifecycle rules where the table in test_registry.py cannot express it: second runs, and signals sent
otherwise."""

from __future__ import annotations

import pytest

from slipway.core import events as e
from slipway.core.rules import lifecycle
from tests.core.docker_events import ScriptedEngine, texts


class TestStopped:
    def test_text_of_a_forced_stop(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.stop(clock)
        assert texts(lifecycle.stopped(engine.story)) == [
            "SIGTERM to clock, nothing for 10.0 s, then SIGKILL: exit code 137"
        ]

    def test_text_of_a_stop_without_force(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        assert texts(lifecycle.stopped(engine.story, forced=False)) == [
            "SIGTERM to clock, and it ended by itself after 0.2 s: exit code 0"
        ]

    def test_stop_of_an_exited_container_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.advance(1).call("container.stop", clock, status=304)
        assert not texts(lifecycle.stopped(engine.story))

    def test_stop_without_a_signal_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.start_call("container.stop", clock)
        engine.die(clock, 0)
        assert not texts(lifecycle.stopped(engine.story))

    @pytest.mark.parametrize(("signal", "stops"), [("TERM", 1), ("9", 0), ("", 0)])
    def test_ignored_signal_in_between_does_not_matter(
        self, engine: ScriptedEngine, clock: e.Target, signal: str, stops: int
    ) -> None:
        engine.stop(clock)
        hand = e.CallStarted(engine.now - 5, "t-hand", "container.kill", "POST", "/kill", clock, {"signal": signal})
        engine.emit(hand)
        assert len(texts(lifecycle.stopped(engine.story, forced=True))) == stops

    def test_exit_by_another_signal_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        engine.emit(e.CallStarted(engine.now - 0.1, "t-h", "container.kill", "POST", "/kill", clock, {"signal": "INT"}))
        assert not texts(lifecycle.stopped(engine.story))

    def test_pending_stop_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.start_call("container.stop", clock)
        engine.emit(e.SignalSent(engine.now, clock.id, 15))
        assert not texts(lifecycle.stopped(engine.advance(6).story))

    def test_grace_is_measured_from_the_stops_own_signal(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        engine.stop(clock)
        assert len(texts(lifecycle.stopped(engine.story, forced=True, grace_at_least=9, grace_at_most=11.5))) == 1

    def test_kill_in_between_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        stop = engine.start_call("container.stop", clock)
        engine.emit(e.SignalSent(engine.now, clock.id, 15))
        engine.advance(4).kill(clock)
        engine.end_call(stop, 204)
        assert not texts(lifecycle.stopped(engine.story))


class TestKilled:
    def test_survivor_is_known_after_two_seconds(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock, 15, None, signal="TERM")
        assert not texts(lifecycle.killed(engine.story, signal="TERM", died=False))
        assert texts(lifecycle.killed(engine.advance(2).story, signal="TERM", died=False)) == [
            "SIGTERM by docker kill to clock: it lives on"
        ]

    def test_slow_kill_counts(self, engine: ScriptedEngine, clock: e.Target) -> None:
        kill = engine.start_call("container.kill", clock)
        engine.advance(5).die(clock, 137)
        engine.end_call(kill, 204)
        assert len(texts(lifecycle.killed(engine.story, code=137))) == 1

    def test_text_has_the_exit_code(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock)
        assert texts(lifecycle.killed(engine.story)) == ["SIGKILL by docker kill to clock: exit code 137"]

    def test_kill_of_an_exited_container_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.call("container.kill", clock, status=409)
        assert len(texts(lifecycle.killed(engine.story))) == 1

    def test_unknown_signal_does_not_match(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock, 9, 137, signal="NONSENSE")
        assert not texts(lifecycle.killed(engine.story))


class TestRemoved:
    def test_time_is_that_of_the_successful_attempt(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.call("container.remove", clock, status=409)
        began = engine.advance(60).now
        engine.remove(clock, force=True, running=True)
        assert [one.at for one in lifecycle.removed(engine.story)] == [began]
        assert not texts(lifecycle.removed(engine.story, forced=False))

    def test_removal_by_run_rm_has_no_call(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.emit(e.ContainerRemoved(engine.now, clock.id))
        assert texts(lifecycle.removed(engine.story, forced=False)) == ["removed clock"]
