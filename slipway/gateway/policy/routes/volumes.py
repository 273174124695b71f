"""Volumes (section 2.5 of the policy): plain directories of the sandbox."""

from __future__ import annotations

from slipway.gateway.policy import messages as messages
from slipway.gateway.policy import query as q
from slipway.gateway.policy.bodies import VolumeCreate
from slipway.gateway.policy.routes.route import FILTERS, Route, deny

ALLOWED = (
    Route("GET", "/volumes", "volume.list", query=FILTERS),
    Route("POST", "/volumes/create", "volume.create", "inspect", body=VolumeCreate),
    Route("POST", "/volumes/prune", "volume.prune", query=FILTERS),
    Route("GET", "/volumes/{volume}", "volume.inspect"),
    Route("DELETE", "/volumes/{volume}", "volume.remove", query={"force": q.flag}),
)

DENIED = deny(messages.CLUSTER_VOLUME, "PUT /volumes/{any}")
