"""The rules about how a container's process ends: signals, exits, stops, kills, removals.

registry.py says what a rule is, and has the table of all rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from slipway.core import events as e
from slipway.core.rules.matchers import ContainerIds, Match, matches_container, matches_signal, matches_value, targets
from slipway.core.signals import name_of_signal, number_of_signal
from slipway.core.story import ApiCall, Story

CLOCK_TOLERANCE = 0.25  # seconds that the gateway's time of a call may differ from the engine's own time stamp
EXIT_DELAY = 2.0  # seconds after the answer within which a process that obeys the signal has exited
SIGKILL = 9


def exited(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    code: int | None = None,
    oom: bool | None = None,
) -> Iterator[Match]:
    """A container's first process ended, with exit code `code`; `oom`: because it ran out of memory."""
    for death in story.events_of(e.ContainerDied):
        if not matches_container(death.id, container, other_than) or not matches_value(death.exit_code, code):
            continue
        starved = any(event.at <= death.at + 1 for event in story.events_of(e.OutOfMemory, death.id))
        if matches_value(starved, oom):
            yield Match(death.at, f"{story.container_name(death.id)} ended with exit code {death.exit_code}", death.id)


def signalled(
    story: Story, *, container: ContainerIds = None, other_than: ContainerIds = None, signal: str | None = None
) -> Iterator[Match]:
    """The engine sent a signal (`TERM`, `SIGTERM` or `15`) to a container's first process."""
    for sent in story.events_of(e.SignalSent):
        if matches_container(sent.id, container, other_than) and matches_signal(sent.number, signal):
            yield Match(sent.at, f"{name_of_signal(sent.number)} was sent to {story.container_name(sent.id)}", sent.id)


def stopped(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    forced: bool | None = None,
    signal: str | None = None,
    listened: bool | None = None,
    grace_at_least: float | None = None,
    grace_at_most: float | None = None,
    code: int | None = None,
) -> Iterator[Match]:
    """`docker stop` ended a container. `forced`: SIGKILL had to follow the first signal; `signal`: that first signal
    (TERM unless another was chosen); `listened`: its process had a handler for that signal, according to the kernel at
    that moment (if unknown, it counts as having one); `grace_…`: the measured seconds between the signal and SIGKILL or
    the end."""
    for call in story.calls_named("container.stop"):
        if call.status not in (0, 204) or not targets(call, container, other_than):
            continue
        ending = _stop_outcome(story, call)
        if ending is None:
            continue
        first, kill, death = ending
        if not matches_value(death.exit_code, code) or not matches_value(kill is not None, forced):
            continue
        if not matches_signal(first.number, signal) or not _had_handler(call, first.number, listened):
            continue
        if _was_killed_meanwhile(story, call, kill, death):
            continue
        grace = (kill.at if kill else death.at) - first.at
        if (grace_at_least and grace < grace_at_least) or (grace_at_most and grace > grace_at_most):
            continue
        yield Match(call.at, _describe_stop(story, call.container_id, first, kill, grace, death), call.container_id)


def killed(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    signal: str = "KILL",
    listened: bool | None = None,
    code: int | None = None,
    died: bool = True,
) -> Iterator[Match]:
    """`docker kill` sent `signal` to a running container. `listened`: its process had a handler for that signal; `died:
    false`: it kept running."""
    for call in story.calls_named("container.kill"):
        if not call.succeeded or not targets(call, container, other_than):
            continue
        number = number_of_signal(str(call.params.get("signal") or "KILL"))
        if not matches_signal(number or 0, signal) or not _had_handler(call, number or 0, listened):
            continue
        deaths = story.events_of(e.ContainerDied, call.container_id)
        death = next(
            (event for event in deaths if call.at - CLOCK_TOLERANCE <= event.at <= call.ended_at + EXIT_DELAY), None
        )
        if (death is not None) is not died or (death and not matches_value(death.exit_code, code)):
            continue
        if not died and story.now < call.ended_at + EXIT_DELAY:
            continue
        text = f"{name_of_signal(number or 0)} by docker kill to {story.container_name(call.container_id)}"
        yield Match(
            call.at, f"{text}: exit code {death.exit_code}" if death else f"{text}: it lives on", call.container_id
        )


def removed(
    story: Story, *, container: ContainerIds = None, other_than: ContainerIds = None, forced: bool | None = None
) -> Iterator[Match]:
    """A container was removed; `forced`: by `docker rm -f`."""
    for removal in story.events_of(e.ContainerRemoved):
        calls = [call for call in story.calls_on(removal.id) if call.name == "container.remove" and call.status < 400]
        if matches_container(removal.id, container, other_than) and matches_value(
            any(call.flag("force") for call in calls), forced
        ):
            at = min((call.at for call in calls), default=removal.at)
            yield Match(at, f"removed {story.container_name(removal.id)}", removal.id)


def _had_handler(stop: ApiCall, number: int, wanted: bool | None) -> bool:
    """Return whether the process handled the signal as wanted; an unknown process counts as having a handler."""
    hears = stop.target.hears if stop.target else None
    return wanted is None or (hears is None or number in hears) is wanted


def _stop_outcome(story: Story, stop: ApiCall) -> tuple[e.SignalSent, e.SignalSent | None, e.ContainerDied] | None:
    """Return the signal of a stop, the SIGKILL that followed it, if any, and the exit, all by the engine's own clock.

    An exit before the signal belongs to an earlier run.
    """
    sent = [
        signal for signal in story.events_of(e.SignalSent, stop.container_id) if signal.at >= stop.at - CLOCK_TOLERANCE
    ]
    first = next((signal for signal in sent if signal.number != SIGKILL), None)
    if first is None:
        return None
    death = next((event for event in story.events_of(e.ContainerDied, stop.container_id) if event.at >= first.at), None)
    if death is None:
        return None
    kill = next((signal for signal in sent if signal.number == SIGKILL and first.at <= signal.at <= death.at), None)
    return first, kill, death


def _was_killed_meanwhile(story: Story, stop: ApiCall, kill: e.SignalSent | None, death: e.ContainerDied) -> bool:
    """Return whether a kill or `rm -f` came between the stop and the exit.

    A signal that the process ignored, so that the stop's own SIGKILL followed, does not count.
    """
    others = [other for other in story.calls_on(stop.container_id) if stop.at < other.at <= death.at]
    return any(other.name == "container.remove" or _is_fatal(other, kill) for other in others)


def _is_fatal(call: ApiCall, kill: e.SignalSent | None) -> bool:
    signal = number_of_signal(str(call.params.get("signal") or "KILL"))
    return call.name == "container.kill" and (kill is None or signal == SIGKILL)


def _describe_stop(
    story: Story, id: str, first: e.SignalSent, kill: e.SignalSent | None, grace: float, death: e.ContainerDied
) -> str:
    container, signal_name = story.container_name(id), name_of_signal(first.number)
    if kill:
        return f"{signal_name} to {container}, nothing for {grace:.1f} s, then SIGKILL: exit code {death.exit_code}"
    return f"{signal_name} to {container}, and it ended by itself after {grace:.1f} s: exit code {death.exit_code}"
