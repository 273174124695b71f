"""The rules that a lesson may use, each a question to a story, answered with every match.

A rule is one function: its keyword arguments are the fields of the lesson file, its docstring is its documentation.
A match has the time of its *cause* (when the call began, or the engine's own event), so no rule depends on the order in
which calls and engine events are reported. `container` and `other_than` are sets of ids: checks.py resolves names.
The table RULES is the only list of rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from slipway.core.rules.calls import called, pending, pruned, pulled, refused, typed
from slipway.core.rules.lifecycle import SOON, exited, killed, removed, signalled, stopped
from slipway.core.rules.matchers import Ids, Match, fits, is_about, same, same_image
from slipway.core.story import Act, Story

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
    init: bool | None = None,
    pulled: bool | None = None,
) -> Iterator[Match]:
    """A container was created. `by` is `create` or `run`; `program` is the first word of its command, also
    inside of `sh -c` or behind `busybox` or `docker-entrypoint.sh`; `init`: with the engine's own first process
    (`--init`); `pulled`: the engine did not have the image, so the same command pulled it first."""
    for act in story.named("container.create"):
        if act.status != 201 or not act.about or not is_about(act, container, other_than):
            continue
        made, asked = act.about, act.params.get("body") or {}
        if not (_is_image(story, made.image, image) and same(made.name, name)):
            continue
        if not _runs(made.command, command, program):
            continue
        if not (same(bool(asked.get("Tty")), tty) and same(bool(asked.get("OpenStdin")), stdin)):
            continue
        if not same((asked.get("HostConfig") or {}).get("Init") is True, init):
            continue
        if not same(_pulled_first(story, act), pulled):
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
    without a tty; `by`: `start`, `run` or `restart`."""
    for act in story.named("container.start", "container.restart"):
        if not act.done or act.status == 304 or not is_about(act, container, other_than):
            continue
        creation = story.creation(act.id)
        by_run = creation is not None and story.made_by_run(creation) is True and _first_start(story, act)
        how = "restart" if act.name == "container.restart" else "run" if by_run else "start"
        if not same(how, by):
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
        if act.status != 200 or not is_about(act, container, other_than) or not same(act.flag("follow"), follow):
            continue
        shown = act.out + (act.end.err if act.end else "")
        if contains is not None and (not shown or shown.count(contains) < times):
            continue
        yield Match(act.at, f"read the logs of {story.name_of(act.id)}", act.id)


def executed(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    program: str | None = None,
    tty: bool | None = None,
    stdin: bool | None = None,
    detached: bool | None = None,
    contains: str | None = None,
    matches: str | None = None,
) -> Iterator[Match]:
    """`docker exec` ran a second command in a running container; `stdin`: your keys reached it (`-i`); `detached`: in
    the background (`-d`), so that nobody saw what it printed; `contains`: text that it printed; `matches`: a regular
    expression for a line of that (with a tty, what you type is printed too)."""
    for act in story.named("container.exec"):
        body = act.params.get("body") or {}
        words = [str(word) for word in body.get("Cmd") or ()]
        if act.status != 201 or not is_about(act, container, other_than) or not _runs(tuple(words), None, program):
            continue
        run = _exec_start(story, act)
        if not same(bool(body.get("Tty")), tty) or not same(bool(body.get("AttachStdin")), stdin) or run is None:
            continue
        if not same(bool(body.get("Detach")), detached):
            continue
        if contains is not None and contains not in run.out:
            continue
        if matches is not None and not re.search(matches, run.out, re.MULTILINE):
            continue
        yield Match(act.at, f"ran {_line(tuple(words))} inside {story.name_of(act.id)}", act.id)


def exists(
    story: Story,
    *,
    container: Ids = None,
    other_than: Ids = None,
    name: str | None = None,
    image: str | None = None,
    state: str | None = None,
    exit_code: int | None = None,
    wrote_at_least: int | None = None,
) -> Iterator[Match]:
    """Right now there is such a container; `state` is created, running, paused or exited; `wrote_at_least`: bytes that
    it had written when `docker system df` last asked."""
    for one in story.world.containers.values():
        meant = fits(one.id, container, other_than) and same(one.name, name) and same_image(one.image, image)
        wrote = wrote_at_least is None or (one.wrote or 0) >= wrote_at_least
        if meant and wrote and same(one.state, state) and same(one.exit_code, exit_code):
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


def _is_image(story: Story, value: str, wanted: str | None) -> bool:
    """By its name, or by the beginning of its id if the cache knows that name for it."""
    start = value.removeprefix("sha256:")
    cached = (one for one in story.world.images.values() if one.id.removeprefix("sha256:").startswith(start or "-"))
    return any(same_image(name, wanted) for name in (value, *(tag for one in cached for tag in one.tags)))


def _runs(command: tuple[str, ...], wanted: list[str] | None, program: str | None) -> bool:
    if wanted is not None and list(command) != [str(word) for word in wanted]:
        return False
    return program is None or program in _programs(command)


def _programs(command: tuple[str, ...]) -> Iterator[str]:
    """The first word, then that of what it only passes on: `sh -c 'exec ping …'`, `busybox ping …`, and the script
    that is the ENTRYPOINT of many an image."""
    first = command[0].rsplit("/", 1)[-1] if command else ""
    yield first
    if first in ("sh", "ash") and len(command) > 2 and command[1] == "-c":
        yield from _programs(tuple(command[2].split()))
    elif first in ("busybox", "exec", "docker-entrypoint.sh"):
        yield from _programs(command[1:])


def _pulled_first(story: Story, act: Act) -> bool:
    """The client asks to create, hears that there is no such image (404), pulls it and asks again, all in a breath
    (measured, CLI 26.1)."""
    earlier = [one for one in story.named("container.create", "image.pull") if one.end and one.end.at <= act.at]
    if len(earlier) < 2:
        return False
    missed, pull = earlier[-2:]
    calls = (missed.name, missed.status, pull.name, pull.status)
    prompt = pull.at - missed.ended_at <= SOON and act.at - pull.ended_at <= SOON
    return calls == ("container.create", 404, "image.pull", 200) and prompt


def _line(command: tuple[str, ...]) -> str:
    return " ".join(command) or "its own startup command"


def _first_start(story: Story, act: Act) -> bool:
    return next((one.call for one in story.acts_on(act.id) if one.name == "container.start"), "") == act.call


def _watches(act: Act, moment: float) -> bool:
    """An attach call that showed output and was open when the container began."""
    shows = act.flag("stdout") or act.flag("stderr")
    return act.name == "container.attach" and shows and act.open_at(moment) and act.status in (0, 101, 200)


def _exec_start(story: Story, act: Act) -> Act | None:
    made = act.end.result.get("id") if act.end else None
    starts = (one for one in story.named("exec.start") if made and f"/exec/{made}/" in one.path)
    return next((one for one in starts if one.end is not None), None)
