"""Which events a page is given however long ago they were: those of which pictures make a comparison.

The learner's stops and kills lie under each other on one axis, and the disk has a before and an after; whatever else
was done in between, and however chatty it was, must not push them out. Knows nothing of pages, nor how many are kept.
"""

from __future__ import annotations

from slipway.core import events as e

_ENDS = frozenset({"container.stop", "container.restart", "container.kill"})
_DISK = frozenset({"system.df", "container.prune", "image.prune", "build.prune"})

_IDLE = {17: "CHLD", 18: "CONT", 23: "URG", 28: "WINCH"}
"""What a client passes on of its own accord, when its window changes or it goes on: it neither asks nor forces."""

RUN, DISK = "run", "disk"


class RetainedEvents:
    """Hears every event in its order, and says what each is a part of: a run, what is known of the disk, or "" for what
    may be forgotten."""

    def __init__(self) -> None:
        self._calls: dict[str, str] = {}
        self._asked: set[str] = set()

    def part(self, event: e.Event) -> str:
        match event:
            case e.CallStarted():
                return self._begun(event)
            case e.CallEnded():
                return self._calls.pop(event.call, "")
            case e.SignalSent():
                if event.number not in _IDLE:
                    self._asked.add(event.id)
                return RUN if event.id in self._asked else ""
            case e.ContainerDied():
                known = event.id in self._asked
                self._asked.discard(event.id)
                return RUN if known else ""
            case e.OutOfMemory():
                return RUN if event.id in self._asked else ""
            case _:
                return ""

    def _begun(self, event: e.CallStarted) -> str:
        if event.name in _DISK:
            self._calls[event.call] = DISK
        elif event.target and event.target.id and (event.name in _ENDS or _forces(event)) and not _idle(event):
            self._calls[event.call] = RUN
            self._asked.add(event.target.id)
        return self._calls.get(event.call, "")


def _forces(event: e.CallStarted) -> bool:
    return event.name == "container.remove" and str(event.params.get("force", "")).lower() in ("1", "true")


def _idle(event: e.CallStarted) -> bool:
    signal = str(event.params.get("signal", "")).upper().removeprefix("SIG")
    return event.name == "container.kill" and (signal in _IDLE.values() or signal in map(str, _IDLE))
