"""Parsing journal lines: a recorded journal of a real gateway, each kind of line, and arbitrary input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core import events as e
from slipway.core.rules.containers import created, started
from slipway.core.story import Story
from slipway.core.world import fold
from slipway.engine.journal_parser import parse_line, parse_record

RECORDED = Path(__file__).with_name("recorded-run.jsonl")
TARGET = {"ref": "clock", "id": "a1", "name": "clock", "image": "busybox", "command": ["ping"], "tty": True}
CALL = {"kind": "call", "t": 1.5, "call": "k-1", "name": "container.stop", "target": TARGET}
ASKED = {"method": "POST", "path": "/containers/clock/stop", "params": {"t": "2"}}


def engine(type_: str, action: str, id: str = "a1", /, **facts: str) -> dict[str, Any]:
    message = {"Type": type_, "Action": action, "Actor": {"ID": id, "Attributes": facts}, "timeNano": 2_500_000_000}
    return {"kind": "engine", "t": 9.0, "event": message}


def recorded() -> tuple[e.Event, ...]:
    """Return the events of the recorded run."""
    return tuple(event for line in RECORDED.read_bytes().splitlines() if (event := parse_line(line)))


class TestARecordedRun:
    """`docker run hello-world` of an image that was not here yet, on engine 26.1 behind the gateway."""

    story = recorded()

    def test_leaves_one_container_that_ended_well(self) -> None:
        world = fold(self.story)
        (container,) = world.containers.values()
        assert (container.image, container.command, container.state) == ("hello-world", ("/hello",), "exited")
        assert (container.exit_code, container.runs, container.tty) == (0, 1, False)
        assert (world.engine, world.version, world.pending) == ("up", "26.1.5+dfsg1", ())

    def test_is_a_run_and_was_watched(self) -> None:
        story = Story(self.story, fold(self.story), self.story[-1].at)
        assert len(list(created(story, image="hello-world", by="run"))) == 1
        assert len(list(started(story, attached=True, by="run"))) == 1

    def test_has_an_event_for_every_line_but_the_gateways_own(self) -> None:
        lines = [json.loads(line) for line in RECORDED.read_bytes().splitlines()]
        assert len(self.story) == sum(line["kind"] != "gateway" for line in lines)

    def test_is_on_one_clock(self) -> None:
        assert max(event.at for event in self.story) - min(event.at for event in self.story) < 3600


class TestACall:
    target = e.Target("clock", "a1", "clock", "busybox", ("ping",), True)

    def test_that_began(self) -> None:
        began = e.CallStarted(1.5, "k-1", "container.stop", "POST", "/containers/clock/stop", self.target, {"t": "2"})
        assert parse_record(CALL | ASKED | {"half": "started"}) == began

    def test_that_ended(self) -> None:
        end = {"half": "ended", "status": 204, "duration": 0.5, "out": "x", "received": 1, "cut": True, "result": None}
        ended = e.CallEnded(1.5, "k-1", "container.stop", 204, 0.5, self.target, received=1, out="x", cut=True)
        assert parse_record(CALL | end) == ended

    def test_that_would_end_a_container_says_how_that_would_end(self) -> None:
        about = TARGET | {"hears": [15], "init": True, "grace": 25}
        began = parse_record(CALL | ASKED | {"half": "started", "target": about, "shortened": True})
        assert isinstance(began, e.CallStarted)
        assert began.target == replace(self.target, hears=(15,), init=True, grace=25.0)
        assert began.shortened

    def test_that_is_under_way_says_what_flows_and_what_has_come(self) -> None:
        flow = {"kind": "flow", "t": 1.5, "call": "k-1", "flow": {"stdout": [12, "hi"]}}
        assert parse_record(flow) == e.FlowSeen(1.5, "k-1", {"stdout": [12, "hi"]})
        pull = {"kind": "pull", "t": 1.5, "call": "k-1", "layers": [["a1", "here", 0, 0]]}
        assert parse_record(pull) == e.PullSeen(1.5, "k-1", (["a1", "here", 0, 0],))
        assert parse_record(flow | {"flow": {"stdout": 12}}) is None
        assert parse_record(pull | {"layers": [["a1"]]}) is None

    def test_that_was_refused(self) -> None:
        refusal = {"half": "refused", "status": 403, "message": "No.", "reason": "field:x"}
        refused = e.CallRefused(
            *(1.5, "k-1", "container.stop", "POST", "/containers/clock/stop"), 403, "No.", self.target, {"t": "2"}
        )
        assert parse_record(CALL | ASKED | refusal) == refused

    def test_about_nothing_has_no_target(self) -> None:
        began = parse_record(CALL | ASKED | {"half": "started", "target": None, "params": None})
        assert isinstance(began, e.CallStarted)
        assert (began.target, began.params) == (None, {})

    def test_without_an_answer_has_status_0(self) -> None:
        ended = parse_record(CALL | {"half": "ended", "status": None, "duration": 0.5})
        assert isinstance(ended, e.CallEnded)
        assert ended.status == 0


def test_snapshots_are_parsed() -> None:
    containers, images = [{"id": "a1", "name": "clock"}], [{"id": "i1", "tags": ["busybox:latest"], "size": 5}]
    seen = parse_record({"kind": "seen", "t": 1.0, "version": "26", "containers": containers, "images": images})
    assert seen == e.EngineSeen(1.0, "26", tuple(containers), tuple(images))
    assert parse_record({"kind": "images", "t": 1.0, "images": images}) == e.ImagesSeen(1.0, tuple(images))
    assert parse_record({"kind": "lost", "t": 1.0, "reason": "gone"}) == e.EngineLost(1.0, "gone")


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        (engine("container", "create", name="x", image="busybox"), e.ContainerCreated(2.5, "a1", "x", "busybox")),
        (engine("container", "attach"), e.ContainerAttached(2.5, "a1")),
        (engine("container", "start"), e.ContainerStarted(2.5, "a1")),
        (engine("container", "kill", signal="15"), e.SignalSent(2.5, "a1", 15)),
        (engine("container", "die", exitCode="137"), e.ContainerDied(2.5, "a1", 137)),
        (engine("container", "stop"), e.ContainerStopped(2.5, "a1")),
        (engine("container", "restart"), e.ContainerRestarted(2.5, "a1")),
        (engine("container", "pause"), e.ContainerPaused(2.5, "a1")),
        (engine("container", "unpause"), e.ContainerUnpaused(2.5, "a1")),
        (engine("container", "rename", name="y"), e.ContainerRenamed(2.5, "a1", "y")),
        (engine("container", "destroy"), e.ContainerRemoved(2.5, "a1")),
        (engine("container", "oom"), e.OutOfMemory(2.5, "a1")),
        (engine("container", "exec_start: ls -l", execID="x1"), e.ExecStarted(2.5, "a1", "x1", "ls -l")),
        (engine("container", "exec_die", execID="x1", exitCode="1"), e.ExecDied(2.5, "a1", "x1", 1)),
        (engine("image", "pull", "busybox:latest"), e.ImagePulled(2.5, "busybox:latest")),
        (engine("image", "tag", "i1", name="b:1"), e.ImageTagged(2.5, "b:1", "i1")),
        (engine("image", "untag", "i1", name="b:1"), e.ImageUntagged(2.5, "b:1", "i1")),
        (engine("image", "delete", "i1"), e.ImageRemoved(2.5, "i1")),
        *(
            (engine(what, "prune", "", reclaimed="7"), e.Pruned(2.5, what, 7))
            for what in ("container", "image", "network", "volume", "builder")
        ),
        *(
            (engine("network", did, "n1", name="web", container="a1"), e.NetworkChanged(2.5, did, "n1", "web", "a1"))
            for did in ("create", "destroy", "connect", "disconnect")
        ),
        *((engine("volume", did, "v1"), e.VolumeChanged(2.5, did, "v1")) for did in ("create", "destroy")),
    ],
)
def test_engine_message_becomes_an_event_with_its_own_time(raw: dict[str, Any], event: e.Event) -> None:
    assert parse_record(raw) == event
    assert parse_line(json.dumps(raw).encode()) == event


def test_message_without_a_time_gets_the_gateways() -> None:
    raw = engine("container", "start")
    del raw["event"]["timeNano"]
    assert parse_record(raw) == e.ContainerStarted(9.0, "a1")


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": "gateway", "t": 1.0, "event": "started"},
        {"kind": ["call"]},
        {"kind": "call", "half": "third"},
        {"kind": "call", "half": []},
        {"kind": "lost"},
        {"kind": "lost", "t": "soon"},
        {"kind": "seen", "t": 1.0, "containers": 5},
        {"kind": "engine", "t": 1.0, "event": "words"},
        CALL | ASKED | {"half": "started", "target": "clock"},
        CALL | {"half": "ended", "status": float("inf"), "duration": 1.0},
        engine("container", "kill", signal="TERM"),
        engine("container", "commit"),
        engine("plugin", "start"),
    ],
)
def test_unknown_or_invalid_record_is_none(raw: dict[str, Any]) -> None:
    assert parse_record(raw) is None


@pytest.mark.parametrize("line", [b"", b"\xff\xfe", b"{", b"5", b"[]", b"null", b"[" * 8000, b'"call"'])
def test_line_without_an_object_is_none(line: bytes) -> None:
    assert parse_line(line) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
keys = ["t", "half", "call", "name", "method", "path", "status", "duration", "message", "target", "params", "result"]
mangled = st.fixed_dictionaries(
    {"kind": st.sampled_from(["call", "seen", "images", "lost", "engine", "gateway"])},
    optional=dict.fromkeys((*keys, "version", "containers", "images", "event", "reason", "out", "cut"), values),
)


@given(st.sampled_from(["started", "ended", "refused", "?"]), mangled)
def test_any_object_is_parsed_or_ignored(half: str, raw: dict[str, Any]) -> None:
    for one in (raw, CALL | {"half": half} | raw, engine("container", "die") | raw):
        message = parse_record(one)
        assert message is None or type(message) in e.KINDS.values()


@given(st.binary(max_size=40))
def test_any_bytes_are_parsed_or_ignored(line: bytes) -> None:
    message = parse_line(line)
    assert message is None or type(message) in e.KINDS.values()
