"""Every path and query that the gateway forwards, parsed as Go parses them, are allowed by the policy.

The oracle below implements section 2 of the policy again: it shares no line with the models under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway import go_decoder
from tests.gateway.decisions import decide

OPTIONS = PolicyOptions()

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
"""Values that a parameter must not have."""
PASSING = re.compile(
    r"/(_ping|version|info|events|system/df|containers/(json|create|prune)|exec/[0-9a-f]{12,64}/(start|resize|json)"
    r"|containers/[a-zA-Z0-9][\w.-]*(/(json|logs|top|stats|changes|archive|attach|start|stop|restart|kill|pause|unpause"
    r"|wait|resize|rename|exec))?|images/(json|create|prune)|images/[a-z0-9._/:@-]+|build(/prune)?"
    r"|networks(/[\w.-]+(/(dis)?connect)?)?|volumes(/[\w.-]+)?)\Z",
    re.ASCII,
)


DROPPED_OR_REFUSED = {
    *("fromSrc", "message", "changes", "remote", "extrahosts", "cgroupparent", "securityopt", "ulimits", "shmsize"),
    *("cachefrom", "squash", "isolation", "outputs", "session", "buildid", "checkpoint", "checkpoint-dir", "link"),
    *("size", "shared-size", "manifests", "pull", "details", "cpusetcpus", "cpushares"),
}
"""Parameters that never reach the engine."""


@st.composite
def targets(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a method and a target of the policy with one change: in its path, its version or its query."""
    method, path, query = draw(st.sampled_from(ROUTES))
    version = draw(st.sampled_from(["", "", "/v1.45", "/v1.24", "/v1.23", "/V1.41", "/v1.41.0", "/v01.41", "/v9.9"]))
    glue = draw(st.sampled_from(["/"] * 6 + ["//", "/./", "/../", "%2F", "%2f", "/%2e%2e/", "\\", "/;"]))
    cut = draw(st.integers(0, path.count("/")))
    path = path.replace("/", "\0", cut).replace("/", glue, 1).replace("\0", "/") if glue != "/" else path
    pairs = [*query.items()]
    names = st.sampled_from(
        [*query] * 3 + [*DROPPED_OR_REFUSED, "ALL", "repo", "networkmode", "memory", "version", "t", "ps_args"]
    )
    more: list[tuple[str, str]] = draw(st.lists(st.tuples(names, st.sampled_from(TEXTS)), max_size=1))
    pairs += more
    if bool(pairs) and draw(st.booleans()):
        pairs.pop(0)
    written = "&".join(f"{name}={quote(text, safe=':/')}" for name, text in pairs)
    return method, version + path + (f"?{written}" if written else "")


def query_violations(path: str, query: dict[str, str]) -> Iterator[str]:
    """Yield everything in a query, as Go has parsed it, that section 2 does not allow."""
    yield from query.keys() & DROPPED_OR_REFUSED
    if query.get("networkmode", "none") not in ("none", "default") or query.get("version", "1") != "1":
        yield "a build of another kind"
    if path == "/build" and int(query["memory"]) > OPTIONS.limits.build_memory:
        yield "a build without a bound"
    if path.endswith("/stop") and int(query.get("t", "0")) > 60:
        yield "a stop that takes for ever"
    if query.get("ps_args", "aux") not in ("-ef", "aux"):
        yield "arguments for ps"
    if path == "/images/create" and (query.get("fromImage") not in OPTIONS.catalogue or "repo" in query):
        yield "another image"
    if {query.get("t"), query.get("repo")} & set(OPTIONS.catalogue):
        yield "the name of an image of the hub's"


@settings(max_examples=1000)
@given(targets())
def test_forwarded_target_as_go_parses_it_is_allowed(asked: tuple[str, str]) -> None:
    method, target = asked
    decision = decide(Head(method, target, upgrade="tcp" if "attach" in target else ""), b"", OPTIONS)
    if isinstance(decision, Allowed):
        path, _, query = decision.target.partition("?")
        read = re.sub(r"\A/v1\.(2[4-9]|[3-9][0-9])(?=/)", "", unquote(path))
        assert PASSING.match(read), read
        assert unquote(path) == path
        assert not [*query_violations(read, go_decoder.query(query))], decision.target
        assert query.count("&") + 1 >= len(go_decoder.query(query))


def test_query_oracle_finds_violations() -> None:
    for path, query in [
        ("/build", {"memory": "1", "remote": "http://x"}),
        ("/build", {"memory": "1", "networkmode": "host"}),
        ("/build", {"memory": "99999999999"}),
        ("/containers/box/stop", {"t": "999999"}),
        ("/containers/box/top", {"ps_args": "-o pid"}),
        ("/images/create", {"fromImage": "ubuntu"}),
        ("/images/busybox/tag", {"repo": "nginx"}),
    ]:
        assert [*query_violations(path, query)], query
