"""The events that each docker command causes, as measured on engines 20.10 and 26.1.

`ScriptedEngine` is not a mock: it only lists, with times, the events that a real engine was seen to emit, as input for
the pure core. The proofs beside the lessons have the same from real engines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from slipway.core import events as e
from slipway.core.rules.matchers import Match
from slipway.core.story import Story
from slipway.core.world import fold

ID = "{:064x}"


@dataclass
class ScriptedEngine:
    """Lists the events of docker commands. `now` is the engine's clock; `targets` are the containers by name."""

    now: float = 1000.0
    events: list[e.Event] = field(default_factory=list)
    created: int = 0
    calls: int = 0
    targets: dict[str, e.Target] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events.append(e.EngineSeen(self.now, "26.1.5"))

    @property
    def story(self) -> Story:
        ordered = sorted(self.events, key=lambda one: one.at)
        return Story(tuple(ordered), fold(ordered), self.now)

    def advance(self, seconds: float) -> ScriptedEngine:
        """Let time pass; negative seconds set the clock back."""
        self.now += seconds
        return self

    def emit(self, event: e.Event) -> e.Event:
        self.events.append(event)
        return event

    def start_call(self, name: str, target: e.Target | None = None, **params: Any) -> e.CallStarted:
        self.calls += 1
        started = e.CallStarted(self.now, f"t-{self.calls}", name, "POST", f"/{name}", target, params)
        self.emit(started)
        return started

    def end_call(self, started: e.CallStarted, status: int = 204, **facts: Any) -> None:
        target = facts.pop("target", started.target)
        took = self.now - started.at
        self.emit(e.CallEnded(self.now, started.call, started.name, status, took, target, **facts))

    def call(self, name: str, target: e.Target | None = None, status: int = 200, **params: Any) -> None:
        started = self.start_call(name, target, **params)
        self.advance(0.002)
        self.end_call(started, status)

    def create(self, name: str, *command: str, image: str = "busybox", tty: bool = False, **body: Any) -> e.Target:
        """`docker create`."""
        self.created += 1
        target = e.Target(name, ID.format(self.created), name, image, command, tty)
        self.targets[name] = target
        started = self.start_call("container.create", body={"Image": image, "Cmd": list(command), "Tty": tty, **body})
        self.advance(0.02)
        self.emit(e.ContainerCreated(self.now - 0.005, target.id, name, image))
        self.end_call(started, 201, target=target, result={"id": target.id})
        return target

    def prompt(self, status: int = 0, terminal: int = 1) -> ScriptedEngine:
        """The shell shows its prompt, and another call follows: the journal has been read that far."""
        self.advance(0.05)
        self.emit(e.CommandFinished(self.now, terminal, status))
        self.advance(0.5)
        self.call("system.info")
        return self

    def type(self, line: str, terminal: int = 1) -> None:
        self.emit(e.CommandTyped(self.now, terminal, line))
        self.advance(0.01)

    def start(self, target: e.Target) -> None:
        """`docker start`."""
        started = self.start_call("container.start", target)
        self.advance(0.2)
        self.emit(e.ContainerStarted(self.now - 0.01, target.id))
        self.end_call(started, 204)

    def die(self, target: e.Target, code: int = 0) -> None:
        self.advance(0.01)
        self.emit(e.ContainerDied(self.now, target.id, code))

    def start_attached(self, target: e.Target, out: str = "hi there\n", code: int = 0, err: str = "") -> None:
        """`docker start -a` of a process that ends by itself: inspect, attach, wait, start."""
        self.call("container.inspect", target)
        self._attached(target, out, code, err)

    def run(self, name: str, *command: str, out: str = "hi there\n", image: str = "busybox", code: int = 0) -> e.Target:
        """`docker run` of a process that ends by itself: create, attach, wait, start."""
        target = self.create(name, *command, image=image)
        self._attached(target, out, code)
        return target

    def run_detached(self, name: str, *command: str, image: str = "busybox") -> e.Target:
        """`docker run -d`: create, wait, start."""
        target = self.create(name, *command, image=image)
        wait = self.start_call("container.wait", target, condition="next-exit")
        self.start(target)
        self.end_call(wait, 200, cut=True)
        return target

    def _attached(self, target: e.Target, out: str, code: int, err: str = "") -> None:
        attach = self.start_call("container.attach", target, stdout="1", stderr="1", stream="1")
        self.emit(e.ContainerAttached(self.now, target.id))
        wait = self.start_call("container.wait", target, condition="next-exit")
        self.advance(0.003)
        self.start(target)
        self.die(target, code)
        self.end_call(attach, 101, out=out, err=err, received=len(out) + len(err))
        self.end_call(wait, 200, result={"StatusCode": code})

    def logs(self, target: e.Target, out: str = "hi there\nhi there\n", **params: str) -> None:
        """`docker logs`: inspect, logs."""
        self.call("container.inspect", target)
        started = self.start_call("container.logs", target, stdout="1", stderr="1", tail="all", **params)
        self.advance(0.01)
        self.end_call(started, 200, out=out, received=len(out))

    def stop(self, target: e.Target, grace: float = 10.0, obeys: int | None = None, **params: str) -> None:
        """`docker stop`; `obeys` is the exit code of a process that handles the signal, None if it ignores the
        signal."""
        target = replace(target, hears=() if obeys is None else (15,))
        started = self.start_call("container.stop", target, **params)
        self.emit(e.SignalSent(self.now + 0.001, target.id, 15))
        if obeys is None:
            self.advance(grace + 0.01)
            self.emit(e.SignalSent(self.now, target.id, 9))
        else:
            self.advance(0.15)
        self.die(target, 137 if obeys is None else obeys)
        self.emit(e.ContainerStopped(self.now, target.id))
        self.advance(0.01)
        self.end_call(started, 204)

    def kill(self, target: e.Target, number: int = 9, code: int | None = 137, **params: str) -> None:
        """`docker kill`; `code` is None if the process keeps running."""
        target = replace(target, hears=())
        started = self.start_call("container.kill", target, **params)
        self.advance(0.05)
        self.emit(e.SignalSent(self.now, target.id, number))
        self.end_call(started, 204)
        if code is not None:
            self.die(target, code)

    def remove(self, target: e.Target, force: bool = False, running: bool = False) -> None:
        """`docker rm`, or `rm -f`, which kills a running process."""
        started = self.start_call("container.remove", target, **({"force": "1"} if force else {}))
        if running:
            self.emit(e.SignalSent(self.now + 0.01, target.id, 9))
            self.advance(0.05)
            self.die(target, 137)
        self.advance(0.02)
        self.emit(e.ContainerRemoved(self.now, target.id))
        self.end_call(started, 204)

    def execute(self, target: e.Target, *words: str, out: str = "", tty: bool = False, status: int = 201) -> None:
        """`docker exec`: inspect, exec, exec start, exec inspect."""
        self.call("container.inspect", target)
        made = f"{self.calls:x}" * 8
        started = self.start_call("container.exec", target, body={"Cmd": list(words), "Tty": tty})
        self.end_call(started, status, result={"id": made} if status == 201 else {})
        if status == 201:
            self.calls += 1
            run = e.CallStarted(self.now, f"t-{self.calls}", "exec.start", "POST", f"/exec/{made}/start", target)
            self.emit(run)
            self.emit(e.ExecStarted(self.now, target.id, made, " ".join(words)))
            self.advance(0.1)
            self.end_call(run, 101, out=out, received=len(out))


def texts(matches: Iterable[Match]) -> list[str]:
    """Return the texts of a rule's matches."""
    return [one.text for one in matches]


def interleaved(events: list[e.Event], random: Random) -> list[e.Event]:
    """Return the events in another possible order: calls, engine events and shell marks each keep their own order, but
    may arrive in any order between them."""
    calls = [one for one in events if isinstance(one, e.CallStarted | e.CallEnded | e.CallRefused)]
    shell = [one for one in events if isinstance(one, e.CommandTyped | e.CommandFinished)]
    engine = [one for one in events if one not in calls and one not in shell]
    sources = [sorted(one, key=lambda event: event.at) for one in (calls, shell, engine)]
    merged = [sources[2].pop(0)]  # EngineSeen always comes first
    while any(sources):
        merged.append(random.choice([one for one in sources if one]).pop(0))
    return merged
