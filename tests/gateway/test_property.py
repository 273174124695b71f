"""Whatever the gateway forwards, read back the way Go reads it, is an allowed request.

The judge below knows section 2 of the policy by itself: it shares no line with the models that it judges.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from slipway.gateway.http import Head
from slipway.gateway.policy import Allowed, decide
from slipway.gateway.rules import Rules
from tests.gateway import go

MIB = 1 << 20
RULES = Rules()

# --- the attacker ------------------------------------------------------------------------------------------------

HONEST: list[tuple[str, Any]] = [
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
EVIL_TOP: list[tuple[str, Any]] = [
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
EVIL: list[tuple[str, Any]] = [
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
    """The key, or one that Go takes for it."""
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
    """A JSON object that is fine but for one field, which may stand in it twice, or again as null."""
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
    """The body of a create: honest but for one thing, which is hidden or not."""
    where = draw(st.sampled_from(["host"] * 4 + ["top", "second host", "nowhere"]))
    one = [draw(st.sampled_from(EVIL))]
    host = draw(objects(HOST, one if where == "host" else []))
    inner = f'"HostConfig":{host}'
    if where == "second host":
        inner += f",{draw(keys('HostConfig'))}:{draw(objects([], one))}"
    top = [draw(st.sampled_from(EVIL_TOP))] if where == "top" else []
    text = draw(objects(HONEST, top, f'"Image":"busybox",{inner}'))
    return (text + draw(st.sampled_from([""] * 9 + [" {}"]))).encode()


# --- the judge ---------------------------------------------------------------------------------------------------

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


def wrongs(body: dict[str, Any]) -> Iterator[str]:
    """Everything in a create, as Go has read it, that section 2.8 does not allow."""
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
    yield from _bounds(host)
    yield from _doors(host)


def _small(config: dict[str, str]) -> bool:
    size = config.get("max-size", "")
    return size.isdigit() and 0 < int(size) <= MIB


def _bounds(host: dict[str, Any]) -> Iterator[str]:
    limits = RULES.limits
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


def _doors(host: dict[str, Any]) -> Iterator[str]:
    for bind in host.get("binds", []):
        if not re.match(r"[a-zA-Z0-9][\w.-]{0,63}:/[^:]*(:r[ow])?\Z", bind) or KERNEL.match(bind.partition(":")[2]):
            yield f"bind {bind}"
    for mount in host.get("mounts", []):
        options = mount.get("volumeoptions", {})
        if mount.get("type") not in ("volume", "tmpfs") or "driverconfig" in options or ".." in str(options):
            yield f"mount {mount}"
        if mount["type"] == "tmpfs" and not 0 < mount["tmpfsoptions"]["sizebytes"] <= RULES.limits.tmpfs:
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


@settings(max_examples=1000)
@given(creates())
@example(b'{"Image":"busybox","hostconfig":{"Privileged":true}}')
@example(b'{"Image":"busybox","HostConfig":{"\\u0050rivileged":true}}')
@example('{"Image":"busybox","HoſtConfig":{"Privileged":true}}'.encode())
@example('{"Image":"busybox","HostConfig":{"Networ\u212aMode":"host"}}'.encode())
@example(b'{"Image":"busybox","HostConfig":{},"HostConfig":{"Privileged":true}}')
@example(b'{"Image":"busybox","HostConfig":{"Privileged":true,"Privileged":null}}')
@example(b'{"Image":"busybox","Binds":["/:/host"]}')
@example(b'{"Image":"busybox","Privileged":true}')
def test_a_forwarded_create_is_allowed_however_go_reads_it(raw: bytes) -> None:
    decision = decide(Head("POST", "/containers/create", content_type="application/json"), raw, RULES)
    if isinstance(decision, Allowed):
        assert decision.body is not None
        assert not [*wrongs(go.read(decision.body))]


def test_the_judge_finds_what_it_should_find() -> None:
    """Else the property would hold for a gateway that lets everything through."""
    bounds = {"Memory": MIB, "MemorySwap": MIB, "PidsLimit": 1, "NanoCpus": 1, "ShmSize": 1}
    fine = {**bounds, "LogConfig": {"Type": "local", "Config": {"max-size": "1"}}}
    assert not [*wrongs(go.read(json.dumps({"Image": "x", "HostConfig": fine}).encode()))]
    for key, value in EVIL:
        if (key, value) != ("CpuQuota", 10**9):
            assert [*wrongs(go.read(json.dumps({"Image": "x", "HostConfig": fine | {key: value}}).encode()))], key
    for key, value in EVIL_TOP:
        assert [*wrongs(go.read(json.dumps({"Image": "x", "HostConfig": fine, key: value}).encode()))], key


# --- the path and the query ---------------------------------------------------------------------------------------

ROUTES: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/containers/json", {"all": "1"}),
    ("POST", "/containers/box/stop", {"t": "5"}),
    ("POST", "/containers/box/start", {}),
    ("POST", "/containers/box/wait", {"condition": "removed"}),
    ("GET", "/containers/box/top", {"ps_args": "aux"}),
    ("GET", "/containers/box/logs", {"stdout": "1", "tail": "all"}),
    ("DELETE", "/containers/box", {"force": "1"}),
    ("POST", "/containers/box/attach", {"stream": "1"}),
    ("GET", "/images/json", {}),
    ("POST", "/images/create", {"fromImage": "busybox", "tag": "latest"}),
    ("POST", "/images/busybox/tag", {"repo": "mine"}),
    ("POST", "/build", {"t": "mine", "networkmode": "none"}),
    ("GET", "/networks/mine", {}),
    ("DELETE", "/volumes/data", {"force": "1"}),
    ("GET", "/info", {}),
]
TEXTS = ["http://x", "host", "/", "1", "-o pid", "999999", "nginx", "ubuntu", "container:x", "2", '{"a":"b"}', '["a"]']
"""What a parameter says that should not be said, or not there."""
PASSING = re.compile(
    r"/(_ping|version|info|events|system/df|containers/(json|create|prune)|exec/[0-9a-f]{12,64}/(start|resize|json)"
    r"|containers/[a-zA-Z0-9][\w.-]*(/(json|logs|top|stats|changes|archive|attach|start|stop|restart|kill|pause|unpause"
    r"|wait|resize|rename|exec))?|images/(json|create|prune)|images/[a-z0-9._/:@-]+|build(/prune)?"
    r"|networks(/[\w.-]+(/(dis)?connect)?)?|volumes(/[\w.-]+)?)\Z",
    re.ASCII,
)


CLOSED = {
    *("fromSrc", "message", "changes", "remote", "extrahosts", "cgroupparent", "securityopt", "ulimits", "shmsize"),
    *("cachefrom", "squash", "isolation", "outputs", "session", "buildid", "checkpoint", "checkpoint-dir", "link"),
    *("size", "shared-size", "manifests", "pull", "details", "cpusetcpus", "cpushares"),
}
"""Parameters that never reach the engine."""


@st.composite
def targets(draw: st.DrawFn) -> tuple[str, str]:
    """A method and a target that is one of the policy's but for one thing: in its path, its version or its query."""
    method, path, query = draw(st.sampled_from(ROUTES))
    version = draw(st.sampled_from(["", "", "/v1.45", "/v1.24", "/v1.23", "/V1.41", "/v1.41.0", "/v01.41", "/v9.9"]))
    glue = draw(st.sampled_from(["/"] * 6 + ["//", "/./", "/../", "%2F", "%2f", "/%2e%2e/", "\\", "/;"]))
    cut = draw(st.integers(0, path.count("/")))
    path = path.replace("/", "\0", cut).replace("/", glue, 1).replace("\0", "/") if glue != "/" else path
    pairs = [*query.items()]
    names = st.sampled_from([*query] * 3 + [*CLOSED, "ALL", "repo", "networkmode", "memory", "version", "t", "ps_args"])
    pairs += draw(st.lists(st.tuples(names, st.sampled_from(TEXTS)), max_size=1))
    if pairs and draw(st.booleans()):
        pairs.pop(0)
    written = "&".join(f"{name}={quote(text, safe=':/')}" for name, text in pairs)
    return method, version + path + (f"?{written}" if written else "")


