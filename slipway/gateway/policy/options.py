"""What this lab allows, as far as it differs from lab to lab: passed to every rule, never looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

from slipway.gateway.limits import GatewayLimits

HUB = ("hello-world", "busybox", "redis", "nginx")


@dataclass(frozen=True)
class PolicyOptions:
    """The images of the lab's hub, whether Docker Hub may be asked too, the platform, and the limits."""

    catalogue: tuple[str, ...] = HUB
    online: bool = False
    platform: str = "linux/amd64"
    limits: GatewayLimits = field(default_factory=GatewayLimits)
