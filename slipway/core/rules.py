"""The rules that a lesson may use, each a question to a story, answered with every match.

A rule is one function: its keyword arguments are the fields of the lesson file, its docstring is its documentation.
A match has the time of its *cause* (when the call began, or the engine's own event), so no rule depends on the order in
which calls and engine events are reported. `container` and `other_than` are sets of ids: checks.py resolves names.
The table RULES is the only list of rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from slipway.core import events as e
from slipway.core.signals import name_of_signal, number_of_signal
from slipway.core.story import Act, Story

Ids = frozenset[str] | None


@dataclass(frozen=True)
class Match:
    """One place in a story where a rule holds: when, about which container, and in words."""

    at: float
    text: str
    container: str = ""


Rule = Callable[..., Iterator[Match]]


def created(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    image: str | None = None,
    command: list[str] | None = None,
    program: str | None = None,
    name: str | None = None,
    by: str | None = None,
    tty: bool | None = None,
    stdin: bool | None = None,
    pulled: bool | None = None,
) -> Iterator[Match]:
    """A container was created. `by` is `create` or `run`; `program` is the first word of its command, also
    inside of `sh -c` or behind `busybox`; `pulled`: the engine did not have the image, so the same command pulled it
    first."""
    for act in story.named("container.create"):
        if act.status != 201 or not act.about or not _about(act, container, other_than):
            continue
        made, asked = act.about, act.params.get("body") or {}
        if not (_is_image(story, made.image, image) and _same(made.name, name)):
            continue
        if not _runs(made.command, command, program):
            continue
        if not (_same(bool(asked.get("Tty")), tty) and _same(bool(asked.get("OpenStdin")), stdin)):
            continue
        if not _same(_pulled_first(story, act), pulled):
            continue
        if by and story.made_by_run(act) is not (by == "run"):
            continue
        yield Match(act.at, f"created {made.name} from {made.image}: {_line(made.command)}", made.id)


def started(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    attached: bool | None = None,
    stdin: bool | None = None,
    printed: str | None = None,
    err: str | None = None,
    by: str | None = None,
) -> Iterator[Match]:
    """A container was started. `attached`: somebody's terminal was connected to its output before it began; `printed`:
    text that reached that terminal ("" for anything at all); `err`: the same of the error channel, which is apart only
    without a tty; `by`: `start` or `run`."""
    for act in story.named("container.start"):
        if not act.done or act.status == 304 or not _about(act, container, other_than):
            continue
        creation = story.creation(act.id)
        by_run = creation is not None and story.made_by_run(creation) is True and _first_start(story, act)
        if by and by_run is not (by == "run"):
            continue
        watcher = next((one for one in story.acts_on(act.id) if _watches(one, act.at)), None)
        if attached is not None and (watcher is not None) is not attached:
            continue
        if stdin is not None and (watcher is not None and watcher.flag("stdin")) is not stdin:
            continue
        if printed is not None and not (watcher and watcher.end and watcher.out and printed in watcher.out):
            continue
        if err is not None and not (watcher and watcher.end and watcher.end.err and err in watcher.end.err):
            continue
        text = f"started {story.name_of(act.id)}"
        if attached:
            text += ", and its output came to your terminal"
        elif attached is False:
            text += ", with nobody watching"
        yield Match(act.at, text, act.id)


def logs_read(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    contains: str | None = None,
    follow: bool | None = None,
    times: int = 1,
) -> Iterator[Match]:
    """A container's logs were read. `contains` must stand in what was shown, at least `times` times ("" for
    anything at all)."""
    for act in story.named("container.logs"):
        if act.status != 200 or not _about(act, container, other_than) or not _same(act.flag("follow"), follow):
            continue
        shown = act.out + (act.end.err if act.end else "")
        if contains is not None and (not shown or shown.count(contains) < times):
            continue
        yield Match(act.at, f"read the logs of {story.name_of(act.id)}", act.id)


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
        if not _is(death.id, container, other_than) or not _same(death.exit_code, code):
            continue
        starved = any(one.at <= death.at + 1 for one in story.kind(e.OutOfMemory, death.id))
        if _same(starved, oom):
            yield Match(death.at, f"{story.name_of(death.id)} ended with exit code {death.exit_code}", death.id)


def signalled(
    story: Story, *, container: Ids = None, other_than: Ids = None, signal: str | None = None
) -> Iterator[Match]:
    """The engine sent a signal (`TERM`, `SIGTERM` or `15`) to a container's first process."""
    for sent in story.kind(e.SignalSent):
        if _is(sent.id, container, other_than) and _same_signal(sent.number, signal):
            yield Match(sent.at, f"{name_of_signal(sent.number)} was sent to {story.name_of(sent.id)}", sent.id)


