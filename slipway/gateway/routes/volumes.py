"""Volumes (section 2.5 of the policy): plain directories of the sandbox."""

from __future__ import annotations

from slipway.gateway import query as q
from slipway.gateway import sentences as say
from slipway.gateway.bodies import VolumeCreate
from slipway.gateway.routes.route import FILTERS, Route, deny

ALLOWED = (
    Route("GET", "/volumes", "volume.list", query=FILTERS),
    Route("POST", "/volumes/create", "volume.create", "inspect", body=VolumeCreate),
    Route("POST", "/volumes/prune", "volume.prune", query=FILTERS),
    Route("GET", "/volumes/{volume}", "volume.inspect"),
    Route("DELETE", "/volumes/{volume}", "volume.remove", query={"force": q.flag}),
)

DENIED = deny(say.CLUSTER_VOLUME, "PUT /volumes/{any}")
