"""Images, and building them (sections 2.3 and 2.10 of the policy)."""

from __future__ import annotations

from slipway.gateway.policy import messages as say
from slipway.gateway.policy import query as q
from slipway.gateway.policy.routes.route import FILTERS, Route, deny

BUILD = {
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
    "version": q.builder,
    "platform": q.own_platform,
    "networkmode": q.build_network,
    "memory": q.dropped,
    "memswap": q.dropped,
    "cpushares": q.dropped,
    "cpuperiod": q.dropped,
    "cpuquota": q.dropped,
    "cpusetcpus": q.dropped,
    "cpusetmems": q.dropped,
    "remote": q.no_text,
    "extrahosts": q.no_list,
    "cgroupparent": q.no_text,
    "securityopt": q.no_list,
    "ulimits": q.no_list,
    "shmsize": q.no_number,
    "cachefrom": q.no_list,
    "squash": q.no_flag,
    "isolation": q.no_text,
    "outputs": q.no_text,
    "session": q.no_text,
    "buildid": q.no_text,
}

ALLOWED = (
    Route(
        "GET",
        "/images/json",
        "image.list",
        query={"all": q.flag, "digests": q.flag, "shared-size": q.off, "manifests": q.off, **FILTERS},
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
            "fromSrc": q.no_text,
            "repo": q.no_text,
            "message": q.no_text,
            "changes": q.no_list,
        },
        flow="stream",
    ),
    Route("POST", "/images/prune", "image.prune", "inspect", FILTERS),
    Route("GET", "/images/{image}/json", "image.inspect", query={"manifests": q.off, "platform": q.no_text}),
    Route("GET", "/images/{image}/history", "image.history", query={"platform": q.no_text}),
    Route("POST", "/images/{image}/tag", "image.tag", query={"repo": q.repository, "tag": q.tag}),
    Route(
        "DELETE",
        "/images/{image}",
        "image.remove",
        "inspect",
        {"force": q.flag, "noprune": q.flag, "platforms": q.no_list},
    ),
    Route("POST", "/build", "image.build", "inspect", BUILD, flow="build", tar=True),
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
            **FILTERS,
        },
    ),
)

DENIED = (
    *deny(say.ARCHIVE, "GET /images/get", "GET /images/{any}/get", "POST /images/load"),
    *deny(say.MANIFEST, "GET /images/{any}/attestations", "GET /distribution/{any}/json"),
    *deny(say.SEARCH, "GET /images/search"),
    *deny(say.PUSH, "POST /images/{any}/push"),
    *deny(say.BUILDKIT, "POST /build/cancel", "POST /session", "POST /grpc"),
)
