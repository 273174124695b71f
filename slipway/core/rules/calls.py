"""The rules about API calls and their answers, and about command lines in the shell.

registry.py says what a rule is, and has the table of all rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slipway.core import events as e
from slipway.core.rules.matchers import ContainerIds, Match, matches_image, matches_value, targets
from slipway.core.story import ApiCall, Story


def called(
    story: Story,
    *,
    call: str,
    container: ContainerIds = None,
    other_than: ContainerIds = None,
    status: int | None = None,
    failed: bool | None = None,
    params: dict[str, str] | None = None,
    image: str | None = None,
    error: str | None = None,
) -> Iterator[Match]:
    """The client made the API call `call` (`container.list`, `image.list`, `system.version`, …) and got an answer.

    `image`: the image that the call was about. `error`: words of the engine's error message.
    """
    for api_call in story.calls_named(call):
        if (
            api_call.end is None
            or not targets(api_call, container, other_than)
            or not matches_value(api_call.status, status)
        ):
            continue
        if not matches_value(api_call.status >= 400, failed):
            continue
        if params and any(str(api_call.params.get(key, "")) != str(value) for key, value in params.items()):
            continue
        if not matches_image(_image_of_call(api_call), image) or (error and error not in api_call.error):
            continue
        yield Match(api_call.at, _describe(story, api_call), api_call.container_id)


def pending(
    story: Story, *, call: str, container: ContainerIds = None, other_than: ContainerIds = None
) -> Iterator[Match]:
    """The API call `call` has begun and not ended: `docker stop` while it waits, for example."""
    for api_call in story.calls_named(call):
        if api_call.end is None and targets(api_call, container, other_than):
            yield Match(
                api_call.at,
                f"waiting for the engine: {call.replace('.', ' ')} {story.container_name(api_call.container_id)}",
                api_call.container_id,
            )


def pulled(story: Story, *, image: str | None = None) -> Iterator[Match]:
    """An image was pulled from the hub into the image cache."""
    for event in story.events_of(e.ImagePulled):
        if matches_image(event.image, image):
            yield Match(event.at, f"pulled {event.image} from the hub")


def pruned(story: Story, *, what: str | None = None) -> Iterator[Match]:
    """A prune was carried out on `what`: container, image, network, volume or builder."""
    for event in story.events_of(e.Pruned):
        if matches_value(event.what, what):
            yield Match(event.at, f"pruned {event.what}s")


def refused(story: Story, *, call: str | None = None, contains: str | None = None) -> Iterator[Match]:
    """The gateway refused a request, with a message that has `contains` in it."""
    for event in story.events_of(e.CallRefused):
        if matches_value(event.name, call) and (contains is None or contains in event.message):
            yield Match(event.at, f"refused: {event.message}")


def typed(story: Story, *, matches: str, status: int | None = None) -> Iterator[Match]:
    """A command line was typed that the regular expression `matches` is found in. `status`: its exit status.

    The time of a match is the end of the command: the line explains everything that it did."""
    ends = story.events_of(e.CommandFinished)
    for event in story.events_of(e.CommandTyped):
        end = next((end for end in ends if end.terminal == event.terminal and end.at >= event.at), None)
        if re.search(matches, event.line) and (status is None or (end is not None and end.status == status)):
            yield Match(end.at if end else event.at, f"typed {event.line}")


def _describe(story: Story, api_call: ApiCall) -> str:
    """Describe a call as an observer would."""
    template = _DESCRIPTIONS.get(api_call.name, f"asked the engine: {api_call.name.replace('.', ' ')} {{who}}")
    image = _image_of_call(api_call) or "an image"
    container = story.container_name(api_call.container_id) or (api_call.target.ref if api_call.target else "")
    if api_call.name == "container.list" and api_call.flag("all"):
        template = "listed all containers"
    text = template.format(who=container, image=image).strip()
    return f"{text}, in vain" if api_call.status >= 400 else text


def _image_of_call(api_call: ApiCall) -> str:
    """Return the image in a call's path (`/images/NAME/json`), or the one that it pulls; "" for none."""
    pulled_image = str(api_call.params.get("fromImage") or "")
    if pulled_image:
        return f"{pulled_image}:{api_call.params.get('tag') or 'latest'}"
    match = re.fullmatch(r"/images/(.+)/\w+", api_call.path)
    return match[1] if match else ""


_DESCRIPTIONS = {
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
