"""The limits that the gateway writes into every container that a learner creates, so that each is bounded.

A learner's own smaller wish is kept; a larger one, or none, becomes the lab's bound. Pure.
"""

from __future__ import annotations

from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.limits import SECOND, GatewayLimits

_PAUSES = ("Interval", "Timeout", "StartPeriod", "StartInterval")
_LEAST_CPU = 10_000_000
"""The engine takes no less than a hundredth of a processor (measured: "Range of CPUs is from 0.01")."""


def bounded(body: dict[str, Any], limits: GatewayLimits) -> dict[str, Any]:
    """`body`, a canonical `POST /containers/create`, with every resource within `limits`."""
    host = dict(body.get("HostConfig", {}))
    _memory(host, limits)
    _processor(host, limits)
    _files(host, limits)
    _log(host, limits)
    _restarts(host, limits)
    return body | {"HostConfig": host}


def paced(body: dict[str, Any], image: Any) -> dict[str, Any]:
    """`body`, whose health check is its image's where it says nothing itself, with no pause under a second.

    A Dockerfile's check would pass no rule of create.py; the engine takes each of its times that a create leaves out.
    """
    told = as_object(as_object(as_object(image).get("Config")).get("Healthcheck"))
    own = body.get("Healthcheck", {})
    brisk = {key for key in _PAUSES if key not in own and isinstance(told.get(key), int) and 0 < told[key] < SECOND}
    return body | {"Healthcheck": own | dict.fromkeys(sorted(brisk), SECOND)} if brisk else body


def _least(wish: int, bound: int) -> int:
    return min(wish, bound) if wish > 0 else bound


def _memory(host: dict[str, Any], limits: GatewayLimits) -> None:
    host.pop("MemorySwappiness", None)  # -1, which the client always sends, says nothing
    host["Memory"] = _least(host.get("Memory", 0), limits.memory)
    host["MemorySwap"] = host["Memory"]
    if "MemoryReservation" in host:
        host["MemoryReservation"] = min(host["MemoryReservation"], host["Memory"])
    host["PidsLimit"] = _least(host.get("PidsLimit", 0), limits.pids)
    host["ShmSize"] = _least(host.get("ShmSize", 0), limits.shm)


def _processor(host: dict[str, Any], limits: GatewayLimits) -> None:
    quota, period = host.pop("CpuQuota", 0), host.pop("CpuPeriod", 100_000)
    wish = host.get("NanoCpus", 0) or (max(0, quota) * 1_000_000_000 // period)
    host["NanoCpus"] = max(_LEAST_CPU, _least(wish, limits.nano_cpus))
    if "CpuShares" in host:
        host["CpuShares"] = min(host["CpuShares"], 1024)


def _files(host: dict[str, Any], limits: GatewayLimits) -> None:
    if "Tmpfs" in host:
        host["Tmpfs"] = {path: _tmpfs(text, limits.tmpfs) for path, text in host["Tmpfs"].items()}
    if "Mounts" in host:
        host["Mounts"] = [_mount(mount, limits.tmpfs) for mount in host["Mounts"]]
    for limit in host.get("Ulimits", []):
        hard = _least(limit.get("Hard", 0), limits.open_files)
        limit |= {"Hard": hard, "Soft": _least(limit.get("Soft", 0), hard)}


def _tmpfs(text: str, bound: int) -> str:
    options = [option for option in text.split(",") if option and not option.startswith("size=")]
    wish = [_bytes(option.removeprefix("size=")) for option in text.split(",") if option.startswith("size=")]
    return ",".join([*options, f"size={_least(wish[-1] if wish else 0, bound)}"])


def _bytes(text: str) -> int:
    unit = text[-1].lower()
    return int(text.rstrip("bkmgBKMG")) << 10 * max(0, "bkmg".find(unit))


def _mount(mount: dict[str, Any], bound: int) -> dict[str, Any]:
    if mount["Type"] != "tmpfs":
        return mount
    options = mount.get("TmpfsOptions", {})
    return mount | {"TmpfsOptions": options | {"SizeBytes": _least(options.get("SizeBytes", 0), bound)}}


def _log(host: dict[str, Any], limits: GatewayLimits) -> None:
    given = host.get("LogConfig", {})
    wish = given.get("Config", {})
    host["LogConfig"] = {
        "Type": given.get("Type", "json-file"),
        "Config": {
            "max-size": str(_least(int(wish.get("max-size", 0)), limits.log_bytes)),
            "max-file": str(_least(int(wish.get("max-file", 0)), limits.log_files)),
        },
    }


def _restarts(host: dict[str, Any], limits: GatewayLimits) -> None:
    policy = host.get("RestartPolicy", {})
    if policy.get("Name") == "on-failure":
        count = _least(policy.get("MaximumRetryCount", 0), limits.restarts)
        host["RestartPolicy"] = policy | {"MaximumRetryCount": count}
