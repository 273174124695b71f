"""The rules about how a container's process ends: signals, deaths, stops, kills, removals.

Part of rules.py, which has the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from slipway.core import events as e
from slipway.core.rules.matchers import Ids, Match, fits, is_about, same, same_signal
from slipway.core.signals import name_of_signal, number_of_signal
from slipway.core.story import Act, Story

CLOSE = 0.25  # seconds: the gateway notes a call a moment before or after the engine's own time stamp
SOON = 2.0  # seconds after the answer in which a signalled process is gone, if it obeys
KILL = 9


def exited(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    code: int | None = None,
    oom: bool | None = None,
) -> Iterator[Match]:
    """A container's first process ended, with exit code `code`; `oom`: because it was out of memory."""
    for death in story.kind(e.ContainerDied):
        if not fits(death.id, container, other_than) or not same(death.exit_code, code):
            continue
        starved = any(one.at <= death.at + 1 for one in story.kind(e.OutOfMemory, death.id))
        if same(starved, oom):
            yield Match(death.at, f"{story.name_of(death.id)} ended with exit code {death.exit_code}", death.id)


def signalled(
    story: Story, *, container: Ids = None, other_than: Ids = None, signal: str | None = None
) -> Iterator[Match]:
    """The engine sent a signal (`TERM`, `SIGTERM` or `15`) to a container's first process."""
    for sent in story.kind(e.SignalSent):
        if fits(sent.id, container, other_than) and same_signal(sent.number, signal):
            yield Match(sent.at, f"{name_of_signal(sent.number)} was sent to {story.name_of(sent.id)}", sent.id)


def stopped(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    forced: bool | None = None,
    signal: str | None = None,
    listened: bool | None = None,
    grace_at_least: float | None = None,
    grace_at_most: float | None = None,
    code: int | None = None,
) -> Iterator[Match]:
    """`docker stop` ended a container. `forced`: SIGKILL had to follow the first signal; `signal`: that first signal
    (TERM, unless somebody chose another); `listened`: its process had a handler for that signal, as the kernel told in
    the moment of asking (where it could not tell, it may have had one); `grace_…`: the seconds between the two,
    measured."""
    for act in story.named("container.stop"):
        if act.status not in (0, 204) or not is_about(act, container, other_than):
            continue
        ending = _ending(story, act)
        if ending is None:
            continue
        asked, kill, death = ending
        if not same(death.exit_code, code) or not same(kill is not None, forced):
            continue
        if not same_signal(asked.number, signal) or not _heard(act, asked.number, listened):
            continue
        if _killed_meanwhile(story, act, kill, death):
            continue
        grace = (kill.at if kill else death.at) - asked.at
        if (grace_at_least and grace < grace_at_least) or (grace_at_most and grace > grace_at_most):
            continue
        yield Match(act.at, _stop_in_words(story, act.id, asked, kill, grace, death), act.id)


def killed(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    signal: str = "KILL",
    listened: bool | None = None,
    code: int | None = None,
    died: bool = True,
) -> Iterator[Match]:
    """`docker kill` sent `signal` to a running container; `listened`: its process had a handler for that; `died: false`
    if it went on living after that."""
    for act in story.named("container.kill"):
        if not act.done or not is_about(act, container, other_than):
            continue
        number = number_of_signal(str(act.params.get("signal") or "KILL"))
        if not same_signal(number or 0, signal) or not _heard(act, number or 0, listened):
            continue
        deaths = story.kind(e.ContainerDied, act.id)
        death = next((one for one in deaths if act.at - CLOSE <= one.at <= act.ended_at + SOON), None)
        if (death is not None) is not died or (death and not same(death.exit_code, code)):
            continue
        if not died and story.now < act.ended_at + SOON:
            continue
        text = f"{name_of_signal(number or 0)} by docker kill to {story.name_of(act.id)}"
        yield Match(act.at, f"{text}: exit code {death.exit_code}" if death else f"{text}: it lives on", act.id)


def removed(
    story: Story, *, container: Ids = None, other_than: Ids = None, forced: bool | None = None
) -> Iterator[Match]:
    """A container was removed; `forced`: by `docker rm -f`."""
    for gone in story.kind(e.ContainerRemoved):
        acts = [one for one in story.acts_on(gone.id) if one.name == "container.remove" and one.status < 400]
        if fits(gone.id, container, other_than) and same(any(one.flag("force") for one in acts), forced):
            at = min((one.at for one in acts), default=gone.at)
            yield Match(at, f"removed {story.name_of(gone.id)}", gone.id)


def _heard(stop: Act, number: int, wanted: bool | None) -> bool:
    """Where nobody could tell, whoever asks is given the benefit of the doubt."""
    hears = stop.target.hears if stop.target else None
    return wanted is None or (hears is None or number in hears) is wanted


def _ending(story: Story, stop: Act) -> tuple[e.SignalSent, e.SignalSent | None, e.ContainerDied] | None:
    """The signal of a stop, the SIGKILL that followed it if one had to, and the end, all by the engine's own clock:
    what ended before the signal was an earlier run."""
    sent = [one for one in story.kind(e.SignalSent, stop.id) if one.at >= stop.at - CLOSE]
    asked = next((one for one in sent if one.number != KILL), None)
    if asked is None:
        return None
    death = next((one for one in story.kind(e.ContainerDied, stop.id) if one.at >= asked.at), None)
    if death is None:
        return None
    return asked, next((one for one in sent if one.number == KILL and asked.at <= one.at <= death.at), None), death


def _killed_meanwhile(story: Story, stop: Act, kill: e.SignalSent | None, death: e.ContainerDied) -> bool:
    """Somebody lost patience: a kill or `rm -f` came between the stop and the end. Another signal that the process did
    not heed, so that the stop's own SIGKILL came after all, changes nothing."""
    others = [one for one in story.acts_on(stop.id) if stop.at < one.at <= death.at]
    return any(one.name == "container.remove" or _hurts(one, kill) for one in others)


def _hurts(act: Act, kill: e.SignalSent | None) -> bool:
    signal = number_of_signal(str(act.params.get("signal") or "KILL"))
    return act.name == "container.kill" and (kill is None or signal == KILL)


def _stop_in_words(
    story: Story, id: str, asked: e.SignalSent, kill: e.SignalSent | None, grace: float, death: e.ContainerDied
) -> str:
    who, first = story.name_of(id), name_of_signal(asked.number)
    if kill:
        return f"{first} to {who}, nothing for {grace:.1f} s, then SIGKILL: exit code {death.exit_code}"
    return f"{first} to {who}, and it ended by itself after {grace:.1f} s: exit code {death.exit_code}"
