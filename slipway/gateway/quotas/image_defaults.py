"""Checks what a container takes from its image against the rules for what a learner asks for: the gateway does not read
Dockerfiles. Takes the engine's description of the image, raises a refusal. Pure.
"""

from __future__ import annotations

from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.policy import messages, values
from slipway.gateway.policy.port_bindings import MAX_PORTS
from slipway.gateway.policy.refusal import Refusal


def check_working_dir(body: dict[str, Any], inspected: Any) -> None:
    """Check the working directory of a create or an exec with this canonical `body`.

    `inspected` is the engine's description of the image or the container; None if there is none. CVE-2024-21626 (a
    process that starts in a directory of the kernel) can come from either. Raises Refusal (400, 403).
    """
    directory = _config(inspected).get("WorkingDir")
    if "WorkingDir" in body or not directory:
        return
    try:
        values.absolute_path(str(directory))
    except Refusal as refusal:
        raise Refusal(refusal.status, f"The image's WORKDIR {refusal.message}", "image:workdir") from None


def check_published_ports(body: dict[str, Any], inspected: Any) -> None:
    """Check a create with -P: the engine runs a process for each published port. Raises Refusal (403)."""
    host = body["HostConfig"]
    if not host.get("PublishAllPorts"):
        return
    exposed = [_config(inspected).get("ExposedPorts"), body.get("ExposedPorts"), host.get("PortBindings")]
    published = {port if "/" in port else f"{port}/tcp" for ports in exposed for port in as_object(ports)}
    if len(published) > MAX_PORTS:
        raise Refusal(403, messages.FIELDS["HostConfig.PortBindings"], "image:ports")


def _config(inspected: Any) -> dict[str, Any]:
    return as_object(as_object(inspected).get("Config"))
