"""The policy's tables on a real engine: it accepts what they allow, and what they refuse changes nothing.

They are the rows of the policy's unit tests. In one sandbox, a program beside the engine sends raw HTTP to the
gateway's socket, within the gateway's rate.
"""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import docker
import pytest

from slipway.engine.sandboxes import Sandbox
from slipway.gateway.policy.routes import DENIED, Route
from tests.engine.typist import Typist
from tests.gateway.policy import test_bodies, test_container_create, test_host_config, test_query
from tests.gateway.policy.test_decision import BODIES, QUERIES, path

pytestmark = pytest.mark.engine

ASKER = """
import base64, json, socket, sys, time
AT_WORK = 0  # no answer yet; a refusal would be immediate
def ask(method, target, body, upgrade, content):
    raw = json.dumps(body).encode() if body is not None else b""
    raw = base64.b64decode(body) if isinstance(body, str) else raw
    head = f"{method} {target} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: {len(raw)}\\r\\n"
    head += f"Content-Type: {content}\\r\\n" if content else ""
    head += "Connection: Upgrade\\r\\nUpgrade: tcp\\r\\n" if upgrade else ""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30 if content == "application/x-tar" else 2)
        line.connect("/run/gateway/docker.sock")
        line.sendall(head.encode() + b"\\r\\n" + raw)
        answer = b""
        try:
            while (data := line.recv(65536)) and len(answer) < 100_000:
                answer += data
        except TimeoutError:
            pass
    head, _, body = answer.partition(b"\\r\\n\\r\\n")
    return int(head.split(b" ")[1]) if head else AT_WORK, body.decode("utf-8", "replace")[:20000]
answers = []
for asked in json.loads(base64.b64decode(sys.argv[1])):
    answers.append(ask(*asked))
    time.sleep(0.034)
print(json.dumps(answers))
"""

MOST = 60_000
ApiCall = tuple[str, str, Any, bool, str]
Ask = Callable[[Sequence[ApiCall]], list[tuple[int, str]]]


@pytest.fixture
def ask(client: docker.DockerClient, sandbox: Sandbox, learner: Typist) -> Iterator[Ask]:
    """Send requests; return the status and the body of each response."""
    learner.types("docker pull -q busybox; docker run -d --name clock busybox sleep 1000; docker network create mine")
    learner.types("docker run -d --name box busybox sleep 1000; docker volume create data", 60)
    engine = client.containers.get(sandbox.engine)

    def asking(asked: Sequence[ApiCall]) -> list[tuple[int, str]]:
        answers: list[tuple[int, str]] = []
        for some in parts(asked):
            words = base64.b64encode(json.dumps(some).encode()).decode()
            result = engine.exec_run(["python3", "-c", ASKER, words])
            if not result.output:  # a busy host engine may lose a short command's last output
                result = engine.exec_run(["python3", "-c", ASKER, words])
            assert isinstance(result.output, bytes)
            assert result.exit_code == 0, result.output.decode()
            answers += [(status, body) for status, body in json.loads(result.output)]
        return answers

    yield asking
    learner.types("docker rm -fv $(docker ps -aq); docker network rm mine; docker volume prune -af", 90)


def parts(asked: Sequence[ApiCall]) -> Iterator[list[ApiCall]]:
    """Yield as many at a time as fit into one argument of a command line."""
    part: list[ApiCall] = []
    for one in asked:
        if part and len(json.dumps([*part, one])) > MOST:
            yield part
            part = []
        part.append(one)
    yield part


def asked(route: Route, version: str) -> ApiCall:
    target = version + path(route) + QUERIES.get(route.name, "")
    body = BODIES.get(route.name)
    content = "application/x-tar" if route.tar else "application/json" if route.body else ""
    return route.method, target, body, route.flow == "hijack", content


def test_denied_calls_do_not_reach_the_engine(ask: Ask) -> None:
    rows = [(route, version) for route in DENIED for version in ("", "/v1.41")]
    for (route, _), (status, body) in zip(rows, ask([asked(*row) for row in rows]), strict=True):
        assert status == route.status, (route, body)
        assert json.loads(body)["message"] == route.message.replace("{hub}", "") or "{hub}" in route.message


