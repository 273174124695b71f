"""The events since a lesson was opened, arranged for the rules that read them.

A rule asks for API calls (a request joined with its answer) and for what happened to a container. This module knows
which events belong together, but not what is right or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

from slipway.core import events as e
from slipway.core.world import World

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

SETTLE_TIME = 0.8  # seconds after a create within which `docker run` has attached or waited (measured 3 ms)
SETTLE_TIME_AT_PROMPT = 0.15  # the same, if the shell's prompt is already back


@dataclass(frozen=True)
class ApiCall:
    """One API call of the learner's client: its request and, once there is one, its answer (`end`)."""

    call: str
    name: str
    at: float
    target: e.Target | None
    params: Mapping[str, Any]
    path: str = ""
    end: e.CallEnded | None = None

    @property
    def container_id(self) -> str:
        """The id of the container that the call is about, "" for none."""
        return self.final_target.id if self.final_target else ""

    @property
    def final_target(self) -> e.Target | None:
        """The container that the call is about, as known at its end, else at its start."""
        return (self.end.target if self.end and self.end.target else None) or self.target

    @property
    def status(self) -> int:
        """The HTTP status, 0 while the call is pending."""
        return self.end.status if self.end else 0

    @property
    def ended_at(self) -> float:
        """When the answer was complete, or when the call began if it is pending."""
        return self.end.at if self.end else self.at

    @property
    def out(self) -> str:
        """The start of what the client received on standard output."""
        return self.end.out if self.end else ""

    @property
    def error(self) -> str:
        """The engine's error message, "" for none."""
        return self.end.message if self.end else ""

    @property
    def succeeded(self) -> bool:
        """Whether there is an answer, and it is not an error."""
        return self.end is not None and self.end.status < 400

    def flag(self, key: str) -> bool:
        """Return a query parameter as Docker reads booleans: 1, t, true, on, yes."""
        return str(self.params.get(key, "")).lower() in ("1", "true", "on", "yes", "t")

    def was_open_at(self, moment: float) -> bool:
        """Return whether the call was pending at `moment`."""
        return self.at <= moment and (self.end is None or self.end.at >= moment)


@dataclass(frozen=True)
class Story:
    """What a check reads: the events of a lesson so far, the world now, and the current time.

    `now` is how far the journal has been read. It may be later than the last event, because silence is a fact too (see
    SETTLE_TIME). The shell's marks arrive by another way and do not move it.
    """

    events: tuple[e.Event, ...] = ()
    world: World = field(default_factory=World)
    now: float = 0.0

    @cached_property
    def calls(self) -> tuple[ApiCall, ...]:
        """All calls that the gateway forwarded, in the order of their beginning."""
        begun: dict[str, ApiCall] = {}
        for event in self.events:
            if isinstance(event, e.CallStarted):
                begun[event.call] = ApiCall(event.call, event.name, event.at, event.target, event.params, event.path)
            elif isinstance(event, e.CallEnded) and event.call in begun:
                call = begun[event.call]
                begun[event.call] = ApiCall(call.call, call.name, call.at, call.target, call.params, call.path, event)
        return tuple(sorted(begun.values(), key=lambda call: call.at))

    @cached_property
    def _calls_by_name(self) -> Mapping[str, tuple[ApiCall, ...]]:
        return _grouped(self.calls, lambda call: call.name)

    def calls_named(self, *names: str) -> tuple[ApiCall, ...]:
        """Return the calls with one of these names, in order."""
        found = [self._calls_by_name.get(name, ()) for name in names]
        return found[0] if len(found) == 1 else tuple(sorted(chain.from_iterable(found), key=lambda call: call.at))

    @cached_property
    def _calls_by_container(self) -> Mapping[str, tuple[ApiCall, ...]]:
        return _grouped(self.calls, lambda call: call.container_id)

    def calls_on(self, id: str) -> tuple[ApiCall, ...]:
        """Return the calls about one container, in order."""
        return self._calls_by_container.get(id, ()) if id else ()

    @cached_property
    def _events_by_kind(self) -> Mapping[type[Any], tuple[Any, ...]]:
        return _grouped(sorted(self.events, key=lambda event: event.at), type)

    def events_of(self, kind: type[Any], id: str | None = None) -> tuple[Any, ...]:
        """Return the events of one class, about one container if `id` is given, in order of time."""
        events = self._events_by_kind.get(kind, ())
        return events if id is None else tuple(event for event in events if event.id == id)

    def creation_call(self, id: str) -> ApiCall | None:
        """Return the successful `create` call of this container, if it was seen."""
        return next(
            (call for call in self.calls_on(id) if call.name == "container.create" and call.status == 201), None
        )

    def created_by_run(self, call: ApiCall) -> bool | None:
        """Return whether `docker run` made this create call; None while that is unknown.

        `run` goes on to attach or wait at once, without the inspect that `start -a` makes first (measured, CLI 26.1 and
        28). If there is silence instead, it was `docker create`. A prompt that is back shortens the required silence,
        but cannot replace it, because it may overtake the journal.
        """
        after = [
            other for other in self.calls_on(call.container_id) if other.at > call.at and other.name in _NEXT_CALLS
        ]
        if after:
            return after[0].name == "container.attach" or _waits_for_next_exit(after[0])
        finished = any(isinstance(event, e.CommandFinished) and event.at >= call.at for event in self.events)
        # The same sum as session.py uses to schedule the tick: a difference of floats may come out slightly too small.
        quiet_from = call.ended_at + (SETTLE_TIME_AT_PROMPT if finished else SETTLE_TIME)
        return False if self.now >= quiet_from else None

    def container_name(self, id: str) -> str:
        """Return the name to display for a container: its own, else the first twelve digits of its id."""
        known = self.world.containers.get(id)
        if known and known.name:
            return known.name
        names = (call.final_target.name for call in self.calls_on(id) if call.final_target and call.final_target.name)
        return next(names, id[:12])


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> Mapping[K, tuple[T, ...]]:
    """Return the items by key, each group in the order of the items: a rule reads few of them."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: tuple(group) for name, group in groups.items()}


_NEXT_CALLS = frozenset(
    {"container.attach", "container.wait", "container.start", "container.inspect", "container.remove"}
)


def _waits_for_next_exit(call: ApiCall) -> bool:
    """Return whether this wait is that of `run`; a typed `docker wait` has no condition (measured)."""
    return call.name == "container.wait" and call.params.get("condition") in ("next-exit", "removed")
