"""The rules about containers: created, started, read, executed in, and present now.

registry.py says what a rule is, and has the table of all rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slipway.core.rules.lifecycle import EXIT_DELAY
from slipway.core.rules.matchers import ContainerIds, Match, matches_container, matches_image, matches_value, targets
from slipway.core.story import ApiCall, Story


def created(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
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
    """A container was created. `by` is `create` or `run`; `program` is the first word of its command, also inside `sh
    -c` or after `busybox` or `docker-entrypoint.sh`; `init`: with the engine's own init process (`--init`); `pulled`:
    the engine did not have the image, so the same command pulled it first."""
    for call in story.calls_named("container.create"):
        if call.status != 201 or not call.final_target or not targets(call, container, other_than):
            continue
        made, body = call.final_target, call.params.get("body") or {}
        if not (_matches_cached_image(story, made.image, image) and matches_value(made.name, name)):
            continue
        if not _matches_command(made.command, command, program):
            continue
        if not (matches_value(bool(body.get("Tty")), tty) and matches_value(bool(body.get("OpenStdin")), stdin)):
            continue
        if not matches_value((body.get("HostConfig") or {}).get("Init") is True, init):
            continue
        if pulled is not None and _pulled_just_before(story, call) is not pulled:
            continue
        if by and story.created_by_run(call) is not (by == "run"):
            continue
        yield Match(call.at, f"created {made.name} from {made.image}: {_command_line(made.command)}", made.id)


def started(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    attached: bool | None = None,
    stdin: bool | None = None,
    printed: str | None = None,
    err: str | None = None,
    by: str | None = None,
) -> Iterator[Match]:
    """A container was started. `attached`: a terminal was connected to its output before it started; `printed`: text
    that reached that terminal ("" for any text); `err`: the same for standard error, which is separate only without a
    TTY; `by`: `start`, `run` or `restart`."""
    for call in story.calls_named("container.start", "container.restart"):
        if not call.succeeded or call.status == 304 or not targets(call, container, other_than):
            continue
        creation = story.creation_call(call.container_id)
        by_run = creation is not None and story.created_by_run(creation) is True and _is_first_start(story, call)
        how = "restart" if call.name == "container.restart" else "run" if by_run else "start"
        if not matches_value(how, by):
            continue
        watcher = next((other for other in story.calls_on(call.container_id) if _was_attached(other, call.at)), None)
        if attached is not None and (watcher is not None) is not attached:
            continue
        if stdin is not None and (watcher is not None and watcher.flag("stdin")) is not stdin:
            continue
        if printed is not None and not (watcher and watcher.end and watcher.out and printed in watcher.out):
            continue
        if err is not None and not (watcher and watcher.end and watcher.end.err and err in watcher.end.err):
            continue
        text = f"started {story.container_name(call.container_id)}"
        if attached:
            text += ", and its output came to your terminal"
        elif attached is False:
            text += ", with nobody watching"
        yield Match(call.at, text, call.container_id)


def logs_read(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    contains: str | None = None,
    follow: bool | None = None,
    times: int = 1,
) -> Iterator[Match]:
    """A container's logs were read. The output has `contains` in it ("" for any text), at least `times` times."""
    for call in story.calls_named("container.logs"):
        if (
            call.status != 200
            or not targets(call, container, other_than)
            or not matches_value(call.flag("follow"), follow)
        ):
            continue
        shown = call.out + (call.end.err if call.end else "")
        if contains is not None and (not shown or shown.count(contains) < times):
            continue
        yield Match(call.at, f"read the logs of {story.container_name(call.container_id)}", call.container_id)


def executed(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    program: str | None = None,
    tty: bool | None = None,
    stdin: bool | None = None,
    detached: bool | None = None,
    contains: str | None = None,
    matches: str | None = None,
) -> Iterator[Match]:
    """`docker exec` ran a second command in a running container. `stdin`: its input was connected (`-i`); `detached`:
    in the background (`-d`), its output not shown; `contains`: text that it printed; `matches`: a regular expression
    for a line of its output (with a TTY, typed input is part of the output)."""
    for call in story.calls_named("container.exec"):
        body = call.params.get("body") or {}
        words = [str(word) for word in body.get("Cmd") or ()]
        if (
            call.status != 201
            or not targets(call, container, other_than)
            or not _matches_command(tuple(words), None, program)
        ):
            continue
        run = _exec_start_call(story, call)
        if (
            not matches_value(bool(body.get("Tty")), tty)
            or not matches_value(bool(body.get("AttachStdin")), stdin)
            or run is None
        ):
            continue
        if not matches_value(bool(body.get("Detach")), detached):
            continue
        if contains is not None and contains not in run.out:
            continue
        if matches is not None and not re.search(matches, run.out, re.MULTILINE):
            continue
        yield Match(
            call.at,
            f"ran {_command_line(tuple(words))} inside {story.container_name(call.container_id)}",
            call.container_id,
        )


