"""The policy's table in front of a real engine: what it refuses is refused there too, in its own sentence.

One sandbox, one program beside its engine that speaks raw HTTP with the gateway's socket, at the gateway's own pace.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import docker
import pytest

from slipway.engine.sandbox import Sandbox
from slipway.gateway.routes import DENIED, Route
from tests.engine.typist import Typist
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


def test_what_the_table_refuses_the_engine_never_hears_of(ask: Ask) -> None:
    rows = [(route, version) for route in DENIED for version in ("", "/v1.41")]
    for (route, _), (status, body) in zip(rows, ask([asked(*row) for row in rows]), strict=True):
        assert status == route.status, (route, body)
        assert json.loads(body)["message"] == route.sentence.replace("{hub}", "") or "{hub}" in route.sentence