JSON = "application/json"
LISTS = ("/containers/json?all=1", "/images/json", "/volumes", "/networks")


def creating(bodies: Sequence[dict[str, Any]], name: str) -> list[ApiCall]:
    """Create each container, then remove it."""
    asked: list[ApiCall] = []
    for number, body in enumerate(bodies):
        asked.append(("POST", f"/containers/create?name={name}{number}", {"Image": "busybox"} | body, False, JSON))
        asked.append(("DELETE", f"/containers/{name}{number}?v=1", None, False, ""))
    return asked


def context() -> str:
    """Return a build's archive in base64: the same Dockerfile in two places."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name in ("Dockerfile", "dir/Dockerfile"):
            entry = tarfile.TarInfo(name)
            entry.size = len(DOCKERFILE)
            archive.addfile(entry, io.BytesIO(DOCKERFILE))
    return base64.b64encode(written.getvalue()).decode()


DOCKERFILE = b"FROM busybox\nARG A\nLABEL made=here\n"


def test_engine_accepts_allowed_containers(ask: Ask) -> None:
    bodies: list[dict[str, Any]] = [
        *test_container_create.ALLOWED_BODIES,
        *({"HostConfig": fields} for fields, _ in test_container_create.LIMITED),
    ]
    known = [body for body in bodies if body.get("Image", "busybox") == "busybox"]
    result = ask(creating(known, "honest"))
    for body, (status, said) in zip(known, result[::2], strict=True):
        assert status == 201, (body, said)


def test_engine_accepts_allowed_bodies(ask: Ask) -> None:
    """An existing network or volume is a conflict, not a complaint about the request."""
    for target, body, _ in test_bodies.ALLOWED_BODIES:
        ((status, said),) = ask([("POST", target, body, False, JSON if body is not None else "")])
        assert status in (200, 201, 409), (target, body, said)
        if target == test_bodies.NETWORK:
            ask([("DELETE", "/networks/mine", None, False, ""), ("POST", target, {"Name": "mine"}, False, JSON)])


def test_engine_accepts_allowed_queries(ask: Ask) -> None:
    """The engine answers 404 for a missing object, 409 for a conflict, 304 for no change, and nothing (0) while it
    works (or waits for a container). A pull of an image that the registry does not have fails."""
    tar = context()
    for method, target, _ in test_query.WRITTEN:
        build = target.startswith("/build")
        body = tar if build else {"Image": "busybox"} if "/containers/create" in target else None
        content = "application/x-tar" if build else JSON if body else ""
        (result,) = ask([(method, target, body, False, content)])
        unreachable = target.startswith("/images/create") and "network is unreachable" in result[1]
        assert unreachable or result[0] in (0, 200, 201, 204, 304, 404, 409), (target, result)
        assert not build or "errorDetail" not in result[1], (target, result)


def test_refused_requests_change_nothing(ask: Ask) -> None:
    everything: list[ApiCall] = [("GET", target, None, False, "") for target in LISTS]
    bodies = [fields for fields, _ in test_container_create.DANGEROUS if fields.get("Image", "busybox")]
    bodies += [{"HostConfig": {field: value}} for field, value in test_host_config.DANGEROUS]
    asked = creating(bodies, "evil")[::2]
    asked += [("POST", target, body, False, JSON) for target, body, _ in test_bodies.DANGEROUS]
    tar = context()
    for method, target, _ in test_query.DANGEROUS:
        content = "application/x-tar" if target.startswith("/build") else ""
        made = {"Image": "busybox"} if "/containers/create" in target else None
        asked.append((method, target, tar if content else made, False, content or (JSON if made else "")))
    before = there(ask(everything))
    for (method, target, body, *_), (status, said) in zip(asked, ask(asked), strict=True):
        assert 400 <= status < 500, (method, target, body, said)
        assert "lab" in said or status in (400, 403, 404, 415), said
    assert there(ask(everything)) == before


def there(lists: Sequence[tuple[int, str]]) -> list[Any]:
    """Return the engine's objects by what does not change on its own."""
    result = [json.loads(body) for _, body in lists]
    rows = [*result[:2], result[2]["Volumes"], result[3]]
    return [sorted(str(row.get("Id") or row["Name"]) for row in some) for some in rows]
