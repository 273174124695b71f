"""What only calls tell the world: how a container was made, who is connected to it, and what was removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.snapshot import encode
from slipway.core.world import Container, World, fold

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


class TestACreateCallIsRemembered:
    def test_with_an_open_standard_input_an_init_a_limit_and_a_command_of_its_own(self) -> None:
        made = box({"OpenStdin": True, "Cmd": ["ls"], "HostConfig": {"Init": True, "Memory": 4096}})
        assert (made.stdin, made.init, made.memory, made.overridden) == (True, True, 4096, True)

    def test_and_without_any_of_them(self) -> None:
        made = box({"Image": "busybox"})
        assert (made.stdin, made.init, made.memory, made.overridden) == (False, False, 0, False)

    def test_an_entry_point_overrides_too(self) -> None:
        assert box({"Entrypoint": ["sh"]}).overridden is True

    def test_its_host_is_called_as_asked_for_or_by_the_beginning_of_its_id(self) -> None:
        assert box({"Hostname": "shop"}).hostname == "shop"
        assert box({"Image": "busybox"}).hostname == "c1"
        assert box(None).hostname == ""

    @pytest.mark.parametrize("body", [None, "cut", ["cut"], {"HostConfig": "cut"}, {"HostConfig": {"Memory": "much"}}])
    def test_a_body_that_was_cut_says_little_and_upsets_nothing(self, body: Any) -> None:
        assert box(body).memory == 0

    def test_but_of_a_container_that_was_there_before_nobody_knows(self) -> None:
        found = fold([e.EngineSeen(1.0, "26", ({"id": "c1", "name": "box", "state": "running"},))])
        assert found.containers["c1"].overridden is None
        assert shown(found)["overridden"] is None

    def test_a_create_call_whose_beginning_was_missed_tells_no_facts(self) -> None:
        late = fold([e.CallEnded(1.1, "k-1", "container.create", 201, 0.1, TARGET)])
        assert late.containers["c1"].overridden is None


class TestAnAttachCallConnects:
    def test_the_streams_that_it_asked_for_while_it_is_open(self) -> None:
        world = created({}, attach("k-2", stdin="1", stdout="true", stderr="0", stream="1"))
        assert shown(world)["attached"] == ["stdin", "stdout"]
        assert shown(fold([e.CallEnded(3.0, "k-2", "container.attach", 101, 1.0, TARGET)], world))["attached"] == []

    def test_and_two_clients_connect_what_either_asks_for(self) -> None:
        world = created({}, attach("k-2", stderr="1"), attach("k-3", stdin="1"))
        assert shown(world)["attached"] == ["stdin", "stderr"]

    def test_and_a_connection_to_another_container_is_not_this_ones(self) -> None:
        other = e.CallStarted(2.0, "k-2", "container.attach", "POST", "/", e.Target("x", "c2"), {"stdout": "1"})
        assert shown(created({}, other))["attached"] == []


class TestWhatIsSeenOfACallUnderWay:
    FLOW = e.FlowSeen(3.0, "k-2", {"stdout": [12, "hi"]})
    PULL = e.PullSeen(3.0, "k-2", (["a1", "travelling", 5, 10],))

    def test_stands_in_the_world_until_there_is_more_or_it_ends(self) -> None:
        open_now = created({}, attach("k-2"), self.FLOW)
        assert encode(open_now)["pending"][0]["flow"] == {"stdout": [12, "hi"]}
        later = fold([e.FlowSeen(4.0, "k-2", {"stdout": [15, "oh"]})], open_now)
        assert encode(later)["pending"][0]["flow"] == {"stdout": [15, "oh"]}
        assert encode(fold([e.CallEnded(5.0, "k-2", "container.attach", 101, 3.0, TARGET)], later))["pending"] == []

    def test_is_of_the_layers_of_an_image_too(self) -> None:
        pull = e.CallStarted(2.0, "k-2", "image.pull", "POST", "/images/create", None, {"fromImage": "redis"})
        assert encode(fold([pull, self.PULL]))["pending"][0]["layers"] == [["a1", "travelling", 5, 10]]

    def test_of_a_call_that_nobody_saw_begin_changes_nothing(self) -> None:
        assert fold([self.FLOW, self.PULL]) == World(at=3.0)


class TestACommandThatJoins:
    STORY = (e.ContainerStarted(2.0, "c1"), e.ExecStarted(3.0, "c1", "x1", "sh -c ls"), e.ExecStarted(3.5, "c1", "x2"))

    def test_is_there_until_it_dies(self) -> None:
        first, second = box({}, *self.STORY, e.ExecDied(4.0, "c1", "x1", 2)).execs
        assert (first.command, first.started_at, first.ended_at, first.exit_code) == ("sh -c ls", 3.0, 4.0, 2)
        assert (second.id, second.ended_at, second.exit_code) == ("x2", None, None)

    def test_is_shown_as_the_page_knows_it(self) -> None:
        first = shown(created({}, *self.STORY))["execs"][0]
        assert first == {"id": "x1", "command": "sh -c ls", "started_at": 3.0, "ended_at": None, "exit_code": None}

    def test_is_not_told_twice(self) -> None:
        assert len(box({}, *self.STORY, self.STORY[1]).execs) == 2

    def test_is_forgotten_when_its_container_starts_again(self) -> None:
        assert box({}, *self.STORY, e.ContainerStarted(9.0, "c1")).execs == ()

    def test_in_an_unknown_container_changes_nothing_but_the_clock(self) -> None:
        assert fold(self.STORY[1:]) == World(at=3.5)
        assert fold([e.ExecDied(4.0, "c9", "x1", 0)]) == World(at=4.0)


class TestARemovalThatWasAnswered:
    GONE = e.CallEnded(3.0, "k-9", "container.remove", 204, 0.1, TARGET)

    def test_counts_even_when_the_engine_told_no_event_of_it(self) -> None:
        assert created({}, self.GONE).containers == {}

    def test_is_not_undone_by_what_is_told_late(self) -> None:
        assert created({}, self.GONE, e.ContainerCreated(1.0, "c1", "box", "busybox")).containers == {}

    @pytest.mark.parametrize("target", [None, e.Target("box")])
    def test_of_a_container_that_nobody_knows_changes_nothing(self, target: e.Target | None) -> None:
        assert created({}, e.CallEnded(3.0, "k-9", "container.remove", 204, 0.1, target)).containers.keys() == {"c1"}

    def test_but_a_removal_that_failed_removes_nothing(self) -> None:
        failed = e.CallEnded(3.0, "k-9", "container.remove", 409, 0.1, TARGET)
        assert created({}, failed).containers.keys() == {"c1"}
