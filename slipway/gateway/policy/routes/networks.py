"""Networks (section 2.4 of the policy): only bridges inside the sandbox."""

from __future__ import annotations

from slipway.gateway.policy import query as q
from slipway.gateway.policy.bodies import NetworkConnect, NetworkCreate, NetworkDisconnect
from slipway.gateway.policy.routes.route import FILTERS, Route

ALLOWED = (
    Route("GET", "/networks", "network.list", query=FILTERS),
    Route("GET", "/networks/", "network.list", query=FILTERS),
    Route("POST", "/networks/create", "network.create", "inspect", body=NetworkCreate),
    Route("POST", "/networks/prune", "network.prune", query=FILTERS),
    Route(
        "GET",
        "/networks/{network}",
        "network.inspect",
        query={"verbose": q.flag, "scope": q.one_of("", "local", "swarm", "global")},
    ),
    Route("POST", "/networks/{network}/connect", "network.connect", "inspect", body=NetworkConnect),
    Route("POST", "/networks/{network}/disconnect", "network.disconnect", body=NetworkDisconnect),
    Route("DELETE", "/networks/{network}", "network.remove"),
)
