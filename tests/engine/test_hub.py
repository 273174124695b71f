"""Docker Hub as an engine reaches it: by digest, over TLS, with tokens and redirects, and what its failures mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from slipway.engine import hub as hub_module
from slipway.engine.hub import Hub, HubFailed
from slipway.engine.hub_faults import FaultKind, explain
from slipway.engine.sandboxes import Sandboxes
from tests.engine.docker_hub import (
    FORBIDDEN,
    HERE,
    NOT_FOUND,
    RATE_LIMIT,
    REFUSED,
    SILENT,
    UNAVAILABLE,
    DockerHub,
    Fault,
)
from tests.engine.hub_fixtures import BLOBS, REGISTRY, STORES, TOKENS, UNTRUSTED, docker_hub, engine_beside

FAULTS: tuple[tuple[Fault, FaultKind], ...] = (
    (RATE_LIMIT, "rate limit"),
    (NOT_FOUND, "missing"),
    (REFUSED, "refused"),
    (FORBIDDEN, "refused"),
    (UNAVAILABLE, "unavailable"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[DockerHub]:
    with docker_hub(folder) as hub:
        yield hub


@pytest.fixture(scope="module", params=STORES)
def engine(
    request: pytest.FixtureRequest, served: DockerHub, folder: Path, sandboxes: Sandboxes
) -> Iterator[docker.DockerClient]:
    with engine_beside(served, folder, sandboxes, request.param) as client:
        yield client


@pytest.fixture
def hub(engine: docker.DockerClient, served: DockerHub) -> Iterator[Hub]:
    served.requests.clear()
    yield Hub(engine, served.prefix)
    served.faults.clear()
    served.blob_faults.clear()


def ignore_progress(stage: str, text: str, fraction: float | None) -> None:
    """Ignore progress."""


def fault_of(call: object, *arguments: object) -> FaultKind:
    with pytest.raises(HubFailed) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.fault.kind


@pytest.mark.engine
def test_image_is_pulled_by_digest_for_this_processor_and_gets_no_tag(
    engine: docker.DockerClient, hub: Hub, served: DockerHub
) -> None:
    digest = served.publish("redis", {"one": "1"}, {"two": "2"}, Cmd=["/one"])
    assert hub.resolve("redis:latest") == digest
    reference = hub.pull("redis:latest", digest, ignore_progress)

    image = engine.images.get(reference)
    assert image.attrs["Architecture"] == HERE
    assert image.tags == []
    assert {host for host, _, _ in served.requests} == {REGISTRY, TOKENS, BLOBS}
    served.requests.clear()
    assert hub.pull("redis:latest", digest, ignore_progress) == reference
    assert served.requests == [], "the engine has it already"


@pytest.mark.engine
@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=[str(fault.status) for fault, _ in FAULTS])
def test_answers_are_told_apart_when_a_tag_is_resolved_and_in_a_pull(
    hub: Hub, served: DockerHub, fault: Fault, kind: FaultKind
) -> None:
    digest = served.publish("nginx", {"page": str(fault.status)})
    served.faults["nginx"] = fault
    assert fault_of(hub.resolve, "nginx:latest") == kind
    assert fault_of(hub.pull, "nginx:latest", digest, ignore_progress) == kind
    served.publish("busybox", {"sh": "echo"})
    assert hub.resolve("busybox:latest"), "the hub is asked for other images all the same"


@pytest.mark.engine
def test_limit_in_the_middle_of_a_pull_is_told(hub: Hub, served: DockerHub) -> None:
    digest = served.publish("alpine", {"etc": "limit"})
    served.blob_faults[""] = RATE_LIMIT
    assert fault_of(hub.pull, "alpine:latest", digest, ignore_progress) == "rate limit"


@pytest.mark.engine
def test_one_timeout_is_enough_for_all_images(hub: Hub, served: DockerHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "RESOLVE_SECONDS", 1)
    served.faults[""] = SILENT
    assert fault_of(hub.resolve, "redis:latest") == "timeout"
    served.requests.clear()
    assert fault_of(hub.resolve, "nginx:latest") == "timeout"
    assert fault_of(hub.pull, "nginx:latest", f"sha256:{'0' * 64}", ignore_progress) == "timeout"
    assert served.requests == []


@pytest.mark.engine
@pytest.mark.parametrize(
    ("host", "kind"),
    [("nowhere.slipway.test", "name"), (f"{REGISTRY}:1", "connection"), (f"{UNTRUSTED}:{{port}}", "certificate")],
)
def test_unreachable_registry_is_told_by_its_reason(
    engine: docker.DockerClient, served: DockerHub, host: str, kind: FaultKind
) -> None:
    hub = Hub(engine, f"{host.format(port=served.port)}/library")
    assert fault_of(hub.resolve, "redis:latest") == kind
    served.requests.clear()
    assert fault_of(hub.resolve, "nginx:latest") == kind


ERRORS: tuple[tuple[str, int, FaultKind], ...] = (
    ("toomanyrequests: You have reached your unauthenticated pull rate limit.", 500, "rate limit"),
    ("download failed after attempts=1: toomanyrequests: You have reached your pull rate limit.", 0, "rate limit"),
    ("pull access denied for redis, repository does not exist or may require 'docker login'", 404, "missing"),
    ("received unexpected HTTP status: 503 Service Unavailable", 500, "unavailable"),
    ('Get "https://registry-1.docker.io/v2/": net/http: request canceled (Client.Timeout exceeded)', 500, "timeout"),
    ('Get "https://registry-1.docker.io/v2/": context deadline exceeded', 500, "timeout"),
    ('Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', 500, "timeout"),
    ('Get "https://x/v2/": dial tcp: lookup x on 192.168.0.1:53: no such host', 500, "name"),
    ('Get "https://x/v2/": dial tcp: lookup x: Temporary failure in name resolution', 500, "name"),
    ('Get "https://x/v2/": dial tcp: lookup x on 127.0.0.53:53: read udp: i/o timeout', 500, "name"),
    ('Get "https://x/v2/": dial tcp 10.0.0.1:443: connect: no route to host', 500, "connection"),
    ('Get "https://x/v2/": dial tcp 10.0.0.1:443: connect: network is unreachable', 500, "connection"),
    ('Get "https://x/v2/": tls: failed to verify certificate: x509: unknown authority', 500, "certificate"),
    ('Get "https://x/v2/": proxyconnect tcp: dial tcp: lookup proxy: no such host', 500, "proxy"),
    ('Get "https://x/v2/": Proxy Authentication Required', 500, "proxy"),
    ("error pulling image configuration: download failed after attempts=1: unknown blob", 0, "missing"),
    ("no space left on device", 500, "other"),
)


@pytest.mark.parametrize(("error", "status", "kind"), ERRORS)
def test_error_of_an_engine_is_recognised(error: str, status: int, kind: FaultKind) -> None:
    assert explain(error, status, "docker.io", "redis:latest").kind == kind


def test_every_sentence_names_the_hub_and_says_what_to_do() -> None:
    sentences = {explain(error, status, "docker.io", "redis:latest").sentence for error, status, _ in ERRORS}
    assert all("Docker Hub" in sentence or "docker.io" in sentence for sentence in sentences)
    limit = explain(*ERRORS[0][:2], "docker.io", "redis:latest").sentence
    assert limit == (
        "Docker Hub limits how often images may be pulled, and this machine's address has reached the limit (429): "
        "wait a few hours, or raise the limit with `docker login`."
    )
    long = 'failed to resolve reference "x/library/redis:latest": ' + ERRORS[12][0]
    assert "(tls: failed to verify certificate: x509: unknown authority)" in explain(long, 500, "x", "redis").sentence
    assert explain("x", 403, "mirror.example.com", "redis:latest").sentence.startswith("mirror.example.com refuses")
