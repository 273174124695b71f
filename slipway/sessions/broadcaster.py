"""Sends what happens in one learner's session to all its listeners, and a snapshot to one that comes later.

Keeps the last events and the state of the sandbox for that snapshot. Knows nothing of lessons, and listeners only as
callables.
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

HISTORY = 400  # the last events, which a page gets when it opens: enough for its list of API calls
RETAINED = {RUN: 240, DISK: 40}  # older events that a page gets too: enough for every run that a picture shows
READY = "Your Docker engine is ready."
LOST = "Your Docker engine does not answer. It is being restarted; please wait."

Listener: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Called with the name (`story`, `step`, `seat`, `typing`) and the payload of a message to a page."""
NumberedEvent: TypeAlias = tuple[int, dict[str, Any]]


class EventBroadcaster:
    """`lock` is the lock of the session: listeners get messages in the order in which things happened.

    `note` is shown beside the state of the sandbox until a command is typed: why this sandbox is a different one.
    """

    def __init__(self, lock: threading.RLock, starting: str, note: str = "") -> None:
        self._lock = lock
        self._listeners: list[Listener] = []
        self._clear_history()
        self._warnings: dict[str, str] = {}
        self._status = {"state": "starting", "say": starting, "engine": ""}
        if note:
            self._status["note"] = note

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every message from now on."""
        with self._lock:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Stop calling `listener`. Idempotent."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    @property
    def has_listeners(self) -> bool:
        """Whether a page is connected."""
        return bool(self._listeners)

    def broadcast(self, name: str, payload: dict[str, Any]) -> None:
        """Send one message to all listeners."""
        for listener in list(self._listeners):
            listener(name, payload)

    def set_state(self, state: str, text: str) -> None:
        """Set the state of the sandbox: a word for the page, and a sentence for the learner."""
        with self._lock:
            self._status |= {"state": state, "say": text}
            self._broadcast_status()

    def set_ready(self) -> None:
        """Set the state to ready."""
        self.set_state("ready", READY)

    def set_warning(self, text: str, topic: str = "disk") -> None:
        """Show a warning about the lab itself, one for each topic; "" clears it."""
        with self._lock:
            self._warnings[topic] = text
            warning = " ".join(filter(None, self._warnings.values()))
            if warning != self._status.get("warning", ""):
                self._status["warning"] = warning
                self._broadcast_status()

    def set_note(self, text: str) -> None:
        """Show a note beside the state until `clear_note`."""
        with self._lock:
            self._status["note"] = text
            self._broadcast_status()

    def clear_note(self) -> None:
        """Remove the note: the learner has typed a command since it was shown."""
        with self._lock:
            if self._status.pop("note", ""):
                self._broadcast_status()

    def broadcast_event(self, seq: int, event: e.Event, world: World) -> None:
        """Send an event with its number, and the world after it."""
        payload = story_payload(PublishEvent(seq, event, world))
        self._retain(seq, event, payload["event"])
        self.broadcast("story", payload)
        self._update_state(event)

    def replace_history(self, first: int, history: tuple[e.Event, ...], seq: int, world: World) -> None:
        """Start over with the events of an attached sandbox, numbered from `first`, and send them to all listeners."""
        self._clear_history()
        for offset, event in enumerate(history):
            self._retain(first + offset, event, event_codec.encode(event))
        self._status["engine"] = world.version
        self.broadcast("story", self._snapshot(seq, world))
        for event in history:
            self._update_state(event)

    def send_snapshot(self, seq: int, world: World, listener: Listener | None = None) -> None:
        """Send the state of the sandbox, the retained events and the world to one listener, or to all."""
        send = listener or self.broadcast
        send("seat", dict(self._status))
        send("story", self._snapshot(seq, world))

    def send_step(self, effect: PublishStep, listener: Listener | None = None) -> None:
        """Send the verdict of a step to one listener, or to all."""
        (listener or self.broadcast)("step", step_payload(effect))

    def _broadcast_status(self) -> None:
        self.broadcast("seat", dict(self._status))

    def _clear_history(self) -> None:
        self._classifier = RetentionClassifier()
        self._history: deque[NumberedEvent] = deque(maxlen=HISTORY)
        self._retained: dict[str, deque[NumberedEvent]] = {part: deque(maxlen=most) for part, most in RETAINED.items()}

    def _retain(self, seq: int, event: e.Event, encoded: dict[str, Any]) -> None:
        if part := self._classifier.classify(event):
            self._retained[part].append((seq, encoded))
        if not isinstance(event, e.SampleEvent):  # it is in the world anyway, and would push out what was done
            self._history.append((seq, encoded))

    def _snapshot(self, seq: int, world: World) -> dict[str, Any]:
        history = [list(entry) for entry in self._history]
        first = self._history[0][0] if self._history else 0
        older = [entry for part in self._retained.values() for entry in part if entry[0] < first]
        before = [list(entry) for entry in sorted(older, key=lambda entry: entry[0])]
        return {"seq": seq, "event": None, "world": encode(world), "before": before, "history": history}

    def _update_state(self, event: e.Event) -> None:
        """Derive the state of the sandbox from events that say whether its engine answers."""
        if isinstance(event, e.EngineSeen) and not (event.repeated and self._status["engine"]):
            self._status["engine"] = event.version
            self.set_ready()
        elif isinstance(event, e.EngineLost):
            self.set_state("lost", LOST)