def stopped(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    forced: bool | None = None,
    grace_at_least: float | None = None,
    grace_at_most: float | None = None,
    code: int | None = None,
) -> Iterator[Match]:
    """`docker stop` ended a container. `forced`: SIGKILL had to follow the first signal; `grace_…`: the seconds between
    the two, measured."""
    for act in story.named("container.stop"):
        if act.status not in (0, 204) or not _about(act, container, other_than):
            continue
        ending = _ending(story, act)
        if ending is None:
            continue
        asked, kill, death = ending
        if not _same(death.exit_code, code) or not _same(kill is not None, forced):
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
    code: int | None = None,
    died: bool = True,
) -> Iterator[Match]:
    """`docker kill` sent `signal` to a running container; `died: false` if it went on living after that."""
    for act in story.named("container.kill"):
        if not act.done or not _about(act, container, other_than):
            continue
        number = number_of_signal(str(act.params.get("signal") or "KILL"))
        if not _same_signal(number or 0, signal):
            continue
        deaths = story.kind(e.ContainerDied, act.id)
        death = next((one for one in deaths if act.at - CLOSE <= one.at <= _end(act) + SOON), None)
        if (death is not None) is not died or (death and not _same(death.exit_code, code)):
            continue
        if not died and story.now < _end(act) + SOON:
            continue
        text = f"{name_of_signal(number or 0)} by docker kill to {story.name_of(act.id)}"
        yield Match(act.at, f"{text}: exit code {death.exit_code}" if death else f"{text}: it lives on", act.id)


def removed(
    story: Story, *, container: Ids = None, other_than: Ids = None, forced: bool | None = None
) -> Iterator[Match]:
    """A container was removed; `forced`: by `docker rm -f`."""
    for gone in story.kind(e.ContainerRemoved):
        acts = [one for one in story.acts_on(gone.id) if one.name == "container.remove" and one.status < 400]
        if _is(gone.id, container, other_than) and _same(any(one.flag("force") for one in acts), forced):
            at = min((one.at for one in acts), default=gone.at)
            yield Match(at, f"removed {story.name_of(gone.id)}", gone.id)


def called(
    story: Story,
    *,
    call: str,
    container: Ids = None,
    other_than: Ids = None,
    status: int | None = None,
    failed: bool | None = None,
    params: dict[str, str] | None = None,
    image: str | None = None,
) -> Iterator[Match]:
    """The client made the API call `call` (`container.list`, `image.list`, `system.version`, …) and got its answer;
    `image`: the image that it was about."""
    for act in story.named(call):
        if act.end is None or not _about(act, container, other_than) or not _same(act.status, status):
            continue
        if not _same(act.status >= 400, failed):
            continue
        if params and any(str(act.params.get(key, "")) != str(value) for key, value in params.items()):
            continue
        if not _same_image(_image_of(act), image):
            continue
        who = f" {story.name_of(act.id)}" if act.id else ""
        yield Match(act.at, f"asked the engine: {call.replace('.', ' ')}{who}", act.id)


def pending(story: Story, *, call: str, container: Ids = None, other_than: Ids = None) -> Iterator[Match]:
    """The API call `call` has begun and not ended: `docker stop` while it waits, say."""
    for act in story.named(call):
        if act.end is None and _about(act, container, other_than):
            yield Match(act.at, f"waiting for the engine: {call.replace('.', ' ')} {story.name_of(act.id)}", act.id)


def executed(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    program: str | None = None,
    tty: bool | None = None,
    stdin: bool | None = None,
    contains: str | None = None,
) -> Iterator[Match]:
    """`docker exec` ran a second command in a running container; `stdin`: your keys reached it (`-i`)."""
    for act in story.named("container.exec"):
        body = act.params.get("body") or {}
        words = [str(word) for word in body.get("Cmd") or ()]
        if act.status != 201 or not _about(act, container, other_than) or not _runs(tuple(words), None, program):
            continue
        run = _exec_start(story, act)
        if not _same(bool(body.get("Tty")), tty) or not _same(bool(body.get("AttachStdin")), stdin) or run is None:
            continue
        if contains is not None and contains not in run.out:
            continue
        yield Match(act.at, f"ran {_line(tuple(words))} inside {story.name_of(act.id)}", act.id)


def pulled(story: Story, *, image: str | None = None) -> Iterator[Match]:
    """An image was pulled from the hub into the image cache."""
    for one in story.kind(e.ImagePulled):
        if _same_image(one.image, image):
            yield Match(one.at, f"pulled {one.image} from the hub")


def pruned(story: Story, *, what: str | None = None) -> Iterator[Match]:
    """A prune was carried out on `what`: container, image, network, volume or builder."""
    for one in story.kind(e.Pruned):
        if _same(one.what, what):
            yield Match(one.at, f"pruned {one.what}s")


def refused(story: Story, *, call: str | None = None, contains: str | None = None) -> Iterator[Match]:
    """The gateway refused a request, with a sentence that has `contains` in it."""
    for one in story.kind(e.CallRefused):
        if _same(one.name, call) and (contains is None or contains in one.message):
            yield Match(one.at, f"refused: {one.message}")


def typed(story: Story, *, matches: str, status: int | None = None) -> Iterator[Match]:
    """A command line was typed that the regular expression `matches` is found in; `status`: how it ended.

    A match is as late as the line's end: what was typed explains all that it did."""
    ends = story.kind(e.CommandFinished)
    for one in story.kind(e.CommandTyped):
        end = next((end for end in ends if end.terminal == one.terminal and end.at >= one.at), None)
        if re.search(matches, one.line) and (status is None or (end is not None and end.status == status)):
            yield Match(end.at if end else one.at, f"typed {one.line}")


