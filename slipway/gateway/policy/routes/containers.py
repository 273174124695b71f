"""Containers and the commands that run in them (section 2.2 of the policy)."""

from __future__ import annotations

from slipway.gateway.policy import messages as say
from slipway.gateway.policy import query as q
from slipway.gateway.policy.bodies import ExecCreate, ExecStart
from slipway.gateway.policy.container_create import ContainerCreate
from slipway.gateway.policy.routes.route import FILTERS, TIME, Route, deny

CONTAINER = "/containers/{container}"
LOGS = {
    "follow": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "since": TIME,
    "until": TIME,
    "timestamps": q.flag,
    "details": q.off,  # not in the law's list; the details are options of log drivers, and the lab passes none
    "tail": q.tail,
}
ATTACH = {
    "stream": q.flag,
    "stdin": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "logs": q.flag,
    "detachKeys": q.text_of("-,@[]^\\_"),
}
SIZE = {"h": q.whole(1, 1000), "w": q.whole(1, 1000)}
STOP = {"t": q.whole(-1, 60), "signal": q.signal}

ALLOWED = (
    Route(
        "GET",
        "/containers/json",
        "container.list",
        query={"all": q.flag, "limit": q.whole(-1, 1000), "size": q.off, **FILTERS},
    ),
    Route(
        "POST",
        "/containers/create",
        "container.create",
        "inspect",
        {"name": q.name, "platform": q.platform},
        ContainerCreate,
    ),
    Route("POST", "/containers/prune", "container.prune", query=FILTERS),
    Route("GET", f"{CONTAINER}/json", "container.inspect", query={"size": q.off}),
    Route("GET", f"{CONTAINER}/logs", "container.logs", query=LOGS, flow="stream"),
    Route("GET", f"{CONTAINER}/top", "container.top", "inspect", {"ps_args": q.ps_args}),
    Route("GET", f"{CONTAINER}/stats", "container.stats", query={"stream": q.flag, "one-shot": q.flag}, flow="stream"),
    Route("GET", f"{CONTAINER}/changes", "container.changes"),
    Route("GET", f"{CONTAINER}/archive", "container.archive.get", "inspect", {"path": q.path}, flow="download"),
    Route("HEAD", f"{CONTAINER}/archive", "container.archive.get", "inspect", {"path": q.path}),
    Route(
        "PUT",
        f"{CONTAINER}/archive",
        "container.archive.put",
        "inspect",
        {"path": q.path, "noOverwriteDirNonDir": q.flag, "copyUIDGID": q.flag},
        flow="upload",
        tar=True,
    ),
    Route("POST", f"{CONTAINER}/attach", "container.attach", "inspect", ATTACH, flow="hijack"),
    Route("POST", f"{CONTAINER}/start", "container.start", query={"detachKeys": ATTACH["detachKeys"]}),
    Route("POST", f"{CONTAINER}/stop", "container.stop", query=STOP),
    Route("POST", f"{CONTAINER}/restart", "container.restart", query=STOP),
    Route("POST", f"{CONTAINER}/kill", "container.kill", query={"signal": q.signal}),
    Route("POST", f"{CONTAINER}/pause", "container.pause"),
    Route("POST", f"{CONTAINER}/unpause", "container.unpause"),
    Route(
        "POST",
        f"{CONTAINER}/wait",
        "container.wait",
        query={"condition": q.one_of("", "not-running", "next-exit", "removed")},
        flow="wait",
    ),
    Route("POST", f"{CONTAINER}/resize", "container.resize", query=SIZE),
    Route("POST", f"{CONTAINER}/rename", "container.rename", query={"name": q.name}),
    Route("POST", f"{CONTAINER}/exec", "container.exec", "inspect", body=ExecCreate),
    Route("DELETE", CONTAINER, "container.remove", query={"v": q.flag, "force": q.flag, "link": q.no_flag}),
    Route("POST", "/exec/{exec}/start", "exec.start", "inspect", body=ExecStart, flow="hijack"),
    Route("POST", "/exec/{exec}/resize", "exec.resize", query=SIZE),
    Route("GET", "/exec/{exec}/json", "exec.inspect"),
)

DENIED = (
    *deny(say.EXPORT, f"GET {CONTAINER}/export"),
    *deny(say.OLD, f"POST {CONTAINER}/copy"),
    *deny(say.WEBSOCKET, f"GET {CONTAINER}/attach/ws"),
    *deny(say.UPDATE, f"POST {CONTAINER}/update"),
    *deny(say.COMMIT, "POST /commit"),
    *deny(
        say.CHECKPOINT,
        f"GET {CONTAINER}/checkpoints",
        f"POST {CONTAINER}/checkpoints",
        f"DELETE {CONTAINER}/checkpoints/{{any}}",
    ),
)
