"""Command sequences of the first lesson, right and nearly right, by step and name."""

from __future__ import annotations

from collections.abc import Callable

from slipway.core import events as e
from tests.core.docker_events import ScriptedEngine

Scenario = Callable[[ScriptedEngine], object]


def greeter(engine: ScriptedEngine) -> e.Target:
    target = engine.create("greeter", "echo", "hi there")
    engine.prompt()
    return target


def other(engine: ScriptedEngine) -> e.Target:
    target = engine.create("other", "sh", "-c", "sleep 1")
    engine.prompt()
    return target


def clock(engine: ScriptedEngine) -> e.Target:
    target = engine.run_detached("clock", "ping", "127.0.0.1")
    engine.prompt()
    return target


def tidy(engine: ScriptedEngine) -> e.Target:
    target = engine.run_detached("tidy", "sh", "-c", "trap …")
    engine.prompt()
    return target


def in_order(*scenarios: Scenario) -> Scenario:
    def run_all(engine: ScriptedEngine) -> None:
        for scenario in scenarios:
            scenario(engine)

    return run_all


def started(engine: ScriptedEngine, target: e.Target) -> e.Target:
    engine.start(target)
    engine.die(target)
    engine.prompt()
    return target


def watched(engine: ScriptedEngine, target: e.Target) -> e.Target:
    engine.start_attached(target)
    engine.prompt()
    return target


def listed(engine: ScriptedEngine) -> None:
    engine.call("container.list")
    engine.prompt()


def stop_that_ends_late(engine: ScriptedEngine) -> None:
    target = clock(engine)
    stop = engine.start_call("container.stop", target)
    engine.emit(e.SignalSent(engine.now, target.id, 15))
    engine.advance(9.8).die(target, 0)
    engine.end_call(stop, 204)


def start_other_read_greeter(engine: ScriptedEngine) -> None:
    target = greeter(engine)
    started(engine, other(engine))
    engine.logs(target)


def start_greeter_read_other(engine: ScriptedEngine) -> None:
    started(engine, greeter(engine))
    engine.logs(other(engine))


SCENARIOS: dict[int, dict[str, Scenario]] = {
    1: {
        "nothing": lambda engine: engine.prompt(),
        "create": greeter,
        "create from redis": lambda engine: (engine.create("r", "echo", image="redis"), engine.prompt()),
        "create without a command": other,
        "run": lambda engine: (engine.run("greeter", "echo", "hi there"), engine.prompt()),
    },
    2: {
        "create": greeter,
        "start -a": lambda engine: watched(engine, greeter(engine)),
        "start": lambda engine: started(engine, greeter(engine)),
        "start -a, without output": lambda engine: engine.start_attached(greeter(engine), out=""),
        "start -a, of another": lambda engine: (greeter(engine), watched(engine, other(engine))),
    },
    3: {
        "create": greeter,
        "logs": lambda engine: engine.logs(greeter(engine)),
        "start": lambda engine: started(engine, greeter(engine)),
        "start, logs": lambda engine: engine.logs(started(engine, greeter(engine))),
        "start, empty logs": lambda engine: engine.logs(started(engine, greeter(engine)), out=""),
        "start -a, logs": lambda engine: engine.logs(watched(engine, greeter(engine))),
        "start other, logs greeter": start_other_read_greeter,
        "start greeter, logs other": start_greeter_read_other,
    },
    4: {
        "ps": listed,
        "run": clock,
        "run, ps": in_order(clock, listed),
        "ps, run": in_order(listed, clock),
        "run that ends, ps": in_order(lambda it: it.die(clock(it)), lambda it: it.prompt(), listed),
        "run, run another that ends, ps": in_order(clock, lambda it: it.run("g2", "echo"), listed),
        "run, images": in_order(clock, lambda it: it.call("image.list")),
        "run from redis, ps": in_order(lambda it: it.run_detached("r", "ping", image="redis"), listed),
        "run something else, ps": in_order(tidy, listed),
        "create, ps": in_order(lambda it: it.create("clock", "ping"), listed),
        "create, start another, ps": in_order(
            lambda it: it.create("clock", "ping"), lambda it: started(it, other(it)), listed
        ),
    },
    5: {
        "run": clock,
        "stop": lambda engine: engine.stop(clock(engine)),
        "stop -t 2": lambda engine: engine.stop(clock(engine), grace=2, t="2"),
        "stop -t 6": lambda engine: engine.stop(clock(engine), grace=6, t="6"),
        "stop -t 20": lambda engine: engine.stop(clock(engine), grace=20, t="20"),
        "stop -t 30": lambda engine: engine.stop(clock(engine), grace=30, t="30"),
        "stop that ends late": stop_that_ends_late,
        "stop of another": in_order(clock, lambda it: it.stop(tidy(it))),
        "kill": lambda engine: engine.kill(clock(engine)),
    },
    6: {
        "run": tidy,
        "stop": lambda engine: engine.stop(tidy(engine), obeys=0),
        "stop, forced": lambda engine: engine.stop(tidy(engine)),
        "stop, code 1": lambda engine: engine.stop(tidy(engine), obeys=1),
        "stop of ping": lambda engine: engine.stop(clock(engine), obeys=0),
        "run, stop of ping": in_order(tidy, lambda it: it.stop(clock(it), obeys=0)),
        "kill": lambda engine: engine.kill(tidy(engine)),
    },
    7: {
        "run": clock,
        "kill": lambda engine: engine.kill(clock(engine)),
        "kill -s TERM": lambda engine: engine.kill(clock(engine), 15, 137, signal="TERM"),
        "kill of a process that was exiting": lambda engine: engine.kill(clock(engine), code=0),
        "kill of another": in_order(clock, lambda it: it.kill(tidy(it))),
        "stop": lambda engine: engine.stop(clock(engine)),
    },
}
