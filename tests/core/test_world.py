"""The world follows from the events, in whichever order their sources report them, and accepts any event."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.core import events as e
from slipway.core.resources import Container
from slipway.core.snapshot import encode
from slipway.core.world import World, apply, fold
from tests.core import strategies
from tests.core.docker_events import ID, ScriptedEngine, interleaved


def world_after(*events: e.Event) -> World:
    return fold([e.ContainerCreated(1.0, "a1", "clock", "busybox"), *events])


def clock(*events: e.Event) -> Container:
    return world_after(*events).containers["a1"]


def example_engine() -> ScriptedEngine:
    """Return an engine on which everything happens that changes a container."""
    engine = ScriptedEngine()
    gone = engine.run("greeter", "echo", "hi")
    pinger = engine.run_detached("clock", "ping", "127.0.0.1")
    engine.stop(pinger)
    engine.start(pinger)
    engine.kill(pinger, 15, None, signal="TERM")
    engine.remove(gone)
    engine.create("last", "sh", tty=True)
    return engine


class TestAContainer:
    def test_goes_from_created_to_exited(self) -> None:
        assert (clock().state, clock().alive, clock().runs) == ("created", False, 0)
        running = clock(e.ContainerStarted(2.0, "a1"))
        assert (running.state, running.alive, running.runs, running.started_at) == ("running", True, 1, 2.0)
        ended = clock(e.ContainerStarted(2.0, "a1"), e.SignalSent(3.0, "a1", 9), e.ContainerDied(3.1, "a1", 137))
        assert (ended.state, ended.exit_code, ended.ended_at, ended.signals) == ("exited", 137, 3.1, ((3.0, 9),))

    def test_starting_again_clears_the_last_run(self) -> None:
        again = clock(
            e.ContainerStarted(2.0, "a1"),
            e.SignalSent(3.0, "a1", 9),
            e.OutOfMemory(3.0, "a1"),
            e.ContainerDied(3.1, "a1", 137),
            e.ContainerStarted(4.0, "a1"),
        )
        assert again == Container("a1", "clock", "busybox", (), "running", False, 1.0, 4.0, runs=2)

    def test_can_be_paused_renamed_and_out_of_memory(self) -> None:
        paused = clock(e.ContainerStarted(2.0, "a1"), e.ContainerPaused(3.0, "a1"))
        assert (paused.state, paused.alive) == ("paused", True)
        assert clock(e.ContainerPaused(3.0, "a1"), e.ContainerUnpaused(4.0, "a1")).state == "running"
        assert clock(e.ContainerRenamed(3.0, "a1", "watch")).name == "watch"
        assert clock(e.OutOfMemory(3.0, "a1")).oom

    def test_removed_container_does_not_come_back(self) -> None:
        late = e.CallEnded(2.5, "c", "container.create", 201, 0.1, e.Target("clock", "a1", "clock", "busybox"))
        assert not world_after(e.ContainerRemoved(3.0, "a1")).containers
        assert not world_after(e.ContainerRemoved(3.0, "a1"), late).containers

    def test_events_of_unknown_containers_change_nothing(self) -> None:
        for event in (e.ContainerStarted(2.0, "zz"), e.SignalSent(2.0, "zz", 9), e.ContainerDied(2.0, "zz", 0)):
            assert world_after(event).containers == world_after().containers


class TestACreateCall:
    ended = e.CallEnded(2.0, "c", "container.create", 201, 0.1, e.Target("clock", "a1", "clock", "busybox", ("ping",)))

    def test_adds_facts_that_the_event_lacks(self) -> None:
        assert clock(self.ended) == Container("a1", "clock", "busybox", ("ping",), created_at=1.0)

    def test_may_be_reported_first(self) -> None:
        created = e.ContainerCreated(1.0, "a1", "clock", "busybox")
        assert fold([self.ended, created]).containers == fold([created, self.ended]).containers

    @pytest.mark.parametrize(
        ("status", "target"), [(409, e.Target("clock", "a1")), (201, None), (201, e.Target("clock"))]
    )
    def test_failed_call_or_call_without_an_id_creates_nothing(self, status: int, target: e.Target | None) -> None:
        assert not fold([e.CallEnded(2.0, "c", "container.create", status, 0.1, target)]).containers


class TestASnapshot:
    def test_replaces_containers_and_keeps_facts_of_events(self) -> None:
        raw = {"id": "a1", "state": "exited", "command": ["ping"], "exit_code": 0, "created_at": 9.0}
        world = world_after(e.ContainerStarted(2.0, "a1"), e.EngineSeen(5.0, "26.1.5", (raw, {"id": "new"}, {})))
        assert (world.engine, world.version, set(world.containers)) == ("up", "26.1.5", {"a1", "new"})
        kept = world.containers["a1"]
        assert (kept.name, kept.command, kept.state, kept.exit_code) == ("clock", ("ping",), "exited", 0)
        assert (kept.runs, kept.started_at, kept.created_at) == (1, 2.0, 1.0)
        assert not fold([e.EngineSeen(6.0, "26.1.5")], world).containers

    def test_running_container_has_no_exit_code(self) -> None:
        died = (e.ContainerStarted(2.0, "a1"), e.ContainerDied(3.0, "a1", 137))
        world = world_after(*died, e.EngineSeen(5.0, "26", ({"id": "a1", "state": "running", "exit_code": 0},)))
        assert world.containers["a1"].exit_code is None

    def test_missing_exit_code_is_kept(self) -> None:
        world = world_after(
            e.ContainerDied(3.0, "a1", 137), e.EngineSeen(5.0, "26", ({"id": "a1", "state": "exited"},))
        )
        assert world.containers["a1"].exit_code == 137

    def test_images_replace_the_image_cache(self) -> None:
        first = world_after(
            e.ImagesSeen(2.0, ({"id": "i1", "tags": ["busybox:latest"], "size": 5}, {"tags": ["no id"]}))
        )
        assert [(one.id, one.tags, one.size) for one in first.images.values()] == [("i1", ("busybox:latest",), 5)]
        assert not fold([e.ImagesSeen(3.0)], first).images


class TestAPendingCall:
    def stop(self, **params: str) -> World:
        started = e.CallStarted(3.0, "c", "container.stop", "POST", "/", e.Target("clock", "a1"), params)
        return world_after(e.ContainerStarted(2.0, "a1"), started)

    @pytest.mark.parametrize(("params", "grace"), [({}, 10.0), ({"t": "2"}, 2.0), ({"t": "0"}, 0.0), ({"t": "x"}, 10)])
    def test_stop_shows_its_grace_period(self, params: dict[str, str], grace: float) -> None:
        shown = encode(self.stop(**params))
        assert shown["containers"][0]["stopping"] == {"since": 3.0, "grace": grace}
        assert shown["pending"] == [{"call": "c", "name": "container.stop", "at": 3.0, "target": "a1"}]

    @pytest.mark.parametrize(
        ("timeout", "params", "grace"),
        [(0.0, {}, 0.0), (25.0, {}, 25.0), (25.0, {"t": "-1"}, -1.0), (None, {}, 10.0)],
    )
    def test_stop_uses_the_containers_timeout(
        self, timeout: float | None, params: dict[str, str], grace: float
    ) -> None:
        about = e.Target("clock", "a1", grace=timeout)
        started = e.CallStarted(3.0, "c", "container.stop", "POST", "/", about, params)
        shown = encode(world_after(e.ContainerStarted(2.0, "a1"), started))
        assert shown["containers"][0]["stopping"] == {"since": 3.0, "grace": grace}

    def test_ends_with_its_answer_or_the_engine(self) -> None:
        ended = e.CallEnded(4.0, "c", "container.stop", 204, 1.0)
        other = e.CallEnded(4.0, "d", "container.stop", 204, 1.0)
        assert len(fold([other], self.stop()).pending) == 1
        assert not fold([ended], self.stop()).pending
        lost = fold([e.EngineLost(4.0)], self.stop())
        assert (lost.engine, lost.pending) == ("lost", ())
        assert not fold([e.EngineSeen(4.0, "26")], self.stop()).pending

    def test_is_not_shown_on_an_exited_container(self) -> None:
        dead = fold([e.ContainerDied(3.5, "a1", 0)], self.stop())
        assert encode(dead)["containers"][0]["stopping"] is None


class TestFind:
    world = fold([e.ContainerCreated(1.0, id, name, "") for id, name in (("abc1", "x"), ("abd2", "abc1"), ("q", ""))])

    @pytest.mark.parametrize(
        ("ref", "id"),
        {"abc1": "abc1", "x": "abc1", "/x": "abc1", "abc": "abc1", "abd": "abd2", "q": "q"}.items(),
    )
    def test_by_full_id_then_name_then_unique_prefix(self, ref: str, id: str) -> None:
        found = self.world.find(ref)
        assert found is not None
        assert found.id == id

    @pytest.mark.parametrize("ref", ["ab", "", "/", "zz"])
    def test_ambiguous_empty_or_unknown_reference_finds_nothing(self, ref: str) -> None:
        assert self.world.find(ref) is None


def test_world_after_many_commands() -> None:
    world = example_engine().story.world
    ends = [(one.name, one.state, one.runs, one.tty) for one in world.containers.values()]
    assert ends == [("clock", "running", 2, False), ("last", "created", 0, True)]
    assert world.find(ID.format(2)) == world.find("clock")


@given(st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_calls_and_engine_events_may_be_interleaved_in_any_order(random: Random) -> None:
    assert fold(interleaved(example_engine().events, random)).containers == example_engine().story.world.containers


@given(strategies.stories)
def test_world_accepts_any_events_in_any_order(story: list[e.Event]) -> None:
    world, moments = World(), [0.0]
    for event in story:
        world = apply(world, event)
        moments.append(world.at)
    assert moments == sorted(moments)
    shown = encode(world)
    assert json.loads(json.dumps(shown)) == shown


@given(strategies.stories, st.integers(0, 12))
def test_folding_in_two_parts_is_folding_the_whole(story: list[e.Event], cut: int) -> None:
    assert fold(story[cut:], fold(story[:cut])) == fold(story)


def test_repeated_snapshot_keeps_pending_calls() -> None:
    world = fold((e.EngineSeen(1.0, "26.1.5"), e.CallStarted(2.0, "k-1", "container.stop", "POST", "/x")))
    assert apply(world, e.EngineSeen(3.0, "26.1.5", repeated=True)).pending == world.pending
    assert apply(world, e.EngineSeen(3.0, "26.1.5")).pending == ()
