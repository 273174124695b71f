"""The engine itself (section 2.1 of the policy), its plugins (2.7) and Swarm (2.6)."""

from __future__ import annotations

from slipway.gateway.policy import messages as messages
from slipway.gateway.policy import query as q
from slipway.gateway.policy.routes.route import FILTERS, TIME, Route, deny

ALLOWED = (
    Route("GET", "/_ping", "system.ping"),
    Route("HEAD", "/_ping", "system.ping"),
    Route("GET", "/version", "system.version"),
    Route("GET", "/info", "system.info", "inspect"),
    Route("GET", "/events", "system.events", "inspect", {"since": TIME, "until": TIME, **FILTERS}, flow="events"),
    Route(
        "GET",
        "/system/df",
        "system.df",
        query={"type": q.disk_usage_type},
        flow="walk",
    ),
    # answered by the lab: an empty list is friendlier than a refusal
    Route("GET", "/plugins", "plugin.list", "lab", FILTERS, answer=[]),
)

DENIED = (
    *deny(messages.LOGIN, "POST /auth"),
    *deny(
        messages.DEBUG,
        "GET /debug/vars",
        "GET /debug/pprof/",
        "GET /debug/pprof/cmdline",
        "GET /debug/pprof/profile",
        "GET /debug/pprof/symbol",
        "GET /debug/pprof/trace",
        "GET /debug/pprof/{any}",
    ),
    *deny(
        messages.SWARM,
        "GET /swarm",
        "POST /swarm/init",
        "POST /swarm/join",
        "POST /swarm/leave",
        "GET /swarm/unlockkey",
        "POST /swarm/update",
        "POST /swarm/unlock",
        "GET /services",
        "GET /services/{any}",
        "POST /services/create",
        "POST /services/{any}/update",
        "DELETE /services/{any}",
        "GET /services/{any}/logs",
        "GET /nodes",
        "GET /nodes/{any}",
        "DELETE /nodes/{any}",
        "POST /nodes/{any}/update",
        "GET /tasks",
        "GET /tasks/{any}",
        "GET /tasks/{any}/logs",
        "GET /secrets",
        "POST /secrets/create",
        "DELETE /secrets/{any}",
        "GET /secrets/{any}",
        "POST /secrets/{any}/update",
        "GET /configs",
        "POST /configs/create",
        "DELETE /configs/{any}",
        "GET /configs/{any}",
        "POST /configs/{any}/update",
    ),
    # 404, because `docker inspect NAME` tries plugins last and must then report that there is no such object
    *deny("No such plugin: this lab has none.", "GET /plugins/{any}/json", status=404),
    *deny(
        messages.PLUGIN,
        "GET /plugins/privileges",
        "DELETE /plugins/{any}",
        "POST /plugins/pull",
        "POST /plugins/create",
        "POST /plugins/{any}/enable",
        "POST /plugins/{any}/disable",
        "POST /plugins/{any}/push",
        "POST /plugins/{any}/upgrade",
        "POST /plugins/{any}/set",
    ),
)
