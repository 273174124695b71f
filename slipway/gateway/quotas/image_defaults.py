"""What a container takes from its image, held against the rules for what a learner asks for: a Dockerfile may say
anything, and no gateway reads one. What the engine says of the image goes in, a refusal comes out. Pure.
"""

from __future__ import annotations

from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.policy import messages, values
from slipway.gateway.policy.port_bindings import MOST
from slipway.gateway.policy.refusal import Refusal


def workplace(body: dict[str, Any], described: Any) -> None:
    """Before a create or an exec with this canonical `body`, of an image or in a container that the engine `described`
    (or not: None). The pattern of CVE-2024-21626, a process that begins in a directory of the kernel's, has two
    ways in. Raises Refusal (400, 403)."""
    place = _config(described).get("WorkingDir")
    if "WorkingDir" in body or not place:
        return
    try:
        values.absolute(str(place))
    except Refusal as refusal:
        raise Refusal(refusal.status, f"The image's WORKDIR {refusal.message}", "image:workdir") from None


def ports(body: dict[str, Any], image: Any) -> None:
    """Before a create with -P: each published port is a process of the engine's. Raises Refusal (403)."""
    host = body["HostConfig"]
    if not host.get("PublishAllPorts"):
        return
    exposed = [_config(image).get("ExposedPorts"), body.get("ExposedPorts"), host.get("PortBindings")]
    published = {port if "/" in port else f"{port}/tcp" for some in exposed for port in as_object(some)}
    if len(published) > MOST:
        raise Refusal(403, messages.FIELDS["HostConfig.PortBindings"], "image:ports")


def _config(described: Any) -> dict[str, Any]:
    return as_object(as_object(described).get("Config"))
