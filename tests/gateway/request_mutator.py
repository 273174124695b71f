"""Creates with one violation, hidden as well as JSON allows."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

MIB = 1 << 20

ALLOWED_BODIES: list[tuple[str, Any]] = [
    ("Cmd", ["true"]),
    ("Tty", True),
    ("Env", ["A=1"]),
    ("WorkingDir", "/srv"),
    ("StopTimeout", 5),
    ("Healthcheck", {"Interval": 10**9}),
    ("Volumes", {"/data": {}}),
    ("Privileged", False),
    ("MacAddress", ""),
]
HOST: list[tuple[str, Any]] = [
    ("Memory", 8 * MIB),
    ("Binds", ["data:/data"]),
    ("NetworkMode", "mine"),
    ("CapAdd", None),
    ("PortBindings", {"80/tcp": [{"HostPort": "8080"}]}),
    ("Tmpfs", {"/t": "size=1m"}),
    ("SecurityOpt", ["no-new-privileges=true"]),
]
DANGEROUS_TOP_LEVEL: list[tuple[str, Any]] = [
    ("WorkingDir", "/proc/self/fd/7"),
    ("WorkingDir", "/x/../proc"),
    ("WorkingDir", "//sys"),
    ("StopTimeout", 10**6),
    ("Healthcheck", {"Interval": 10**6}),
    ("Volumes", {"/:/host": {}}),
    ("Volumes", {"/proc": {}}),
    ("NetworkingConfig", {"EndpointsConfig": {"host": {}}}),
    ("NetworkingConfig", {"EndpointsConfig": {"mine": {"DriverOpts": {"a": "b"}}}}),
    ("NetworkingConfig", {"EndpointsConfig": {"mine": {"Links": ["a:b"]}}}),
    ("Labels", {"slipway.install": "x"}),
    ("OnBuild", ["RUN x"]),
    ("Shell", ["sh"]),
    ("Binds", ["/:/host"]),
    ("Privileged", True),
]
DANGEROUS: list[tuple[str, Any]] = [
    ("Privileged", True),
    ("Binds", ["/:/host"]),
    ("Binds", ["/etc"]),
    ("Binds", ["data:/proc"]),
    ("Binds", ["data:/d:Z"]),
    ("Mounts", [{"Type": "bind", "Source": "/", "Target": "/host"}]),
    ("Mounts", [{"Type": "image", "Source": "x", "Target": "/x"}]),
    ("Mounts", [{"Type": "volume", "Target": "/x", "VolumeOptions": {"DriverConfig": {"Options": {"o": "bind"}}}}]),
    ("Mounts", [{"Type": "volume", "Target": "/x", "VolumeOptions": {"Subpath": "../x"}}]),
    ("Mounts", [{"Type": "tmpfs", "Target": "/x", "TmpfsOptions": {"SizeBytes": 1 << 40}}]),
    ("NetworkMode", "host"),
    ("NetworkMode", "HOST"),
    ("NetworkMode", "container:x"),
    ("PidMode", "host"),
    ("IpcMode", "host"),
    ("UTSMode", "host"),
    ("UsernsMode", "host"),
    ("CgroupnsMode", "host"),
    ("CapAdd", ["ALL"]),
    ("MaskedPaths", []),
    ("ReadonlyPaths", []),
    ("MaskedPaths", ["/x"]),
    ("Devices", [{"PathOnHost": "/dev/kmsg"}]),
    ("DeviceCgroupRules", ["a *:* rwm"]),
    ("DeviceRequests", [{"Count": -1}]),
    ("Sysctls", {"a": "b"}),
    ("CgroupParent", "/"),
    ("SecurityOpt", ["seccomp=unconfined"]),
    ("SecurityOpt", ["no-new-privileges=false"]),
    ("Memory", 1 << 40),
    ("Memory", -1),
    ("MemorySwap", -1),
    ("MemoryReservation", 1 << 40),
    ("PidsLimit", -1),
    ("NanoCpus", 10**12),
    ("CpuQuota", 10**9),
    ("CpusetCpus", "0"),
    ("ShmSize", 64 << 30),
    ("OomKillDisable", True),
    ("OomScoreAdj", -500),
    ("Tmpfs", {"/t": "size=100g"}),
    ("Tmpfs", {"/t": ""}),
    ("Tmpfs", {"/proc": ""}),
    ("Ulimits", [{"Name": "nofile", "Soft": 10**6, "Hard": 10**6}]),
    ("Ulimits", [{"Name": "nproc", "Soft": 1, "Hard": 1}]),
    ("LogConfig", {"Type": "syslog"}),
    ("LogConfig", {"Type": "json-file", "Config": {"max-size": "1g"}}),
    ("RestartPolicy", {"Name": "on-failure", "MaximumRetryCount": 10**6}),
    ("PortBindings", {"80/tcp": [{"HostPort": "22"}]}),
    ("PortBindings", {"80/tcp": [{"HostIp": "10.0.0.1"}]}),
    ("ExtraHosts", ["x:host-gateway"]),
    ("Dns", ["8.8.8.8"]),
    ("GroupAdd", ["docker"]),
    ("Runtime", "kata"),
    ("StorageOpt", {"size": "1"}),
    ("BlkioWeight", 10),
]


@st.composite
def keys(draw: st.DrawFn, key: str) -> str:
    """Draw the key, or a spelling that Go treats as the same."""
    how = draw(st.sampled_from(["as it is"] * 4 + ["lower", "upper", "ſ", "K", "escaped"]))
    match how:
        case "lower":
            return json.dumps(key.lower())
        case "upper":
            return json.dumps(key.upper())
        case "ſ":
            return json.dumps(key.replace("s", "ſ"), ensure_ascii=draw(st.booleans()))
        case "K":
            return json.dumps(key.replace("k", "\u212a"), ensure_ascii=draw(st.booleans()))
        case "escaped":
            return f'"\\u{ord(key[0]):04x}{key[1:]}"'
    return json.dumps(key)


@st.composite
def objects(draw: st.DrawFn, honest: list[tuple[str, Any]], evil: list[tuple[str, Any]], inner: str = "") -> str:
    """Draw a JSON object with one violation, which may be repeated, or followed by null."""
    some = st.lists(st.sampled_from(honest), max_size=3, unique_by=lambda pair: pair[0]) if honest else st.just([])
    chosen = draw(some)
    texts = [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in chosen]
    for key, value in evil:
        texts = [text for text in texts if not text.startswith(json.dumps(key)) or draw(st.booleans())]
        texts.append(f"{draw(keys(key))}:{json.dumps(value)}")
        texts += [f"{json.dumps(key)}:null"] * draw(st.sampled_from([0, 0, 0, 1]))
    texts += [inner] if inner else []
    return "{" + ",".join(draw(st.permutations(texts))) + "}"


@st.composite
def creates(draw: st.DrawFn) -> bytes:
    """Draw the body of a create with at most one violation, hidden or not."""
    where = draw(st.sampled_from(["host"] * 4 + ["top", "second host", "nowhere"]))
    one = [draw(st.sampled_from(DANGEROUS))]
    host = draw(objects(HOST, one if where == "host" else []))
    inner = f'"HostConfig":{host}'
    if where == "second host":
        inner += f",{draw(keys('HostConfig'))}:{draw(objects([], one))}"
    top = [draw(st.sampled_from(DANGEROUS_TOP_LEVEL))] if where == "top" else []
    text = draw(objects(ALLOWED_BODIES, top, f'"Image":"busybox",{inner}'))
    return (text + draw(st.sampled_from([""] * 9 + [" {}"]))).encode()
