"""Hypothesis strategies: events of every class, about few containers so that they interact."""

from __future__ import annotations

from typing import get_type_hints

from hypothesis import strategies as st

from slipway.core import events as e

ids = st.sampled_from(["a1", "a2", "b1", ""])
words = st.sampled_from(["", "clock", "greeter", "busybox", "ping", "SIGTERM", "1"])
seconds = st.floats(0, 20)
calls = st.sampled_from(["c-1", "c-2", "c-3"])
about = "create start stop kill attach wait logs remove exec inspect"
names = st.sampled_from([*(f"container.{name}" for name in about.split()), "exec.start", "system.ping"])
statuses = st.sampled_from([0, 101, 200, 201, 204, 304, 404, 409])
commands = st.lists(words, max_size=2)
targets = st.none() | st.builds(
    e.Target,
    ref=words,
    id=ids,
    name=words,
    image=words,
    command=commands.map(tuple),
    tty=st.booleans(),
    hears=st.none() | st.lists(st.integers(1, 64)).map(tuple),
    init=st.none() | st.booleans(),
    grace=st.none() | st.floats(-1, 30),
)
params = st.fixed_dictionaries(
    {},
    optional={
        "t": st.sampled_from(["10", "2", "soon", None]),
        "signal": words,
        "force": st.sampled_from(["1", "0", "true"]),
        "stdout": st.just("1"),
        "condition": st.just("next-exit"),
        "body": st.none() | st.fixed_dictionaries({}, optional={"Tty": st.booleans(), "Cmd": st.none() | commands}),
    },
)
states = st.sampled_from(["created", "running", "restarting", "paused", "exited", "dead", "removing", "new state"])
containers = st.fixed_dictionaries(
    {},
    optional={
        "id": ids,
        "name": words,
        "image": words,
        "command": st.none() | commands,
        "state": states,
        "created_at": st.none() | seconds,
        "exit_code": st.none() | st.integers(0, 255),
    },
)
images = st.fixed_dictionaries(
    {}, optional={"id": ids, "tags": st.none() | commands, "size": st.none() | st.integers(0, 9)}
)


def events_of(kind: type[e.Event]) -> st.SearchStrategy[e.Event]:
    """Return a strategy for one event class: each field by its name, or else by its type."""
    by_name = {
        "at": seconds,
        "id": ids,
        "call": calls,
        "status": statuses,
        "target": targets,
        "params": params,
        "containers": st.lists(containers, max_size=3).map(tuple),
        "images": st.lists(images, max_size=2).map(tuple),
        "result": st.just({}),
        "flow": st.dictionaries(st.sampled_from(["stdin", "stdout"]), st.tuples(st.integers(1, 9), words).map(list)),
        "layers": st.lists(st.tuples(ids, st.sampled_from(["done", "here"])).map(list), max_size=2).map(tuple),
    }
    if kind in (e.CallStarted, e.CallEnded, e.CallRefused):
        by_name["name"] = names
    by_type = {float: seconds, int: st.integers(0, 255), str: words, bool: st.booleans()}
    hints = get_type_hints(kind)
    return st.builds(kind, **{key: by_name[key] if key in by_name else by_type[hint] for key, hint in hints.items()})


events = st.one_of([events_of(kind) for kind in e.KINDS.values()])
stories = st.lists(events, max_size=12)
