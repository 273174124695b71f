"""THE POLICY, as one table: every route of the Docker Engine API from 1.24 to 1.56, and what the lab says to it.

Rows that pass name their query's schema and their body's model; rows that do not pass carry the sentence for the
person who typed the command. What stands nowhere here is refused. Verdicts: section 2 of the policy's document.
This module knows nothing about HTTP and sockets; policy.py reads the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from slipway.gateway import query as q
from slipway.gateway import sentences as say
from slipway.gateway.bodies import (
    ExecCreate,
    ExecStart,
    NetworkConnect,
    NetworkCreate,
    NetworkDisconnect,
    VolumeCreate,
)
from slipway.gateway.body import Strict
from slipway.gateway.create import ContainerCreate

Verdict: TypeAlias = Literal["allow", "inspect", "deny", "lab"]
Flow: TypeAlias = Literal["plain", "stream", "wait", "events", "hijack", "build", "upload"]


@dataclass(frozen=True)
class Route:
    """One row: which requests it means, and what becomes of them.

    `name` is the call's short name in the journal; `flow` says how its answer comes (and which limit counts it);
    `tar` says that the body is an archive, passed on unread.
    """

    method: str
    path: str
    name: str = "unknown"
    verdict: Verdict = "allow"
    query: q.Schema = field(default_factory=dict)
    body: type[Strict] | None = None
    flow: Flow = "plain"
    tar: bool = False
    sentence: str = ""
    status: int = 403
    answer: Any = None


_FILTERS = {"filters": q.filters}
_LOGS = {
    "follow": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "since": q.text_of("-:.+TZ"),
    "until": q.text_of("-:.+TZ"),
    "timestamps": q.flag,
    "details": q.off,  # not in the law's list; the details are options of log drivers, and the lab passes none
    "tail": q.text_of(""),
}
_ATTACH = {
    "stream": q.flag,
    "stdin": q.flag,
    "stdout": q.flag,
    "stderr": q.flag,
    "logs": q.flag,
    "detachKeys": q.text_of("-,@[]^\\_"),
}
_SIZE = {"h": q.whole(1, 1000), "w": q.whole(1, 1000)}
_STOP = {"t": q.whole(-1, 60), "signal": q.signal}
_BUILD = {
    "dockerfile": q.dockerfile,
    "t": q.own_names,
    "q": q.flag,
    "nocache": q.flag,
    "pull": q.off,
    "rm": q.flag,
    "forcerm": q.flag,
    "target": q.text_of("-_.", 128),
    "labels": q.labels,
    "buildargs": q.json_map,
    "version": q.one_of("", "1"),
    "platform": q.platform,
    "networkmode": q.build_network,
    "memory": q.dropped,
    "memswap": q.dropped,
    "cpushares": q.dropped,
    "cpuperiod": q.dropped,
    "cpuquota": q.dropped,
    "cpusetcpus": q.dropped,
    "cpusetmems": q.dropped,
    "remote": q.empty,
    "extrahosts": q.empty,
    "cgroupparent": q.empty,
    "securityopt": q.empty,
    "ulimits": q.empty,
    "shmsize": q.empty,
    "cachefrom": q.empty,
    "squash": q.empty,
    "isolation": q.empty,
    "outputs": q.empty,
    "session": q.empty,
    "buildid": q.empty,
}
_C = "/containers/{container}"

ALLOWED: tuple[Route, ...] = (
    # system
    Route("GET", "/_ping", "system.ping"),
    Route("HEAD", "/_ping", "system.ping"),
    Route("GET", "/version", "system.version"),
    Route("GET", "/info", "system.info", "inspect"),
    Route(
        "GET",
        "/events",
        "system.events",
        "inspect",
        {"since": q.text_of("-:.+TZ"), "until": q.text_of("-:.+TZ"), **_FILTERS},
        flow="events",
    ),
    Route(
        "GET", "/system/df", "system.df", query={"type": q.one_of("", "container", "image", "volume", "build-cache")}
    ),
    # containers
    Route(
        "GET",
        "/containers/json",
        "container.list",
        query={"all": q.flag, "limit": q.whole(-1, 1000), "size": q.off, **_FILTERS},
    ),
    Route(
        "POST",
        "/containers/create",
        "container.create",
        "inspect",
        {"name": q.name, "platform": q.platform},
        ContainerCreate,
    ),
    Route("POST", "/containers/prune", "container.prune", query=_FILTERS),
    Route("GET", f"{_C}/json", "container.inspect", query={"size": q.off}),
    Route("GET", f"{_C}/logs", "container.logs", query=_LOGS, flow="stream"),
    Route("GET", f"{_C}/top", "container.top", "inspect", {"ps_args": q.ps_args}),
    Route("GET", f"{_C}/stats", "container.stats", query={"stream": q.flag, "one-shot": q.flag}, flow="stream"),
    Route("GET", f"{_C}/changes", "container.changes"),
    Route("GET", f"{_C}/archive", "container.archive.get", "inspect", {"path": q.path}),
    Route("HEAD", f"{_C}/archive", "container.archive.get", "inspect", {"path": q.path}),
    Route(
        "PUT",
        f"{_C}/archive",
        "container.archive.put",
        "inspect",
        {"path": q.path, "noOverwriteDirNonDir": q.flag, "copyUIDGID": q.flag},
        flow="upload",
        tar=True,
    ),
    Route("POST", f"{_C}/attach", "container.attach", "inspect", _ATTACH, flow="hijack"),
    Route("POST", f"{_C}/start", "container.start", query={"detachKeys": _ATTACH["detachKeys"]}),
    Route("POST", f"{_C}/stop", "container.stop", query=_STOP),
    Route("POST", f"{_C}/restart", "container.restart", query=_STOP),
    Route("POST", f"{_C}/kill", "container.kill", query={"signal": q.signal}),
    Route("POST", f"{_C}/pause", "container.pause"),
    Route("POST", f"{_C}/unpause", "container.unpause"),
    Route(
        "POST",
        f"{_C}/wait",
        "container.wait",
        query={"condition": q.one_of("", "not-running", "next-exit", "removed")},
        flow="wait",
    ),
    Route("POST", f"{_C}/resize", "container.resize", query=_SIZE),
    Route("POST", f"{_C}/rename", "container.rename", query={"name": q.name}),
    Route("POST", f"{_C}/exec", "container.exec", "inspect", body=ExecCreate),
    Route("DELETE", _C, "container.remove", query={"v": q.flag, "force": q.flag, "link": q.empty}),
    Route("POST", "/exec/{exec}/start", "exec.start", "inspect", body=ExecStart, flow="hijack"),
    Route("POST", "/exec/{exec}/resize", "exec.resize", query=_SIZE),
    Route("GET", "/exec/{exec}/json", "exec.inspect"),
    # images
    Route(
        "GET",
        "/images/json",
        "image.list",
        query={"all": q.flag, "digests": q.flag, "shared-size": q.off, "manifests": q.off, **_FILTERS},
    ),
    Route(
        "POST",
        "/images/create",
        "image.pull",
        "inspect",
        {
            "fromImage": q.image,
            "tag": q.tag,
            "platform": q.platform,
            "fromSrc": q.empty,
            "repo": q.empty,
            "message": q.empty,
            "changes": q.empty,
        },
        flow="stream",
    ),
    Route("POST", "/images/prune", "image.prune", "inspect", _FILTERS),
    Route("GET", "/images/{image}/json", "image.inspect", query={"manifests": q.off, "platform": q.platforms}),
    Route("GET", "/images/{image}/history", "image.history", query={"platform": q.platforms}),
    Route("POST", "/images/{image}/tag", "image.tag", query={"repo": q.repository, "tag": q.tag}),
    Route(
        "DELETE",
        "/images/{image}",
        "image.remove",
        "inspect",
        {"force": q.flag, "noprune": q.flag, "platforms": q.platforms},
    ),
    Route("POST", "/build", "image.build", "inspect", _BUILD, flow="build", tar=True),
    Route(
        "POST",
        "/build/prune",
        "build.prune",
        query={
            "all": q.flag,
            "keep-storage": q.whole(0, 10**15),
            "reserved-space": q.whole(0, 10**15),
            "max-used-space": q.whole(0, 10**15),
            "min-free-space": q.whole(0, 10**15),
            **_FILTERS,
        },
    ),
    # networks
    Route("GET", "/networks", "network.list", query=_FILTERS),
    Route("GET", "/networks/", "network.list", query=_FILTERS),
    Route("POST", "/networks/create", "network.create", "inspect", body=NetworkCreate),
    Route("POST", "/networks/prune", "network.prune", query=_FILTERS),
    Route(
        "GET",
        "/networks/{network}",
        "network.inspect",
        query={"verbose": q.flag, "scope": q.one_of("", "local", "swarm", "global")},
    ),
    Route("POST", "/networks/{network}/connect", "network.connect", "inspect", body=NetworkConnect),
    Route("POST", "/networks/{network}/disconnect", "network.disconnect", body=NetworkDisconnect),
    Route("DELETE", "/networks/{network}", "network.remove"),
    # volumes
    Route("GET", "/volumes", "volume.list", query=_FILTERS),
    Route("POST", "/volumes/create", "volume.create", "inspect", body=VolumeCreate),
    Route("POST", "/volumes/prune", "volume.prune", query=_FILTERS),
    Route("GET", "/volumes/{volume}", "volume.inspect"),
    Route("DELETE", "/volumes/{volume}", "volume.remove", query={"force": q.flag}),
    # answered by the lab itself
    Route("GET", "/plugins", "plugin.list", "lab", _FILTERS, answer=[]),
)


def _deny(sentence: str, *rows: str, status: int = 403) -> tuple[Route, ...]:
    split = (row.split(" ") for row in rows)
    return tuple(Route(method, path, verdict="deny", sentence=sentence, status=status) for method, path in split)


DENIED: tuple[Route, ...] = (
    *_deny(say.LOGIN, "POST /auth"),
    *_deny(
        say.DEBUG,
        "GET /debug/vars",
        "GET /debug/pprof/",
        "GET /debug/pprof/cmdline",
        "GET /debug/pprof/profile",
        "GET /debug/pprof/symbol",
        "GET /debug/pprof/trace",
        "GET /debug/pprof/{any}",
    ),
    *_deny(say.ARCHIVE, f"GET {_C}/export", "GET /images/get", "GET /images/{any}/get", "POST /images/load"),
    *_deny(say.OLD, f"POST {_C}/copy"),
    *_deny(say.WEBSOCKET, f"GET {_C}/attach/ws"),
    *_deny(say.UPDATE, f"POST {_C}/update"),
    *_deny(say.COMMIT, "POST /commit"),
    *_deny(
        say.CHECKPOINT,
        f"GET {_C}/checkpoints",
        f"POST {_C}/checkpoints",
        f"DELETE {_C}/checkpoints/{{any}}",
    ),
    *_deny(say.MANIFEST, "GET /images/{any}/attestations", "GET /distribution/{any}/json"),
    *_deny(say.SEARCH, "GET /images/search"),
    *_deny(say.PUSH, "POST /images/{any}/push"),
    *_deny(say.BUILDKIT, "POST /build/cancel", "POST /session", "POST /grpc"),
    *_deny("The lab has no cluster volumes. Use docker volume create.", "PUT /volumes/{any}"),
    *_deny(
        say.SWARM,
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
    # 404, because `docker inspect NAME` tries the plugins last and must then say that there is no such object
    *_deny("No such plugin: this lab has none.", "GET /plugins/{any}/json", status=404),
    *_deny(
        say.PLUGIN,
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
ROUTES: tuple[Route, ...] = ALLOWED + DENIED
