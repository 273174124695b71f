"""The snapshot that a page gets when it opens: the last events, and older ones that its pictures compare."""

from __future__ import annotations

import threading
from typing import Any

from slipway.core import events as e
from slipway.core.world import World
from slipway.sessions.broadcaster import HISTORY, EventBroadcaster

CLOCK = e.Target("clock", "c1", "clock")
STOP: tuple[e.Event, ...] = (
    e.CallStarted(1.0, "k-1", "container.stop", "POST", "/", CLOCK),
    e.SignalSent(1.1, "c1", 15),
    e.ContainerDied(1.2, "c1", 143),
    e.CallEnded(1.3, "k-1", "container.stop", 204, 0.3, CLOCK),
)
COMMANDS = tuple(e.CommandTyped(2.0 + number, 1, "echo") for number in range(HISTORY))


def snapshot(broadcaster: EventBroadcaster) -> dict[str, Any]:
    snapshots: list[dict[str, Any]] = []
    broadcaster.send_snapshot(
        9999, World(), lambda name, payload: snapshots.append(payload) if name == "story" else None
    )
    return snapshots[0]


def kinds(rows: list[list[Any]]) -> list[str]:
    return [event["kind"] for _, event in rows]


def new_broadcaster() -> EventBroadcaster:
    return EventBroadcaster(threading.RLock(), "starting")


def test_snapshot_has_old_runs_once() -> None:
    broadcaster = new_broadcaster()
    assert snapshot(broadcaster)["before"] == []
    for seq, event in enumerate((*STOP, *COMMANDS[:-2])):
        broadcaster.broadcast_event(seq, event, World())
    page = snapshot(broadcaster)
    assert kinds(page["before"]) == ["CallStarted", "SignalSent"]
    assert kinds(page["history"])[:3] == ["ContainerDied", "CallEnded", "CommandTyped"]
    assert [seq for seq, _ in page["before"] + page["history"]] == list(range(HISTORY + 2))


def test_old_runs_are_retained_after_reattaching() -> None:
    broadcaster = new_broadcaster()
    broadcaster.replace_history(5, (*STOP, *COMMANDS), 4 + len(STOP + COMMANDS), World())
    assert kinds(snapshot(broadcaster)["before"]) == ["CallStarted", "SignalSent", "ContainerDied", "CallEnded"]
    broadcaster.replace_history(1, COMMANDS, len(COMMANDS), World())
    assert snapshot(broadcaster)["before"] == []


def test_samples_do_not_displace_events_in_the_history() -> None:
    broadcaster = new_broadcaster()
    broadcaster.broadcast_event(1, STOP[0], World())
    for seq in range(2, 2 * HISTORY):
        broadcaster.broadcast_event(seq, e.FlowSeen(2.0, "k-2", {"stdout": [seq, "y"]}), World())
    assert kinds(snapshot(broadcaster)["history"]) == ["CallStarted"]
