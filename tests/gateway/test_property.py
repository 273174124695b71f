"""Whatever the gateway forwards, read back the way Go reads it, is an allowed request.

The judge below knows section 2 of the policy by itself: it shares no line with the models that it judges.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from slipway.gateway.http import Head
from slipway.gateway.policy import Allowed, decide
from slipway.gateway.rules import Rules
from tests.gateway import go

MIB = 1 << 20
RULES = Rules()

# --- the attacker ------------------------------------------------------------------------------------------------

HARMLESS: list[tuple[str, Any]] = [
    ("Image", "busybox"),
    ("Cmd", ["true"]),
    ("Tty", True),
    ("Env", ["A=1"]),
    ("WorkingDir", "/srv"),
    ("StopTimeout", 5),
    ("Healthcheck", {"Interval": 10**9}),
    ("Volumes", {"/data": {}}),
]
HARMFUL: list[tuple[str, Any]] = [
    ("Privileged", True),
    ("Binds", ["/:/host"]),
    ("Mounts", [{"Type": "bind", "Source": "/", "Target": "/host"}]),
    ("NetworkMode", "host"),
    ("PidMode", "host"),
    ("CapAdd", ["ALL"]),
    ("MaskedPaths", []),
    ("Devices", [{"PathOnHost": "/dev/kmsg"}]),
    ("CgroupParent", "/"),
    ("SecurityOpt", ["seccomp=unconfined"]),
    ("Memory", 1 << 40),
    ("PidsLimit", -1),
    ("WorkingDir", "/proc/self/fd/7"),
    ("Tmpfs", {"/t": "size=100g"}),
    ("LogConfig", {"Type": "syslog"}),
    ("StopTimeout", 10**6),
]
HOST: list[tuple[str, Any]] = [
    ("Memory", 8 * MIB),
    ("Binds", ["data:/data"]),
    ("NetworkMode", "mine"),
    ("Privileged", False),
    ("CapAdd", None),
    ("PortBindings", {"80/tcp": [{"HostPort": "8080"}]}),
    ("Tmpfs", {"/t": "size=1m"}),
]


@st.composite
def keys(draw: st.DrawFn, key: str) -> str:
    """The key, or one that Go takes for it."""
    how = draw(st.sampled_from(["as it is"] * 6 + ["lower", "upper", "ſ", "K", "escaped"]))
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
def objects(draw: st.DrawFn, fields: list[tuple[str, Any]], inner: str = "") -> str:
    """A JSON object of some of the fields, some of them doubled or null."""
    chosen = draw(st.lists(st.sampled_from(fields), max_size=4))
    texts = [f"{draw(keys(key))}:{json.dumps(draw(st.sampled_from([value] * 5 + [None])))}" for key, value in chosen]
    texts += [f"{draw(keys('HostConfig'))}:{inner}"] if inner else []
    return "{" + ",".join(draw(st.permutations(texts))) + "}"


@st.composite
def creates(draw: st.DrawFn) -> bytes:
    """The body of a create: mostly honest, with one thing or another that is not."""
    harm = st.sampled_from([[]] * 3 + [[one] for one in HARMFUL])
    host = draw(objects(HOST + draw(harm)))
    text = draw(objects([*HARMLESS, *draw(harm)], inner=host))
    image = '{"Image":"busybox",' if '"Image"' not in text and text != "{}" else "{"
    return (image + text[1:] + draw(st.sampled_from([""] * 9 + [" {}", "x"]))).encode()


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
    if KERNEL.match(body.get("workingdir", "/")) or not body.get("workingdir", "/").startswith("/"):
        yield "a working directory among the kernel's files"
    if not 0 <= body.get("stoptimeout", 0) <= 30:
        yield "a stop that may take for ever"
    host = body.get("hostconfig", {})
    yield from (f"HostConfig.{key}" for key in host.keys() - set(OPEN))
    yield from _bounds(host)
    yield from _doors(host)


def _bounds(host: dict[str, Any]) -> Iterator[str]:
    limits = RULES.limits
    for key, most in (("memory", limits.memory), ("pidslimit", limits.pids), ("nanocpus", limits.nano_cpus)):
        if not 0 < host.get(key, 0) <= most:
            yield f"no bound on {key}"
    if host.get("memoryswap") != host.get("memory"):
        yield "swap"
    log = host.get("logconfig", {})
    if log.get("type") not in ("json-file", "local") or not 0 < int(log["config"]["max-size"]) <= MIB:
        yield "a log without a bound"
    for options in host.get("tmpfs", {}).values():
        sizes = re.findall(r"size=([0-9]+)(?:,|\Z)", options)
        if not sizes or int(sizes[-1]) > limits.tmpfs:
            yield "a tmpfs without a bound"


def _doors(host: dict[str, Any]) -> Iterator[str]:
    for bind in host.get("binds", []):
        if not re.match(r"[a-zA-Z0-9][\w.-]{0,63}:/", bind) or KERNEL.match(bind.partition(":")[2]):
            yield f"bind {bind}"
    for mount in host.get("mounts", []):
        if mount.get("type") not in ("volume", "tmpfs") or "driverconfig" in mount.get("volumeoptions", {}):
            yield f"mount {mount}"
    mode = host.get("networkmode", "default")
    if mode == "host" or ":" in mode:
        yield f"network {mode}"
    if host.get("ipcmode", "private") != "private" or host.get("cgroupnsmode", "private") != "private":
        yield "a shared namespace"
    if any(not option.startswith("no-new-privileges") for option in host.get("securityopt", [])):
        yield "fewer bars"


@settings(max_examples=300)
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
    for key, value in HARMFUL:
        assert [*wrongs(go.read(json.dumps({"Image": "x", "HostConfig": {key: value}}).encode()))], key
        assert [*wrongs(go.read(json.dumps({"Image": "x", key.upper(): value}).encode()))], key


# --- the path and the query ---------------------------------------------------------------------------------------

PLACES = ["containers", "create", "json", "box", "start", "exec", "info", "images", "build", "networks", "host", "auth"]
GLUE = ["/", "/", "/", "//", "/./", "/../", "%2F", "%2f", "/%2e%2e/", "\\", "/;", "?", "#"]
PASSING = re.compile(
    r"/(_ping|version|info|events|system/df|containers/(json|create|prune)|exec/[0-9a-f]{12,64}/(start|resize|json)"
    r"|containers/[a-zA-Z0-9][\w.-]*(/(json|logs|top|stats|changes|archive|attach|start|stop|restart|kill|pause|unpause"
    r"|wait|resize|rename|exec))?|images/(json|create|prune)|images/[a-z0-9._/:@-]+|build(/prune)?"
    r"|networks(/[\w.-]+(/(dis)?connect)?)?|volumes(/[\w.-]+)?)\Z",
    re.ASCII,
)


@st.composite
def targets(draw: st.DrawFn) -> str:
    """A path that is nearly one of the engine's, with a version or not, and a query."""
    version = draw(st.sampled_from([""] * 4 + ["/v1.45", "/v1.24", "/v1.23", "/V1.41", "/v1.41.0", "/v01.41"]))
    parts = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4))
    path = "".join(draw(st.sampled_from(GLUE)) + part for part in parts)
    names = st.sampled_from(["all", "All", "t", "signal", "fromImage", "fromSrc", "remote", "size", "name", "%61ll"])
    texts = st.sampled_from(["1", "0", "", "busybox", "-1", "http://x", "a%26b=c", "a;b", "%00", "x+y", "é"])
    pairs = draw(st.lists(st.tuples(names, texts), max_size=3))
    return version + path + ("?" + "&".join(f"{name}={text}" for name, text in pairs) if pairs else "")


@settings(max_examples=300)
@given(st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD", "get", "OPTIONS"]), targets())
def test_a_forwarded_target_is_one_of_the_policys_however_go_reads_it(method: str, target: str) -> None:
    decision = decide(Head(method, target, upgrade="tcp" if target.endswith("attach") else ""), b"", RULES)
    if isinstance(decision, Allowed):
        path, _, query = decision.target.partition("?")
        read = re.sub(r"\A/v1\.(2[4-9]|[3-9][0-9])(?=/)", "", unquote(path))
        assert PASSING.match(read), read
        assert unquote(path) == path
        told = go.query(query)
        assert not told.keys() & {"fromSrc", "remote", "size", "All"}
        assert all(char.isprintable() for text in told.values() for char in text)
