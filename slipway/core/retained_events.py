"""Which events are sent to a new page however old they are, because its pictures compare them.

The learner's stops and kills are drawn below each other on one axis, and the disk has a before and an after. Whatever
happened in between must not push these events out. Knows neither pages nor how many events are kept.
"""

from __future__ import annotations

from slipway.core import events as e

_STOPPING_CALLS = frozenset({"container.stop", "container.restart", "container.kill"})
_DISK_CALLS = frozenset({"system.df", "container.prune", "image.prune", "build.prune"})

_HARMLESS_SIGNALS = {17: "CHLD", 18: "CONT", 23: "URG", 28: "WINCH"}
"""Signals that a client forwards by itself (its window changed, it was resumed): they do not stop anything."""

RUN, DISK = "run", "disk"


class RetentionClassifier:
    """Classifies every event, in order: as part of a run that was stopped, of the disk's history, or neither."""

    def __init__(self) -> None:
        self._calls: dict[str, str] = {}
        self._stopping: set[str] = set()

    def classify(self, event: e.Event) -> str:
        """Return RUN, DISK, or "" for an event that may be dropped."""
        match event:
            case e.CallStarted():
                return self._classify_start(event)
            case e.CallEnded():
                return self._calls.pop(event.call, "")
            case e.SignalSent():
                if event.number not in _HARMLESS_SIGNALS:
                    self._stopping.add(event.id)
                return RUN if event.id in self._stopping else ""
            case e.ContainerDied():
                known = event.id in self._stopping
                self._stopping.discard(event.id)
                return RUN if known else ""
            case e.OutOfMemory():
                return RUN if event.id in self._stopping else ""
            case _:
                return ""

    def _classify_start(self, event: e.CallStarted) -> str:
        if event.name in _DISK_CALLS:
            self._calls[event.call] = DISK
        elif event.target and event.target.id and _stops(event):
            self._calls[event.call] = RUN
            self._stopping.add(event.target.id)
        return self._calls.get(event.call, "")


def _stops(event: e.CallStarted) -> bool:
    return (event.name in _STOPPING_CALLS or _is_forced_removal(event)) and not _sends_harmless_signal(event)


def _is_forced_removal(event: e.CallStarted) -> bool:
    return event.name == "container.remove" and str(event.params.get("force", "")).lower() in ("1", "true")


def _sends_harmless_signal(event: e.CallStarted) -> bool:
    signal = str(event.params.get("signal", "")).upper().removeprefix("SIG")
    return event.name == "container.kill" and (
        signal in _HARMLESS_SIGNALS.values() or signal in map(str, _HARMLESS_SIGNALS)
    )
