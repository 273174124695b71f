"""The rules about what was said: calls to the engine, what the engine or the gateway answered, lines in the shell.

Part of rules.py, which has the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slipway.core import events as e
from slipway.core.rules.matchers import Ids, Match, is_about, same, same_image
from slipway.core.story import Act, Story


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
        if act.end is None or not is_about(act, container, other_than) or not same(act.status, status):
            continue
        if not same(act.status >= 400, failed):
            continue
        if params and any(str(act.params.get(key, "")) != str(value) for key, value in params.items()):
            continue
        if not same_image(_image_of(act), image):
            continue
        yield Match(act.at, _doing(story, act), act.id)


def pending(story: Story, *, call: str, container: Ids = None, other_than: Ids = None) -> Iterator[Match]:
    """The API call `call` has begun and not ended: `docker stop` while it waits, say."""
    for act in story.named(call):
        if act.end is None and is_about(act, container, other_than):
            yield Match(act.at, f"waiting for the engine: {call.replace('.', ' ')} {story.name_of(act.id)}", act.id)


def pulled(story: Story, *, image: str | None = None) -> Iterator[Match]:
    """An image was pulled from the hub into the image cache."""
    for one in story.kind(e.ImagePulled):
        if same_image(one.image, image):
            yield Match(one.at, f"pulled {one.image} from the hub")


def pruned(story: Story, *, what: str | None = None) -> Iterator[Match]:
    """A prune was carried out on `what`: container, image, network, volume or builder."""
    for one in story.kind(e.Pruned):
        if same(one.what, what):
            yield Match(one.at, f"pruned {one.what}s")


def refused(story: Story, *, call: str | None = None, contains: str | None = None) -> Iterator[Match]:
    """The gateway refused a request, with a sentence that has `contains` in it."""
    for one in story.kind(e.CallRefused):
        if same(one.name, call) and (contains is None or contains in one.message):
            yield Match(one.at, f"refused: {one.message}")


def typed(story: Story, *, matches: str, status: int | None = None) -> Iterator[Match]:
    """A command line was typed that the regular expression `matches` is found in; `status`: how it ended.

    A match is as late as the line's end: what was typed explains all that it did."""
    ends = story.kind(e.CommandFinished)
    for one in story.kind(e.CommandTyped):
        end = next((end for end in ends if end.terminal == one.terminal and end.at >= one.at), None)
        if re.search(matches, one.line) and (status is None or (end is not None and end.status == status)):
            yield Match(end.at if end else one.at, f"typed {one.line}")


def _doing(story: Story, act: Act) -> str:
    """What a call was about, as somebody would say it who watched."""
    words = _DOINGS.get(act.name, f"asked the engine: {act.name.replace('.', ' ')} {{who}}")
    image = _image_of(act) or "an image"
    who = story.name_of(act.id) or (act.target.ref if act.target else "")
    if act.name == "container.list" and act.flag("all"):
        words = "listed all containers"
    said = words.format(who=who, image=image).strip()
    return f"{said}, in vain" if act.status >= 400 else said


def _image_of(act: Act) -> str:
    """The image in a call's path (`/images/NAME/json`) or in what it pulls."""
    pulls = str(act.params.get("fromImage") or "")
    if pulls:
        return f"{pulls}:{act.params.get('tag') or 'latest'}"
    match = re.fullmatch(r"/images/(.+)/\w+", act.path)
    return match[1] if match else ""


_DOINGS = {
    "system.version": "asked both halves for their versions",
    "system.info": "asked the server about itself",
    "system.df": "asked how the disk is used",
    "container.list": "listed the running containers",
    "container.inspect": "looked up {who}",
    "container.top": "looked at the processes of {who}",
    "container.stats": "looked at what {who} uses",
    "container.changes": "asked what {who} has changed",
    "container.logs": "read the logs of {who}",
    "container.create": "created a container",
    "container.start": "started {who}",
    "container.stop": "asked {who} to stop",
    "container.restart": "restarted {who}",
    "container.kill": "sent a signal to {who}",
    "container.pause": "paused {who}",
    "container.remove": "removed {who}",
    "container.wait": "ran {who} to its end",
    "container.attach": "connected to {who}",
    "image.list": "listed the images",
    "image.inspect": "looked into the image {image}",
    "image.history": "asked how {image} was made",
    "image.pull": "pulled {image}",
    "image.prune": "pruned images",
    "image.remove": "removed an image",
}
