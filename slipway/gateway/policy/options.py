"""The policy's settings, which differ from lab to lab: passed to every rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from slipway.gateway.limits import GatewayLimits

DEFAULT_CATALOGUE = ("hello-world", "busybox", "redis", "nginx")


@dataclass(frozen=True)
class PolicyOptions:
    """The images in the lab's registry, whether Docker Hub may be used too, the platform, and the limits."""

    catalogue: tuple[str, ...] = DEFAULT_CATALOGUE
    online: bool = False
    platform: str = "linux/amd64"
    limits: GatewayLimits = field(default_factory=GatewayLimits)
