"""The usage of running containers and the bytes written by containers, as long as they are known."""

from __future__ import annotations

from slipway.core import events as e
from slipway.core.resources import ResourceUsage
from slipway.core.snapshot import encode
from slipway.core.world import World, fold

STARTED = (e.EngineSeen(0.5, "26"), e.ContainerCreated(1.0, "c1", "box", "busybox"), e.ContainerStarted(2.0, "c1"))
SEEN = {"id": "c1", "memory": 400, "limit": 1000, "share": 2.5, "processes": [[4711, "sleep 9", 4690]]}


def world_after(*events: e.Event) -> World:
    return fold((*STARTED, *events))


def test_usage_is_known_from_its_first_sample() -> None:
    assert world_after().containers["c1"].usage is None
    world = world_after(e.UseSeen(3.0, (SEEN, {"id": "stranger"})))
    assert world.containers["c1"].usage == ResourceUsage(3.0, 400, 1000, 2.5, ((4711, "sleep 9", 4690),))
    assert encode(world)["containers"][0]["use"]["processes"] == [[4711, "sleep 9", 4690]]


def test_older_journal_without_parents_can_be_read() -> None:
    world = world_after(e.UseSeen(3.0, (SEEN | {"processes": [[4711, "sleep 9"]]},)))
    assert world.containers["c1"].usage == ResourceUsage(3.0, 400, 1000, 2.5, ((4711, "sleep 9", 0),))


def test_usage_ends_with_the_process() -> None:
    assert world_after(e.UseSeen(3.0, (SEEN,)), e.ContainerDied(4.0, "c1", 0)).containers["c1"].usage is None
    assert world_after(e.ContainerDied(2.5, "c1", 0), e.UseSeen(3.0, (SEEN,))).containers["c1"].usage is None
    assert world_after(e.UseSeen(3.0, (SEEN,)), e.UseSeen(6.0)).containers["c1"].usage is None


def test_bytes_written_are_known_after_system_df() -> None:
    answer = {"images": 9, "containers": {"c1": 21}}
    answered = e.CallEnded(3.0, "k-1", "system.df", 200, 0.1, result=answer)
    assert world_after(answered).containers["c1"].bytes_written == 21
    assert world_after(e.CallEnded(3.0, "k-1", "system.df", 200, 0.1)).containers["c1"].bytes_written is None
    assert (
        world_after(e.CallEnded(3.0, "k-1", "system.df", 500, 0.1, result=answer)).containers["c1"].bytes_written
        is None
    )
