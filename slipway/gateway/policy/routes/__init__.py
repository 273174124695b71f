"""THE POLICY as one table: every route of the Docker Engine API from 1.24 to 1.56, and the lab's action for it.

One file per noun. Allowed rows name their query's schema and their body's model; denied rows have a message for the
person who typed the command. A route without a row is refused. The actions come from section 2 of the policy's
document. Knows nothing about HTTP and sockets; decision.py applies the table.
"""

from __future__ import annotations

from slipway.gateway.policy.routes import containers, images, networks, system, volumes
from slipway.gateway.policy.routes.route import Route

__all__ = ["ALLOWED", "DENIED", "ROUTES", "Route"]

ALLOWED: tuple[Route, ...] = (
    *system.ALLOWED,
    *containers.ALLOWED,
    *images.ALLOWED,
    *networks.ALLOWED,
    *volumes.ALLOWED,
)
DENIED: tuple[Route, ...] = (*system.DENIED, *containers.DENIED, *images.DENIED, *volumes.DENIED)
ROUTES: tuple[Route, ...] = ALLOWED + DENIED
