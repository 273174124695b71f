"""What the world learns only from calls: how a container was created, who is attached, and what was removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.resources import Container
from slipway.core.snapshot import encode
from slipway.core.world import World, fold

TARGET = e.Target("box", "c1", "box", "busybox", ("sh",))


def created(body: Any, *after: e.Event) -> World:
    params = {"body": body} if body is not None else {}
    return fold(
        [
            e.CallStarted(1.0, "k-1", "container.create", "POST", "/containers/create", None, params),
            e.CallEnded(1.1, "k-1", "container.create", 201, 0.1, TARGET),
            *after,
        ]
    )


def box(body: Any, *after: e.Event) -> Container:
    return created(body, *after).containers["c1"]


def attach(call: str, at: float = 2.0, **params: str) -> e.CallStarted:
    return e.CallStarted(at, call, "container.attach", "POST", "/containers/c1/attach", TARGET, params)


def shown(world: World) -> Mapping[str, Any]:
    one: Mapping[str, Any] = encode(world)["containers"][0]
    return one


class TestACreateCall:
    def test_sets_stdin_init_memory_and_overridden_command(self) -> None:
        made = box({"OpenStdin": True, "Cmd": ["ls"], "HostConfig": {"Init": True, "Memory": 4096}})
        assert (made.stdin, made.init, made.memory, made.overridden) == (True, True, 4096, True)

    def test_defaults(self) -> None:
        made = box({"Image": "busybox"})
        assert (made.stdin, made.init, made.memory, made.overridden) == (False, False, 0, False)

    def test_entrypoint_overrides_the_command(self) -> None:
        assert box({"Entrypoint": ["sh"]}).overridden is True

    def test_hostname_is_as_requested_or_the_start_of_the_id(self) -> None:
        assert box({"Hostname": "shop"}).hostname == "shop"
        assert box({"Image": "busybox"}).hostname == "c1"
        assert box(None).hostname == ""

    @pytest.mark.parametrize("body", [None, "cut", ["cut"], {"HostConfig": "cut"}, {"HostConfig": {"Memory": "much"}}])
    def test_truncated_body_is_tolerated(self, body: Any) -> None:
        assert box(body).memory == 0

    def test_facts_of_an_older_container_are_unknown(self) -> None:
        found = fold([e.EngineSeen(1.0, "26", ({"id": "c1", "name": "box", "state": "running"},))])
        assert found.containers["c1"].overridden is None
        assert shown(found)["overridden"] is None

    def test_call_without_its_start_has_no_facts(self) -> None:
        late = fold([e.CallEnded(1.1, "k-1", "container.create", 201, 0.1, TARGET)])
        assert late.containers["c1"].overridden is None


class TestAnAttachCall:
    def test_attaches_its_streams_while_it_is_open(self) -> None:
        world = created({}, attach("k-2", stdin="1", stdout="true", stderr="0", stream="1"))
        assert shown(world)["attached"] == ["stdin", "stdout"]
        assert shown(fold([e.CallEnded(3.0, "k-2", "container.attach", 101, 1.0, TARGET)], world))["attached"] == []

    def test_two_clients_attach_the_union_of_their_streams(self) -> None:
        world = created({}, attach("k-2", stderr="1"), attach("k-3", stdin="1"))
        assert shown(world)["attached"] == ["stdin", "stderr"]

    def test_attach_to_another_container_does_not_count(self) -> None:
        other = e.CallStarted(2.0, "k-2", "container.attach", "POST", "/", e.Target("x", "c2"), {"stdout": "1"})
        assert shown(created({}, other))["attached"] == []


class TestSamplesOfAPendingCall:
    FLOW = e.FlowSeen(3.0, "k-2", {"stdout": [12, "hi"]})
    PULL = e.PullSeen(3.0, "k-2", (["a1", "travelling", 5, 10],))

    def test_last_sample_is_kept_until_the_call_ends(self) -> None:
        open_now = created({}, attach("k-2"), self.FLOW)
        assert encode(open_now)["pending"][0]["flow"] == {"stdout": [12, "hi"]}
        later = fold([e.FlowSeen(4.0, "k-2", {"stdout": [15, "oh"]})], open_now)
        assert encode(later)["pending"][0]["flow"] == {"stdout": [15, "oh"]}
        assert encode(fold([e.CallEnded(5.0, "k-2", "container.attach", 101, 3.0, TARGET)], later))["pending"] == []

    def test_layers_of_a_pull(self) -> None:
        pull = e.CallStarted(2.0, "k-2", "image.pull", "POST", "/images/create", None, {"fromImage": "redis"})
        assert encode(fold([pull, self.PULL]))["pending"][0]["layers"] == [["a1", "travelling", 5, 10]]

    def test_samples_of_an_unknown_call_change_nothing(self) -> None:
        assert fold([self.FLOW, self.PULL]) == World(at=3.0)


class TestAnExec:
    STORY = (e.ContainerStarted(2.0, "c1"), e.ExecStarted(3.0, "c1", "x1", "sh -c ls"), e.ExecStarted(3.5, "c1", "x2"))

    def test_has_its_times_and_exit_code(self) -> None:
        first, second = box({}, *self.STORY, e.ExecDied(4.0, "c1", "x1", 2)).execs
        assert (first.command, first.started_at, first.ended_at, first.exit_code) == ("sh -c ls", 3.0, 4.0, 2)
        assert (second.id, second.ended_at, second.exit_code) == ("x2", None, None)

    def test_json_of_the_page(self) -> None:
        first = shown(created({}, *self.STORY))["execs"][0]
        assert first == {"id": "x1", "command": "sh -c ls", "started_at": 3.0, "ended_at": None, "exit_code": None}

    def test_duplicate_event_counts_once(self) -> None:
        assert len(box({}, *self.STORY, self.STORY[1]).execs) == 2

    def test_is_dropped_when_its_container_starts_again(self) -> None:
        assert box({}, *self.STORY, e.ContainerStarted(9.0, "c1")).execs == ()

    def test_in_an_unknown_container_only_advances_the_clock(self) -> None:
        assert fold(self.STORY[1:]) == World(at=3.5)
        assert fold([e.ExecDied(4.0, "c9", "x1", 0)]) == World(at=4.0)


class TestARemoveCall:
    GONE = e.CallEnded(3.0, "k-9", "container.remove", 204, 0.1, TARGET)

    def test_counts_without_an_engine_event(self) -> None:
        assert created({}, self.GONE).containers == {}

    def test_is_not_undone_by_a_late_event(self) -> None:
        assert created({}, self.GONE, e.ContainerCreated(1.0, "c1", "box", "busybox")).containers == {}

    @pytest.mark.parametrize("target", [None, e.Target("box")])
    def test_of_an_unknown_container_changes_nothing(self, target: e.Target | None) -> None:
        assert created({}, e.CallEnded(3.0, "k-9", "container.remove", 204, 0.1, target)).containers.keys() == {"c1"}

    def test_failed_call_removes_nothing(self) -> None:
        failed = e.CallEnded(3.0, "k-9", "container.remove", 409, 0.1, TARGET)
        assert created({}, failed).containers.keys() == {"c1"}
