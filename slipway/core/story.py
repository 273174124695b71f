"""The events since a lesson was opened, arranged for the rules that read them.

A rule asks for acts (calls with both halves joined) and for what became of a container. This module knows what belongs
together; it does not know what is right or wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from slipway.core import events as e
from slipway.core.world import World

SETTLED = 0.8  # seconds after a create in which `docker run` would long have attached or waited (measured 3 ms)
BLINK = 0.15  # the same, when the shell's prompt is back already


@dataclass(frozen=True)
class Act:
    """One call of the learner's client, from its first half and, once there is one, its second."""

    call: str
    name: str
    at: float
    target: e.Target | None
    params: Mapping[str, Any]
    path: str = ""
    end: e.CallEnded | None = None

    @property
    def id(self) -> str:
        """The id of the container that this is about, "" for none."""
        return self.about.id if self.about else ""

    @property
    def about(self) -> e.Target | None:
        return (self.end.target if self.end and self.end.target else None) or self.target

    @property
    def status(self) -> int:
        """The HTTP status, 0 while the call is pending."""
        return self.end.status if self.end else 0

    @property
    def ended_at(self) -> float:
        """When the answer was complete; while it is not, when the call began."""
        return self.end.at if self.end else self.at

    @property
    def out(self) -> str:
        return self.end.out if self.end else ""

    @property
    def done(self) -> bool:
        return self.end is not None and self.end.status < 400

    def flag(self, key: str) -> bool:
        """A query parameter as Docker reads booleans: 1, True, true, on, yes."""
        return str(self.params.get(key, "")).lower() in ("1", "true", "on", "yes", "t")

    def open_at(self, moment: float) -> bool:
        """Whether this call was under way at `moment`."""
        return self.at <= moment and (self.end is None or self.end.at >= moment)


@dataclass(frozen=True)
class Story:
    """What a check reads: the events of a lesson so far, the world now, and the time that has come.

    `now` is how far the journal has been read; it may be later than the last event, because silence is a fact too (see
    SETTLED). The shell's marks come by another way and do not move it.
    """

    events: tuple[e.Event, ...] = ()
    world: World = field(default_factory=World)
    now: float = 0.0

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """All calls that the gateway let through, in the order in which they began."""
        begun: dict[str, Act] = {}
        for event in self.events:
            if isinstance(event, e.CallStarted):
                begun[event.call] = Act(event.call, event.name, event.at, event.target, event.params, event.path)
            elif isinstance(event, e.CallEnded) and event.call in begun:
                one = begun[event.call]
                begun[event.call] = Act(one.call, one.name, one.at, one.target, one.params, one.path, event)
        return tuple(sorted(begun.values(), key=lambda act: act.at))

    def named(self, *names: str) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act.name in names)

    @cached_property
    def _of(self) -> Mapping[str, tuple[Act, ...]]:
        found: dict[str, list[Act]] = {}
        for act in self.acts:
            found.setdefault(act.id, []).append(act)
        return {id: tuple(acts) for id, acts in found.items()}

    def acts_on(self, id: str) -> tuple[Act, ...]:
        """The calls about one container, in order."""
        return self._of.get(id, ()) if id else ()

    def kind(self, kind: type[Any], id: str | None = None) -> tuple[Any, ...]:
        """The events of one class, about one container when `id` is given, in order of their time."""
        found = (one for one in self.events if isinstance(one, kind) and (id is None or one.id == id))
        return tuple(sorted(found, key=lambda one: one.at))

    def creation(self, id: str) -> Act | None:
        """The successful `create` call that made this container, if it was seen."""
        return next((act for act in self.acts_on(id) if act.name == "container.create" and act.status == 201), None)

    def made_by_run(self, act: Act) -> bool | None:
        """Whether `docker run` made this create call; None while that can't be told yet.

        `run` goes on to attach or wait at once, without the inspect that `start -a` makes first (measured, CLI 26.1
        and 28). Silence instead: it was `docker create`. A prompt that is back shortens the silence that we ask for,
        but can't replace it, because it may overtake the journal.
        """
        after = [one for one in self.acts_on(act.id) if one.at > act.at and one.name in _TELLING]
        if after:
            return after[0].name == "container.attach" or _waits_for_next_exit(after[0])
        finished = any(isinstance(one, e.CommandFinished) and one.at >= act.at for one in self.events)
        # Added up exactly as session.py asks to be woken: a difference of such sums may come out a hair too small.
        quiet_from = act.ended_at + (BLINK if finished else SETTLED)
        return False if self.now >= quiet_from else None

    def name_of(self, id: str) -> str:
        """The name to call a container by: its own, else the first twelve digits of its id."""
        known = self.world.containers.get(id)
        if known and known.name:
            return known.name
        names = (act.about.name for act in self.acts_on(id) if act.about and act.about.name)
        return next(names, id[:12])


_TELLING = frozenset({"container.attach", "container.wait", "container.start", "container.inspect", "container.remove"})


def _waits_for_next_exit(act: Act) -> bool:
    """`run` waits before it starts; a typed `docker wait` asks for no condition (measured)."""
    return act.name == "container.wait" and act.params.get("condition") in ("next-exit", "removed")