def exists(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    name: str | None = None,
    image: str | None = None,
    state: str | None = None,
    exit_code: int | None = None,
) -> Iterator[Match]:
    """Right now there is such a container; `state` is created, running, paused or exited."""
    for one in story.world.containers.values():
        fits = _is(one.id, container, other_than) and _same(one.name, name) and _same_image(one.image, image)
        if fits and _same(one.state, state) and _same(one.exit_code, exit_code):
            yield Match(story.world.at, f"{one.name} is {one.state}", one.id)


RULES: dict[str, Rule] = {
    "created": created,
    "started": started,
    "logs_read": logs_read,
    "exited": exited,
    "signalled": signalled,
    "stopped": stopped,
    "killed": killed,
    "removed": removed,
    "called": called,
    "pending": pending,
    "executed": executed,
    "pulled": pulled,
    "pruned": pruned,
    "refused": refused,
    "typed": typed,
    "exists": exists,
}

CLOSE = 0.25  # seconds: the gateway notes a call a moment before or after the engine's own time stamp
SOON = 2.0  # seconds after the answer in which a signalled process is gone, if it obeys


def _is(id: str, container: Ids, other_than: Ids) -> bool:
    return (container is None or id in container) and (other_than is None or id not in other_than)


def _about(act: Act, container: Ids, other_than: Ids) -> bool:
    return _is(act.id, container, other_than)


def _same(value: object, wanted: object) -> bool:
    return wanted is None or value == wanted


def _same_image(value: str, wanted: str | None) -> bool:
    return wanted is None or _plain(value) == _plain(wanted)


def _plain(image: str) -> str:
    short = image.removeprefix("docker.io/").removeprefix("library/")
    name = short.partition("@")[0]  # what is pinned by its digest is still of that repository
    return name if ":" in name else f"{name}:latest"


def _is_image(story: Story, value: str, wanted: str | None) -> bool:
    """By its name, or by the beginning of its id if the cache knows that name for it."""
    start = value.removeprefix("sha256:")
    cached = (one for one in story.world.images.values() if one.id.removeprefix("sha256:").startswith(start or "-"))
    return any(_same_image(name, wanted) for name in (value, *(tag for one in cached for tag in one.tags)))


def _runs(command: tuple[str, ...], wanted: list[str] | None, program: str | None) -> bool:
    if wanted is not None and list(command) != [str(word) for word in wanted]:
        return False
    return program is None or program in _programs(command)


def _programs(command: tuple[str, ...]) -> Iterator[str]:
    """The first word, then that of what it only passes on: `sh -c 'exec ping …'`, `busybox ping …`."""
    first = command[0].rsplit("/", 1)[-1] if command else ""
    yield first
    if first in ("sh", "ash") and len(command) > 2 and command[1] == "-c":
        yield from _programs(tuple(command[2].split()))
    elif first in ("busybox", "exec"):
        yield from _programs(command[1:])


def _same_signal(number: int, wanted: str | None) -> bool:
    return wanted is None or number == number_of_signal(str(wanted))


def _pulled_first(story: Story, act: Act) -> bool:
    """The client asks to create, hears that there is no such image (404), pulls it and asks again, all in a breath
    (measured, CLI 26.1)."""
    earlier = [one for one in story.named("container.create", "image.pull") if one.end and one.end.at <= act.at]
    if len(earlier) < 2:
        return False
    missed, pull = earlier[-2:]
    calls = (missed.name, missed.status, pull.name, pull.status)
    prompt = pull.at - _end(missed) <= SOON and act.at - _end(pull) <= SOON
    return calls == ("container.create", 404, "image.pull", 200) and prompt


def _end(act: Act) -> float:
    return act.end.at if act.end else act.at


def _image_of(act: Act) -> str:
    """The image in a call's path (`/images/NAME/json`) or in what it pulls."""
    pulls = str(act.params.get("fromImage") or "")
    if pulls:
        return f"{pulls}:{act.params.get('tag') or 'latest'}"
    match = re.fullmatch(r"/images/(.+)/\w+", act.path)
    return match[1] if match else ""


def _line(command: tuple[str, ...]) -> str:
    return " ".join(command) or "its own startup command"


def _first_start(story: Story, act: Act) -> bool:
    return next((one.call for one in story.acts_on(act.id) if one.name == "container.start"), "") == act.call


def _watches(act: Act, moment: float) -> bool:
    """An attach call that showed output and was open when the container began."""
    shows = act.flag("stdout") or act.flag("stderr")
    return act.name == "container.attach" and shows and act.open_at(moment) and act.status in (0, 101, 200)


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


def _exec_start(story: Story, act: Act) -> Act | None:
    made = act.end.result.get("id") if act.end else None
    starts = (one for one in story.named("exec.start") if made and f"/exec/{made}/" in one.path)
    return next((one for one in starts if one.end is not None), None)


KILL = 9
