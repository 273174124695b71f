"""Writes resource limits into every container that a learner creates.

A smaller limit in the request is kept; a larger one, or none, becomes the lab's. Pure.
"""

from __future__ import annotations

from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.limits import SECOND, GatewayLimits

_CHECK_PERIODS = ("Interval", "Timeout", "StartPeriod", "StartInterval")
_MIN_NANO_CPUS = 10_000_000
"""The engine's minimum, a hundredth of a processor (measured: "Range of CPUs is from 0.01")."""


def apply_limits(body: dict[str, Any], limits: GatewayLimits) -> dict[str, Any]:
    """Return `body`, a canonical `POST /containers/create`, with every resource within `limits`."""
    host = dict(body.get("HostConfig", {}))
    _limit_memory(host, limits)
    _limit_cpu(host, limits)
    _limit_files(host, limits)
    _limit_log(host, limits)
    _limit_restarts(host, limits)
    return body | {"HostConfig": host}


def limit_health_check(body: dict[str, Any], image: Any) -> dict[str, Any]:
    """Return `body` with the periods of its image's health check raised to a second.

    The engine takes from the image each period that the create leaves out, and container_create.py does not see those.
    """
    image_check = as_object(as_object(as_object(image).get("Config")).get("Healthcheck"))
    own = body.get("Healthcheck", {})
    given = {key: image_check.get(key) for key in _CHECK_PERIODS if key not in own}
    too_short = {key for key, period in given.items() if isinstance(period, int) and 0 < period < SECOND}
    return body | {"Healthcheck": own | dict.fromkeys(sorted(too_short), SECOND)} if too_short else body


def _clamp(requested: int, limit: int) -> int:
    return min(requested, limit) if requested > 0 else limit


def _limit_memory(host: dict[str, Any], limits: GatewayLimits) -> None:
    host.pop("MemorySwappiness", None)  # the client always sends -1, which has no effect
    host["Memory"] = _clamp(host.get("Memory", 0), limits.memory)
    host["MemorySwap"] = host["Memory"]
    if "MemoryReservation" in host:
        host["MemoryReservation"] = min(host["MemoryReservation"], host["Memory"])
    host["PidsLimit"] = _clamp(host.get("PidsLimit", 0), limits.pids)
    host["ShmSize"] = _clamp(host.get("ShmSize", 0), limits.shm)


def _limit_cpu(host: dict[str, Any], limits: GatewayLimits) -> None:
    quota, period = host.pop("CpuQuota", 0), host.pop("CpuPeriod", 100_000)
    requested = host.get("NanoCpus", 0) or (max(0, quota) * 1_000_000_000 // period)
    host["NanoCpus"] = max(_MIN_NANO_CPUS, _clamp(requested, limits.nano_cpus))
    if "CpuShares" in host:
        host["CpuShares"] = min(host["CpuShares"], 1024)


def _limit_files(host: dict[str, Any], limits: GatewayLimits) -> None:
    if "Tmpfs" in host:
        host["Tmpfs"] = {path: _limit_tmpfs(text, limits.tmpfs) for path, text in host["Tmpfs"].items()}
    if "Mounts" in host:
        host["Mounts"] = [_limit_mount(mount, limits.tmpfs) for mount in host["Mounts"]]
    for ulimit in host.get("Ulimits", []):
        hard = _clamp(ulimit.get("Hard", 0), limits.open_files)
        ulimit |= {"Hard": hard, "Soft": _clamp(ulimit.get("Soft", 0), hard)}


def _limit_tmpfs(text: str, limit: int) -> str:
    options = [option for option in text.split(",") if option and not option.startswith("size=")]
    requested = [_parse_bytes(option.removeprefix("size=")) for option in text.split(",") if option.startswith("size=")]
    return ",".join([*options, f"size={_clamp(requested[-1] if requested else 0, limit)}"])


def _parse_bytes(text: str) -> int:
    unit = text[-1].lower()
    return int(text.rstrip("bkmgBKMG")) << 10 * max(0, "bkmg".find(unit))


def _limit_mount(mount: dict[str, Any], limit: int) -> dict[str, Any]:
    if mount["Type"] != "tmpfs":
        return mount
    options = mount.get("TmpfsOptions", {})
    return mount | {"TmpfsOptions": options | {"SizeBytes": _clamp(options.get("SizeBytes", 0), limit)}}


def _limit_log(host: dict[str, Any], limits: GatewayLimits) -> None:
    given = host.get("LogConfig", {})
    requested = given.get("Config", {})
    host["LogConfig"] = {
        "Type": given.get("Type", "json-file"),
        "Config": {
            "max-size": str(_clamp(int(requested.get("max-size", 0)), limits.log_bytes)),
            "max-file": str(_clamp(int(requested.get("max-file", 0)), limits.log_files)),
        },
    }


def _limit_restarts(host: dict[str, Any], limits: GatewayLimits) -> None:
    policy = host.get("RestartPolicy", {})
    if policy.get("Name") == "on-failure":
        count = _clamp(policy.get("MaximumRetryCount", 0), limits.restarts)
        host["RestartPolicy"] = policy | {"MaximumRetryCount": count}
