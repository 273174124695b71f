"""Where a container's ports may be published: inside the sandbox, where a browser or curl finds them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from slipway.gateway.body import Port, Strict
from slipway.gateway.refusal import Refusal, shown

_HOST_PORT = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z")


def _host_port(text: str) -> str:
    match = _HOST_PORT.match(text)
    if not match or any(int(port) != 0 and not 1024 <= int(port) <= 65535 for port in match.groups() if port):
        raise Refusal(
            403,
            f"The lab can't publish on port {shown(text)}: the ports below 1024 are kept. "
            "Use one from 1024 to 65535, such as -p 8080:80.",
        )
    return text


class PortBinding(Strict):
    """Where a container's port is published inside the sandbox."""

    HostIp: Literal["127.0.0.1", "0.0.0.0"] = "0.0.0.0"  # noqa: S104  (the sandbox's own network namespace)
    HostPort: Annotated[str, AfterValidator(_host_port)] = ""


PortMap: TypeAlias = Annotated[dict[Port, Annotated[list[PortBinding], Field(max_length=5)]], Field(max_length=50)]
"""Each published port is a process of the engine's."""
