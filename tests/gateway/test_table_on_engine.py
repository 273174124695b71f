"""The policy's table against a real engine: what passes is understood there, what does not never arrives.

One sandbox, one program beside its engine that speaks raw HTTP with the gateway's socket, at the gateway's own pace.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import docker
import pytest

from slipway.engine.sandbox import Sandbox
from slipway.gateway.routes import ALLOWED, DENIED, Route
from tests.engine.typist import Typist
from tests.gateway.test_create import ODD
from tests.gateway.test_policy import BODIES, QUERIES, path

pytestmark = pytest.mark.engine

ASKER = """
import base64, json, socket, sys, time
def ask(method, target, body, upgrade, content):
    raw = json.dumps(body).encode() if body is not None else b""
    head = f"{method} {target} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: {len(raw)}\\r\\n"
    head += f"Content-Type: {content}\\r\\n" if content else ""
    head += "Connection: Upgrade\\r\\nUpgrade: tcp\\r\\n" if upgrade else ""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        line.connect("/run/gateway/docker.sock")
        line.sendall(head.encode() + b"\\r\\n" + raw)
        answer = b""
        try:
            while (data := line.recv(65536)) and len(answer) < 100_000:
                answer += data
        except TimeoutError:
            pass
    head, _, body = answer.partition(b"\\r\\n\\r\\n")
    return int(head.split(b" ")[1]), body.decode("utf-8", "replace")[:20000]
answers = []
for asked in json.loads(base64.b64decode(sys.argv[1])):
    answers.append(ask(*asked))
    time.sleep(0.034)
print(json.dumps(answers))
"""

Asked = tuple[str, str, Any, bool, str]
Ask = Callable[[Sequence[Asked]], list[tuple[int, str]]]


@pytest.fixture
def ask(client: docker.DockerClient, sandbox: Sandbox, learner: Typist) -> Iterator[Ask]:
    """Requests in, status and body of each answer out."""
    learner.types("docker pull -q busybox; docker run -d --name clock busybox sleep 1000; docker network create mine")
    learner.types("docker volume create data", 60)
    engine = client.containers.get(sandbox.engine)

    def asking(asked: Sequence[Asked]) -> list[tuple[int, str]]:
        answers: list[tuple[int, str]] = []
        for start in range(0, len(asked), 100):
            words = base64.b64encode(json.dumps(asked[start : start + 100]).encode()).decode()
            told = engine.exec_run(["python3", "-c", ASKER, words])
            assert told.exit_code == 0, told.output.decode()
            answers += [(status, body) for status, body in json.loads(told.output)]
        return answers

    yield asking
    learner.types("docker rm -fv $(docker ps -aq); docker network rm mine; docker volume rm data", 90)


def asked(route: Route, version: str) -> Asked:
    target = version + path(route) + QUERIES.get(route.name, "")
    body = BODIES.get(route.name)
    content = "application/x-tar" if route.tar else "application/json" if route.body else ""
    return route.method, target, body, route.flow == "hijack", content


OWN = re.compile(r"\b(the|this) lab\b|\bsandbox\b", re.IGNORECASE)
"""How the gateway speaks, and no engine does."""

LAST = {"container.remove", "network.remove", "volume.remove", "image.remove", "container.prune", "image.prune"}


@pytest.mark.parametrize("version", ["", "/v1.41"])
def test_what_the_table_lets_through_the_engine_understands(ask: Ask, version: str) -> None:
    """No answer is the gateway's own, none says that there is no such page, and none that the engine stumbled."""
    rows = [route for route in ALLOWED if route.name not in LAST] + [route for route in ALLOWED if route.name in LAST]
    for route, (status, body) in zip(rows, ask([asked(route, version) for route in rows]), strict=True):
        assert status < 400 or not OWN.search(body), (route, body)
        assert "page not found" not in body, (route, body)
        assert status != 405, (route, body)
        # An engine says 500 of things that can't be done now, with a reason: a container that is not paused, say.
        assert status < 500 or json.loads(body)["message"], (route, body)


def test_what_the_table_refuses_the_engine_never_hears_of(ask: Ask) -> None:
    rows = [(route, version) for route in DENIED for version in ("", "/v1.41")]
    for (route, _), (status, body) in zip(rows, ask([asked(*row) for row in rows]), strict=True):
        assert status == route.status, (route, body)
        assert json.loads(body)["message"] == route.sentence.replace("{hub}", "") or "{hub}" in route.sentence


HONEST: list[dict[str, Any]] = [
    {"Binds": ["data:/data:ro", "Data2:/b"]},
    {"Mounts": [{"Type": "volume", "Source": "data", "Target": "/d"}]},
    {"Mounts": [{"Type": "tmpfs", "Target": "/t"}]},
    {"VolumesFrom": ["clock:ro"], "GroupAdd": ["1000"]},
    {"SecurityOpt": ["no-new-privileges=true"], "CapDrop": ["ALL"], "IpcMode": "private"},
    {"Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 10**6}]},
    {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 99}},
    {"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080-8090"}, {"HostPort": "0"}]}},
    {"ExtraHosts": ["db:10.0.0.1"], "Links": ["/clock:db"]},
    {"Tmpfs": {"/t": "rw,size=64m,noexec"}},
    {"ShmSize": 64 << 30, "Memory": 1 << 40, "MemorySwap": -1, "MemoryReservation": 1 << 40},
    {"NanoCpus": 10**12, "CpuShares": 2048, "PidsLimit": -1},
    {"CpuQuota": -1, "CpuPeriod": 100_000},
    {"LogConfig": {"Type": "local", "Config": {"max-size": "10k", "max-file": "9"}}},
    {"NetworkMode": "mine", "ReadonlyRootfs": True, "AutoRemove": True, "Init": True},
    {"NetworkMode": "none", "ConsoleSize": [24, 80], "Runtime": "runc"},
]
CREATE = "/v1.41/containers/create"
JSON = "application/json"


def test_every_container_that_passes_is_made_within_its_bounds(ask: Ask) -> None:
    """What the engine says of it afterwards, not what was sent."""
    made = ask([("POST", CREATE, {"Image": "busybox", "HostConfig": host}, False, JSON) for host in HONEST])
    assert [status for status, _ in made] == [201] * len(HONEST), made
    ids = [json.loads(body)["Id"] for _, body in made]
    found = ask([("GET", f"/v1.41/containers/{id}/json", None, False, "") for id in ids])
    for host, (_, kept) in zip(HONEST, found, strict=True):
        for bound in ('"MemorySwap":67108864', '"Privileged":false', '"PidsLimit":64', '"ShmSize":16777216'):
            assert bound in kept, (host, bound, kept)


def test_no_container_that_is_refused_is_made(ask: Ask) -> None:
    (_, there), *_ = ask([("GET", "/containers/json?all=1", None, False, "")])
    before = len(json.loads(there))
    rows = [("POST", CREATE, {"Image": "busybox", "HostConfig": {field: value}}, False, JSON) for field, value in ODD]
    for (field, value), (status, body) in zip(ODD, ask(rows), strict=True):
        assert status in (400, 403), (field, value, body)
    (_, there), *_ = ask([("GET", "/containers/json?all=1", None, False, "")])
    assert len(json.loads(there)) == before