def exists(
    story: Story,
    *,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    name: str | None = None,
    image: str | None = None,
    state: str | None = None,
    exit_code: int | None = None,
    wrote_at_least: int | None = None,
) -> Iterator[Match]:
    """There is such a container now. `state` is created, running, paused or exited; `wrote_at_least`: bytes written by
    it, according to the last `docker system df`."""
    for existing in story.world.containers.values():
        meant = matches_container(existing.id, container, other_than) and matches_value(existing.name, name)
        wrote = wrote_at_least is None or (existing.bytes_written or 0) >= wrote_at_least
        stands = matches_value(existing.state, state) and matches_value(existing.exit_code, exit_code)
        if meant and wrote and stands and matches_image(existing.image, image):
            yield Match(story.world.at, f"{existing.name} is {existing.state}", existing.id)


def _matches_cached_image(story: Story, value: str, wanted: str | None) -> bool:
    """Return whether the image is `wanted`, by name, or by the start of its id if the cache has that name for it."""
    start = value.removeprefix("sha256:")
    cached = (
        image for image in story.world.images.values() if image.id.removeprefix("sha256:").startswith(start or "-")
    )
    return any(matches_image(name, wanted) for name in (value, *(tag for image in cached for tag in image.tags)))


def _matches_command(command: tuple[str, ...], wanted: list[str] | None, program: str | None) -> bool:
    if wanted is not None and list(command) != [str(word) for word in wanted]:
        return False
    return program is None or program in _program_names(command)


def _program_names(command: tuple[str, ...]) -> Iterator[str]:
    """Yield the command's program, then the one that it passes control to: `sh -c 'exec ping …'`, `busybox ping …`, and
    the usual entry point script of images."""
    first = command[0].rsplit("/", 1)[-1] if command else ""
    yield first
    if first in ("sh", "ash") and len(command) > 2 and command[1] == "-c":
        yield from _program_names(tuple(command[2].split()))
    elif first in ("busybox", "exec", "docker-entrypoint.sh"):
        yield from _program_names(command[1:])


def _pulled_just_before(story: Story, call: ApiCall) -> bool:
    """Return whether the same command pulled the image: the client asks to create, gets 404 (no such image), pulls it
    and asks again at once (measured, CLI 26.1)."""
    earlier = [
        other for other in story.calls_named("container.create", "image.pull") if other.end and other.end.at <= call.at
    ]
    if len(earlier) < 2:
        return False
    missed, pull = earlier[-2:]
    calls = (missed.name, missed.status, pull.name, pull.status)
    prompt = pull.at - missed.ended_at <= EXIT_DELAY and call.at - pull.ended_at <= EXIT_DELAY
    return calls == ("container.create", 404, "image.pull", 200) and prompt


def _command_line(command: tuple[str, ...]) -> str:
    return " ".join(command) or "its own startup command"


def _is_first_start(story: Story, call: ApiCall) -> bool:
    return (
        next((other.call for other in story.calls_on(call.container_id) if other.name == "container.start"), "")
        == call.call
    )


def _was_attached(call: ApiCall, moment: float) -> bool:
    """Return whether this is an attach call for output that was open at the moment."""
    shows = call.flag("stdout") or call.flag("stderr")
    return call.name == "container.attach" and shows and call.was_open_at(moment) and call.status in (0, 101, 200)


def _exec_start_call(story: Story, call: ApiCall) -> ApiCall | None:
    exec_id = call.end.result.get("id") if call.end else None
    starts = (start for start in story.calls_named("exec.start") if exec_id and f"/exec/{exec_id}/" in start.path)
    return next((start for start in starts if start.end is not None), None)
