"""Published ports: inside the sandbox, where a browser or curl can reach them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from slipway.gateway.policy.refusal import Refusal, printable
from slipway.gateway.policy.strict_model import Port, StrictModel

_HOST_PORT = re.compile(r"(0|[1-9][0-9]{3,4})(?:-([1-9][0-9]{3,4}))?\Z")
_ALLOWED_PORTS = range(1024, 65536)
MAX_PORTS = 50
"""Ports of one container. The engine runs a process for each published port."""


def _check_host_port(text: str) -> str:
    """Check a port, a range, or `0` (any port)."""
    match = _HOST_PORT.match(text)
    ends = [int(port) for port in match.groups() if port] if match else []
    if ends != [0] and (not ends or any(port not in _ALLOWED_PORTS for port in ends) or ends != sorted(ends)):
        raise Refusal(
            403,
            f"The lab can't publish on port {printable(text)}: the ports below 1024 are kept. "
            "Use one from 1024 to 65535, such as -p 8080:80.",
        )
    return text


class PortBinding(StrictModel):
    """Address and port where a container's port is published inside the sandbox."""

    HostIp: Literal["127.0.0.1", "0.0.0.0"] = "0.0.0.0"  # noqa: S104  (the sandbox's own network namespace)
    HostPort: Annotated[str, AfterValidator(_check_host_port)] = ""


PortBindingList: TypeAlias = Annotated[
    list[PortBinding], BeforeValidator(lambda given: [] if given is None else given), Field(max_length=5)
]
PortMap: TypeAlias = Annotated[dict[Port, PortBindingList], Field(max_length=MAX_PORTS)]
