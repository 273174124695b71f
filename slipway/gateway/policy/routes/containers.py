"""Containers and the commands that run in them (section 2.2 of the policy)."""

from __future__ import annotations

from slipway.gateway.policy import messages as messages
from slipway.gateway.policy import query as q
from slipway.gateway.policy.bodies import ExecCreate, ExecStart
from slipway.gateway.policy.container_create import ContainerCreate
from slipway.gateway.policy.routes.route import FILTERS, TIME, Route, deny

CONTAINER = "/containers/{container}"
LOGS_QUERY = {
    "follow": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "since": TIME,
    "until": TIME,
    "timestamps": q.flag,
    "details": q.ignored_flag,  # not in the policy's list; it shows options of log drivers, which the lab refuses
    "tail": q.tail,
}
ATTACH_QUERY = {
    "stream": q.flag,
    "stdin": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "logs": q.flag,
    "detachKeys": q.text_of("-,@[]^\\_"),
}
RESIZE_QUERY = {"h": q.integer(1, 1000), "w": q.integer(1, 1000)}
STOP_QUERY = {"t": q.integer(-1, 60), "signal": q.signal}

ALLOWED = (
    Route(
        "GET",
        "/containers/json",
        "container.list",
        query={"all": q.flag, "limit": q.integer(-1, 1000), "size": q.ignored_flag, **FILTERS},
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
    Route("GET", f"{CONTAINER}/json", "container.inspect", query={"size": q.ignored_flag}),
    Route("GET", f"{CONTAINER}/logs", "container.logs", query=LOGS_QUERY, flow="stream"),
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
    Route("POST", f"{CONTAINER}/attach", "container.attach", "inspect", ATTACH_QUERY, flow="hijack"),
    Route("POST", f"{CONTAINER}/start", "container.start", query={"detachKeys": ATTACH_QUERY["detachKeys"]}),
    Route("POST", f"{CONTAINER}/stop", "container.stop", query=STOP_QUERY),
    Route("POST", f"{CONTAINER}/restart", "container.restart", query=STOP_QUERY),
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
    Route("POST", f"{CONTAINER}/resize", "container.resize", query=RESIZE_QUERY),
    Route("POST", f"{CONTAINER}/rename", "container.rename", query={"name": q.name}),
    Route("POST", f"{CONTAINER}/exec", "container.exec", "inspect", body=ExecCreate),
    Route("DELETE", CONTAINER, "container.remove", query={"v": q.flag, "force": q.flag, "link": q.no_flag}),
    Route("POST", "/exec/{exec}/start", "exec.start", "inspect", body=ExecStart, flow="hijack"),
    Route("POST", "/exec/{exec}/resize", "exec.resize", query=RESIZE_QUERY),
    Route("GET", "/exec/{exec}/json", "exec.inspect"),
)

DENIED = (
    *deny(messages.EXPORT, f"GET {CONTAINER}/export"),
    *deny(messages.OBSOLETE, f"POST {CONTAINER}/copy"),
    *deny(messages.WEBSOCKET, f"GET {CONTAINER}/attach/ws"),
    *deny(messages.UPDATE, f"POST {CONTAINER}/update"),
    *deny(messages.COMMIT, "POST /commit"),
    *deny(
        messages.CHECKPOINT,
        f"GET {CONTAINER}/checkpoints",
        f"POST {CONTAINER}/checkpoints",
        f"DELETE {CONTAINER}/checkpoints/{{any}}",
    ),
)
