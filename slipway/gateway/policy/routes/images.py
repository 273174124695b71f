"""Images, and building them (sections 2.3 and 2.10 of the policy)."""

from __future__ import annotations

from slipway.gateway.policy import messages as messages
from slipway.gateway.policy import query as q
from slipway.gateway.policy.routes.route import FILTERS, Route, deny

BUILD_QUERY = {
    "dockerfile": q.dockerfile,
    "t": q.build_names,
    "q": q.flag,
    "nocache": q.flag,
    "pull": q.ignored_flag,
    "rm": q.flag,
    "forcerm": q.flag,
    "target": q.text_of("-_.", 128),
    "labels": q.labels,
    "buildargs": q.json_map,
    "version": q.builder_version,
    "platform": q.own_platform,
    "networkmode": q.build_network,
    "memory": q.ignored,
    "memswap": q.ignored,
    "cpushares": q.ignored,
    "cpuperiod": q.ignored,
    "cpuquota": q.ignored,
    "cpusetcpus": q.ignored,
    "cpusetmems": q.ignored,
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
        query={"all": q.flag, "digests": q.flag, "shared-size": q.ignored_flag, "manifests": q.ignored_flag, **FILTERS},
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
    Route("GET", "/images/{image}/json", "image.inspect", query={"manifests": q.ignored_flag, "platform": q.no_text}),
    Route("GET", "/images/{image}/history", "image.history", query={"platform": q.no_text}),
    Route("POST", "/images/{image}/tag", "image.tag", query={"repo": q.repository, "tag": q.tag}),
    Route(
        "DELETE",
        "/images/{image}",
        "image.remove",
        "inspect",
        {"force": q.flag, "noprune": q.flag, "platforms": q.no_list},
    ),
    Route("POST", "/build", "image.build", "inspect", BUILD_QUERY, flow="build", tar=True),
    Route(
        "POST",
        "/build/prune",
        "build.prune",
        query={
            "all": q.flag,
            "keep-storage": q.integer(0, 10**15),
            "reserved-space": q.integer(0, 10**15),
            "max-used-space": q.integer(0, 10**15),
            "min-free-space": q.integer(0, 10**15),
            **FILTERS,
        },
    ),
)

DENIED = (
    *deny(messages.ARCHIVE, "GET /images/get", "GET /images/{any}/get", "POST /images/load"),
    *deny(messages.MANIFEST, "GET /images/{any}/attestations", "GET /distribution/{any}/json"),
    *deny(messages.SEARCH, "GET /images/search"),
    *deny(messages.PUSH, "POST /images/{any}/push"),
    *deny(messages.BUILDKIT, "POST /build/cancel", "POST /session", "POST /grpc"),
)
