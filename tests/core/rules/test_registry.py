"""Every rule, with a story that it matches and, for each of its fields, a value that matches and a near miss.

The last test compares the table with the code: a rule or a field without a near miss is an error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.core import events as e
from slipway.core.rules.matchers import Match
from slipway.core.rules.registry import RULES
from slipway.core.story import Story
from slipway.core.world import fold
from tests.core.docker_events import ID, ScriptedEngine, interleaved

Scenario = Callable[[ScriptedEngine], object]
FIRST, OTHER = frozenset({ID.format(1)}), frozenset({ID.format(2)})
CONTAINERS = {"container": (FIRST, OTHER), "other_than": (OTHER, FIRST)}


def create(engine: ScriptedEngine) -> e.Target:
    target = engine.create("greeter", "/bin/echo", "hi there", tty=True, OpenStdin=True, HostConfig={"Init": True})
    engine.prompt()
    return target


def start_attached(engine: ScriptedEngine) -> None:
    engine.start_attached(engine.create("greeter", "echo"), out="hi there\n", err="alas\n")


def stop(engine: ScriptedEngine) -> None:
    engine.stop(engine.run_detached("clock", "ping"))


def kill(engine: ScriptedEngine) -> None:
    engine.kill(engine.run_detached("clock", "ping"))


def inspect_calls(engine: ScriptedEngine) -> None:
    target = engine.create("clock", "ping")
    engine.call("container.inspect", target, size="1")
    engine.emit(e.CallStarted(engine.now, "i", "image.inspect", "GET", "/images/redis/json"))
    engine.emit(e.CallEnded(engine.now, "i", "image.inspect", 200, 0.0))
    engine.end_call(engine.start_call("volume.inspect"), 404, message="get data: no such volume")


def execute(engine: ScriptedEngine) -> None:
    engine.execute(engine.run_detached("clock", "ping"), "/bin/ls", "-l", out="etc\n", tty=True)


def refuse(engine: ScriptedEngine) -> None:
    words = "Privileged containers are not for a shared lab."
    engine.emit(e.CallRefused(engine.now, "r", "container.create", "POST", "/", 403, words))


def type_(engine: ScriptedEngine) -> None:
    engine.type("docker start logs")
    engine.prompt(status=1)


def run_that_fails(engine: ScriptedEngine) -> None:
    engine.run("greeter", "false", code=3)
    engine.end_call(engine.start_call("system.df"), 200, result={"containers": {ID.format(1)[:12]: 21}})


# rule: its scenario, and for each field (a match, a near miss); a dict also gives other fields that are required
TABLE: dict[str, tuple[Scenario, dict[str, tuple[Any, Any]]]] = {
    "created": (
        create,
        CONTAINERS
        | {
            "image": ("docker.io/library/busybox:latest", "busybox:1.36"),
            "command": (["/bin/echo", "hi there"], ["/bin/echo"]),
            "program": ("echo", "ech"),
            "name": ("greeter", "greet"),
            "by": ("create", "run"),
            "tty": (True, False),
            "stdin": (True, False),
            "init": (True, False),
            "pulled": (False, True),
        },
    ),
    "started": (
        start_attached,
        CONTAINERS
        | {
            "attached": (True, False),
            "stdin": (False, True),
            "printed": ("hi", "hello"),
            "err": ("alas", "hi"),
            "by": ("start", "run"),
        },
    ),
    "logs_read": (
        lambda engine: engine.logs(create(engine), follow="1"),
        CONTAINERS
        | {
            "contains": ("hi there", "hi  there"),
            "follow": (True, False),
            "times": ({"contains": "hi", "times": 2}, {"contains": "hi", "times": 3}),
        },
    ),
    "pending": (
        lambda engine: engine.start_call("container.stop", create(engine)),
        {
            key: ({"call": "container.stop", key: fit}, {"call": "container.stop", key: miss})
            for key, (fit, miss) in CONTAINERS.items()
        }
        | {"call": ("container.stop", "container.kill")},
    ),
    "exited": (run_that_fails, CONTAINERS | {"code": (3, 0), "oom": (False, True)}),
    "signalled": (stop, CONTAINERS | {"signal": ("SIGTERM", "INT")}),
    "stopped": (
        stop,
        CONTAINERS
        | {
            "forced": (True, False),
            "signal": ("TERM", "CONT"),
            "listened": (False, True),
            "grace_at_least": (9.0, 10.5),
            "grace_at_most": (10.5, 9.0),
            "code": (137, 0),
        },
    ),
    "killed": (
        kill,
        CONTAINERS | {"signal": ("9", "TERM"), "listened": (False, True), "code": (137, 143), "died": (True, False)},
    ),
    "removed": (lambda engine: engine.remove(create(engine), force=True), CONTAINERS | {"forced": (True, False)}),
    "called": (
        inspect_calls,
        {
            key: ({"call": "container.inspect", key: fit}, {"call": "container.inspect", key: miss})
            for key, (fit, miss) in (
                CONTAINERS | {"status": (200, 404), "failed": (False, True), "params": ({"size": "1"}, {"size": "0"})}
            ).items()
        }
        | {
            "call": ("container.inspect", "container.list"),
            "image": ({"call": "image.inspect", "image": "redis"}, {"call": "image.inspect", "image": "redi"}),
            "error": (
                {"call": "volume.inspect", "error": "no such volume"},
                {"call": "volume.inspect", "error": "no such network"},
            ),
        },
    ),
    "executed": (
        execute,
        CONTAINERS
        | {
            "program": ("ls", "l"),
            "tty": (True, False),
            "stdin": (False, True),
            "detached": (False, True),
            "contains": ("etc", "usr"),
            "matches": ("^etc$", "^tc"),
        },
    ),
    "pulled": (
        lambda engine: engine.emit(e.ImagePulled(engine.now, "redis:latest")),
        {"image": ("redis", "redis:7")},
    ),
    "pruned": (lambda engine: engine.emit(e.Pruned(engine.now, "image", 5)), {"what": ("image", "container")}),
    "refused": (refuse, {"call": ("container.create", "container.exec"), "contains": ("shared lab", "own lab")}),
    "typed": (
        type_,
        {
            "matches": (r"docker start\s+logs", r"docker logs"),
            "status": ({"matches": "docker", "status": 1}, {"matches": "docker", "status": 0}),
        },
    ),
    "exists": (
        run_that_fails,
        CONTAINERS
        | {
            "name": ("greeter", "greet"),
            "image": ("busybox", "redis"),
            "state": ("exited", "running"),
            "exit_code": (3, 0),
            "wrote_at_least": (20, 22),
        },
    ),
}
ROWS = [(rule, field) for rule, (_, fields) in TABLE.items() for field in fields]


def matches(story: Story, rule: str, value: Any, field: str) -> list[Match]:
    args = value if isinstance(value, dict) and field in value else {field: value}
    return list(RULES[rule](story, **args))


def scripted(rule: str) -> ScriptedEngine:
    engine = ScriptedEngine()
    TABLE[rule][0](engine)
    return engine


@pytest.mark.parametrize(("rule", "field"), ROWS)
def test_each_field_matches_and_misses(rule: str, field: str) -> None:
    story, (fit, miss) = scripted(rule).advance(5).story, TABLE[rule][1][field]
    assert all(match.text and match.at for match in matches(story, rule, fit, field))
    assert matches(story, rule, fit, field)
    assert not matches(story, rule, miss, field)


@given(st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_no_rule_depends_on_the_order_between_calls_and_engine_events(random: Random) -> None:
    for rule, field in ROWS:
        engine = scripted(rule).advance(5)
        shuffled = interleaved(engine.events, random)
        other = Story(tuple(shuffled), fold(shuffled), engine.now)
        for value in TABLE[rule][1][field]:
            assert matches(other, rule, value, field) == matches(engine.story, rule, value, field)


def test_every_rule_and_every_field_is_in_the_table() -> None:
    fields = {name: set(inspect.signature(rule).parameters) - {"story"} for name, rule in RULES.items()}
    assert {rule: set(rows) for rule, (_, rows) in TABLE.items()} == fields
