"""The engine's API as the policy's document lists it, row by row (sections 2.1 to 2.7): written out again, not taken
from the table under test. `{}` stands for a name."""

from __future__ import annotations

PASSES = """
GET /_ping
HEAD /_ping
GET /version
GET /info
GET /events
GET /system/df
GET /containers/json
POST /containers/create
GET /containers/{}/json
GET /containers/{}/logs
GET /containers/{}/top
GET /containers/{}/stats
GET /containers/{}/changes
GET /containers/{}/archive
HEAD /containers/{}/archive
PUT /containers/{}/archive
POST /containers/{}/attach
POST /containers/{}/start
POST /containers/{}/stop
POST /containers/{}/restart
POST /containers/{}/kill
POST /containers/{}/pause
POST /containers/{}/unpause
POST /containers/{}/wait
POST /containers/{}/resize
POST /containers/{}/rename
POST /containers/{}/exec
POST /exec/{}/start
POST /exec/{}/resize
GET /exec/{}/json
DELETE /containers/{}
POST /containers/prune
GET /images/json
GET /images/{}/json
GET /images/{}/history
POST /images/create
POST /images/{}/tag
DELETE /images/{}
POST /images/prune
POST /build
POST /build/prune
GET /networks
GET /networks/
GET /networks/{}
POST /networks/create
POST /networks/{}/connect
POST /networks/{}/disconnect
DELETE /networks/{}
POST /networks/prune
GET /volumes
GET /volumes/{}
POST /volumes/create
DELETE /volumes/{}
POST /volumes/prune
""".strip().split("\n")

ANSWERED_HERE = ["GET /plugins"]

REFUSED = """
POST /auth
GET /debug/vars
GET /debug/pprof/
GET /debug/pprof/cmdline
GET /debug/pprof/profile
GET /debug/pprof/symbol
GET /debug/pprof/trace
GET /debug/pprof/{}
GET /containers/{}/export
POST /containers/{}/copy
GET /containers/{}/attach/ws
POST /containers/{}/update
POST /commit
GET /containers/{}/checkpoints
POST /containers/{}/checkpoints
DELETE /containers/{}/checkpoints/{}
GET /images/{}/attestations
GET /images/search
GET /images/get
GET /images/{}/get
POST /images/load
POST /images/{}/push
POST /build/cancel
POST /session
POST /grpc
GET /distribution/{}/json
PUT /volumes/{}
POST /swarm/init
POST /swarm/join
POST /swarm/leave
GET /swarm
GET /swarm/unlockkey
POST /swarm/update
POST /swarm/unlock
GET /services
GET /services/{}
POST /services/create
POST /services/{}/update
DELETE /services/{}
GET /services/{}/logs
GET /nodes
GET /nodes/{}
DELETE /nodes/{}
POST /nodes/{}/update
GET /tasks
GET /tasks/{}
GET /tasks/{}/logs
GET /secrets
POST /secrets/create
DELETE /secrets/{}
GET /secrets/{}
POST /secrets/{}/update
GET /configs
POST /configs/create
DELETE /configs/{}
GET /configs/{}
POST /configs/{}/update
GET /plugins/{}/json
GET /plugins/privileges
DELETE /plugins/{}
POST /plugins/{}/enable
POST /plugins/{}/disable
POST /plugins/pull
POST /plugins/{}/push
POST /plugins/{}/upgrade
POST /plugins/{}/set
POST /plugins/create
""".strip().split("\n")

NO_ROUTE = ["OPTIONS /info", "OPTIONS /containers/{}/json", "PATCH /containers/{}", "GET /", "TRACE /version"]
"""Requests without a row: OPTIONS of any route, and what no engine supports."""
