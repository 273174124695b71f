"""THE POLICY, as one table: every route of the Docker Engine API from 1.24 to 1.56, and what the lab says to it.

One file for each noun. Rows that pass name their query's schema and their body's model; rows that do not pass carry the
sentence for the person who typed the command. What stands nowhere here is refused. Verdicts: section 2 of the policy's
document. Knows nothing about HTTP and sockets; policy.py reads the table.
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
