"""An oracle for creates as Go has parsed them: section 2.8 of the policy, implemented again.

Shares no line with the models under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from slipway.gateway.policy.options import PolicyOptions

MIB = 1 << 20
OPTIONS = PolicyOptions()

TOP = [
    "image",
    "cmd",
    "entrypoint",
    "env",
    "labels",
    "tty",
    "openstdin",
    "stdinonce",
    "attachstdin",
    "attachstdout",
    "attachstderr",
    "hostname",
    "domainname",
    "user",
    "workingdir",
    "exposedports",
    "volumes",
    "stopsignal",
    "stoptimeout",
    "healthcheck",
    "hostconfig",
    "networkingconfig",
]
OPEN = [
    "binds",
    "mounts",
    "volumesfrom",
    "networkmode",
    "capdrop",
    "securityopt",
    "memory",
    "memoryswap",
    "memoryreservation",
    "nanocpus",
    "cpushares",
    "pidslimit",
    "ulimits",
    "logconfig",
    "restartpolicy",
    "portbindings",
    "publishallports",
    "tmpfs",
    "shmsize",
    "extrahosts",
    "groupadd",
    "links",
    "readonlyrootfs",
    "autoremove",
    "init",
    "consolesize",
    "ipcmode",
    "cgroupnsmode",
    "runtime",
    "isolation",
    "memoryswappiness",
]
KERNEL = re.compile(r"/+(\.?/+)*(proc|sys|dev)(/|\Z)")


def violations(body: dict[str, Any]) -> Iterator[str]:
    """Yield everything in a create, as Go has parsed it, that section 2.8 does not allow."""
    yield from (f"top level {key}" for key in body.keys() - set(TOP))
    if (
        KERNEL.match(body.get("workingdir", "/"))
        or ".." in body.get("workingdir", "")
        or not body.get("workingdir", "/").startswith("/")
    ):
        yield "a working directory among the kernel's files"
    if not 0 <= body.get("stoptimeout", 0) <= 30:
        yield "a stop that may take for ever"
    if any(int(body.get("healthcheck", {}).get(key, 10**9)) < 10**9 for key in ("interval", "timeout", "startperiod")):
        yield "a health check without a pause"
    yield from (f"volume {place}" for place in body.get("volumes", {}) if ":" in place or KERNEL.match(place))
    for network, end in body.get("networkingconfig", {}).get("endpointsconfig", {}).items():
        if network == "host" or end.keys() - {"aliases"}:
            yield f"network {network} {end}"
    if any(label.startswith(("lab.", "slipway.")) for label in body.get("labels", {})):
        yield "a label of the lab's"
    host = body.get("hostconfig", {})
    yield from (f"HostConfig.{key}" for key in host.keys() - set(OPEN))
    yield from _limit_violations(host)
    yield from _access_violations(host)


def _small(config: dict[str, str]) -> bool:
    size = config.get("max-size", "")
    return size.isdigit() and 0 < int(size) <= MIB


def _limit_violations(host: dict[str, Any]) -> Iterator[str]:
    limits = OPTIONS.limits
    for key, most in (("memory", limits.memory), ("pidslimit", limits.pids), ("nanocpus", limits.nano_cpus)):
        if not 0 < host.get(key, 0) <= most:
            yield f"no bound on {key}"
    if host.get("memoryswap") != host.get("memory"):
        yield "swap"
    log = host.get("logconfig", {})
    if log.get("type") not in ("json-file", "local") or not _small(log.get("config", {})):
        yield "a log without a bound"
    if not 0 < host.get("shmsize", 0) <= limits.shm or host.get("memoryreservation", 0) > limits.memory:
        yield "shared or reserved memory"
    if host.get("restartpolicy", {}).get("maximumretrycount", 0) > limits.restarts:
        yield "a restart without end"
    for limit in host.get("ulimits", []):
        if limit["name"] != "nofile" or limit["hard"] > limits.open_files or limit["soft"] > limits.open_files:
            yield f"ulimit {limit}"
    for options in host.get("tmpfs", {}).values():
        sizes = re.findall(r"size=([0-9]+)(?:,|\Z)", options)
        if not sizes or int(sizes[-1]) > limits.tmpfs:
            yield "a tmpfs without a bound"


def _access_violations(host: dict[str, Any]) -> Iterator[str]:
    for bind in host.get("binds", []):
        if not re.match(r"[a-zA-Z0-9][\w.-]{0,63}:/[^:]*(:r[ow])?\Z", bind) or KERNEL.match(bind.partition(":")[2]):
            yield f"bind {bind}"
    for mount in host.get("mounts", []):
        options = mount.get("volumeoptions", {})
        if mount.get("type") not in ("volume", "tmpfs") or "driverconfig" in options or ".." in str(options):
            yield f"mount {mount}"
        if mount["type"] == "tmpfs" and not 0 < mount["tmpfsoptions"]["sizebytes"] <= OPTIONS.limits.tmpfs:
            yield f"mount {mount}"
    yield from (f"tmpfs {place}" for place in host.get("tmpfs", {}) if KERNEL.match(place))
    for ends in host.get("portbindings", {}).values():
        if any(end.get("hostip", "0.0.0.0") not in ("0.0.0.0", "127.0.0.1") for end in ends):  # noqa: S104
            yield f"port {ends}"
        if any(0 < int(end.get("hostport") or 0) < 1024 for end in ends):
            yield f"port {ends}"
    if "host-gateway" in str(host.get("extrahosts")) or any(not one.isdigit() for one in host.get("groupadd", [])):
        yield "the machine below"
    if host.get("runtime", "runc") != "runc":
        yield "another runtime"
    mode = host.get("networkmode", "default")
    if mode.lower() == "host" or ":" in mode:
        yield f"network {mode}"
    if host.get("ipcmode", "private") != "private" or host.get("cgroupnsmode", "private") != "private":
        yield "a shared namespace"
    if any(option != "no-new-privileges" for option in host.get("securityopt", [])):
        yield "fewer bars"
