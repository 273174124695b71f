"""What a seat tells: to every page that listens now, and to the next one that opens.

Keeps the last events and the state of the engine, so that a page which comes late sees what the others saw. Knows
nothing of lessons, sandboxes or who listens.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from slipway.core import event_codec
from slipway.core import events as e
from slipway.core.messages import PublishEvent, PublishStep
from slipway.core.payloads import step_payload, story_payload
from slipway.core.retained_events import DISK, RUN, RetentionClassifier
from slipway.core.snapshot import encode
from slipway.core.world import World

HISTORY = 400  # events that a page is given when it opens: enough for the wire
BEFORE = {RUN: 240, DISK: 40}  # and of those before, however long ago: enough for every run that a picture shows
READY = "Your Docker engine is ready."
LOST = "Your Docker engine does not answer. It is being started again; wait a moment."

Listener: TypeAlias = Callable[[str, dict[str, Any]], None]
NumberedEvent: TypeAlias = tuple[int, dict[str, Any]]


class EventBroadcaster:
    """`turn` is the seat's own lock: what is told is told in the order in which it happened.

    `note` is said beside the seat's state until something is typed: why this engine is another than the last one.
    """

    def __init__(self, turn: threading.RLock, starting: str, note: str = "") -> None:
        self._turn = turn
        self._listeners: list[Listener] = []
        self._forget()
        self._warnings: dict[str, str] = {}
        self._seat = {"state": "starting", "say": starting, "engine": ""}
        if note:
            self._seat["note"] = note

    def subscribe(self, listener: Listener) -> None:
        with self._turn:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        with self._turn:
            if listener in self._listeners:
                self._listeners.remove(listener)

    @property
    def has_listeners(self) -> bool:
        return bool(self._listeners)

    def broadcast(self, name: str, payload: dict[str, Any]) -> None:
        for listener in list(self._listeners):
            listener(name, payload)

    def set_state(self, state: str, words: str) -> None:
        """The state of the seat, in a word and in a sentence."""
        with self._turn:
            self._seat |= {"state": state, "say": words}
            self.broadcast("seat", dict(self._seat))

    def set_ready(self) -> None:
        """Somebody is here after all."""
        self.set_state("ready", READY)

    def set_warning(self, words: str, topic: str = "disk") -> None:
        """Something is wrong with the lab itself, as long as `words` about it is not empty."""
        with self._turn:
            self._warnings[topic] = words
            warning = " ".join(filter(None, self._warnings.values()))
            if warning != self._seat.get("warning", ""):
                self._seat["warning"] = warning
                self.broadcast("seat", dict(self._seat))

    def set_note(self, words: str) -> None:
        """Something that happened, to be read beside the seat's state until something is typed."""
        with self._turn:
            self._seat["note"] = words
            self.broadcast("seat", dict(self._seat))

    def clear_note(self) -> None:
        """What was to be noted has been seen: something was typed since."""
        with self._turn:
            if self._seat.pop("note", ""):
                self.broadcast("seat", dict(self._seat))

    def broadcast_event(self, seq: int, event: e.Event, world: World) -> None:
        """One event, and the world after it."""
        told = story_payload(PublishEvent(seq, event, world))
        self._keep(seq, event, told["event"])
        self.broadcast("story", told)
        self._hear(event)

    def replace_history(self, first: int, past: tuple[e.Event, ...], seq: int, world: World) -> None:
        """Another sandbox, or this one found again: `past` is all there is to remember, numbered from `first`."""
        self._forget()
        for at, event in enumerate(past):
            self._keep(first + at, event, event_codec.encode(event))
        self._seat["engine"] = world.version
        self.broadcast("story", self._standing(seq, world))
        for event in past:
            self._hear(event)

    def send_snapshot(self, seq: int, world: World, listener: Listener | None = None) -> None:
        """Where everything stands: to all, for a page that opens, or to one who comes late to see what others see."""
        tell = listener or self.broadcast
        tell("seat", dict(self._seat))
        tell("story", self._standing(seq, world))

    def send_verdict(self, told: PublishStep, listener: Listener | None = None) -> None:
        (listener or self.broadcast)("step", step_payload(told))

    def _forget(self) -> None:
        self._memory = RetentionClassifier()
        self._history: deque[NumberedEvent] = deque(maxlen=HISTORY)
        self._before: dict[str, deque[NumberedEvent]] = {part: deque(maxlen=most) for part, most in BEFORE.items()}

    def _keep(self, seq: int, event: e.Event, told: dict[str, Any]) -> None:
        if part := self._memory.classify(event):
            self._before[part].append((seq, told))
        if not isinstance(event, e.SampleEvent):  # it stands in the world, and would push out what was done
            self._history.append((seq, told))

    def _standing(self, seq: int, world: World) -> dict[str, Any]:
        history = [list(one) for one in self._history]
        first = self._history[0][0] if self._history else 0
        kept = sorted((one for part in self._before.values() for one in part if one[0] < first), key=lambda one: one[0])
        before = [list(one) for one in kept]
        return {"seq": seq, "event": None, "world": encode(world), "before": before, "history": history}

    def _hear(self, event: e.Event) -> None:
        """An engine that answers, or does not, is a fact about the seat too."""
        if isinstance(event, e.EngineSeen) and not (event.repeated and self._seat["engine"]):
            self._seat["engine"] = event.version
            self.set_state("ready", READY)
        elif isinstance(event, e.EngineLost):
            self.set_state("lost", LOST)