def misasked(path: str, query: dict[str, str]) -> Iterator[str]:
    """Everything in a query, as Go has read it, that section 2 does not allow."""
    yield from query.keys() & CLOSED
    if query.get("networkmode", "none") not in ("none", "default") or query.get("version", "1") != "1":
        yield "a build of another kind"
    if path == "/build" and int(query["memory"]) > RULES.limits.build_memory:
        yield "a build without a bound"
    if path.endswith("/stop") and int(query.get("t", "0")) > 60:
        yield "a stop that takes for ever"
    if query.get("ps_args", "aux") not in ("-ef", "aux"):
        yield "arguments for ps"
    if path == "/images/create" and (query.get("fromImage") not in RULES.catalogue or "repo" in query):
        yield "another image"
    if {query.get("t"), query.get("repo")} & set(RULES.catalogue):
        yield "the name of an image of the hub's"


@settings(max_examples=1000)
@given(targets())
def test_a_forwarded_target_is_one_of_the_policys_however_go_reads_it(asked: tuple[str, str]) -> None:
    method, target = asked
    decision = decide(Head(method, target, upgrade="tcp" if "attach" in target else ""), b"", RULES)
    if isinstance(decision, Allowed):
        path, _, query = decision.target.partition("?")
        read = re.sub(r"\A/v1\.(2[4-9]|[3-9][0-9])(?=/)", "", unquote(path))
        assert PASSING.match(read), read
        assert unquote(path) == path
        assert not [*misasked(read, go.query(query))], decision.target
        assert query.count("&") + 1 >= len(go.query(query))


def test_the_judge_of_queries_finds_what_it_should_find() -> None:
    for path, query in [
        ("/build", {"memory": "1", "remote": "http://x"}),
        ("/build", {"memory": "1", "networkmode": "host"}),
        ("/build", {"memory": "99999999999"}),
        ("/containers/box/stop", {"t": "999999"}),
        ("/containers/box/top", {"ps_args": "-o pid"}),
        ("/images/create", {"fromImage": "ubuntu"}),
        ("/images/busybox/tag", {"repo": "nginx"}),
    ]:
        assert [*misasked(path, query)], query
