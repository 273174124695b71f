"""Online sandboxes pull over TLS, resolve names, and trust what their machine trusts.

Docker Hub is a registry of the test's own, with a certificate of its own, at an address of a documentation network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import docker
import pytest
from docker.types import IPAMConfig, IPAMPool

from slipway.engine import online_access
from slipway.engine.host_proxy import HostProxy
from slipway.engine.online_check import online_fault
from slipway.engine.online_network import ensure_network
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.settings import Settings
from tests.containers import output
from tests.engine.certificates import Authority
from tests.engine.hub_stand_in import IMAGE, NAME, ConnectProxy, HubStandIn
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine

FAR, FAR_AWAY = "198.51.100.0/24", "198.51.100.1"
NEIGHBOUR = "neighbour.example"
REFUSED = 7  # curl's word for a connection that failed at once

NewSandbox = Callable[..., tuple[Sandbox, Typist]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(scope="module")
def online(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same install, started with --online on a machine without roots of its own in SSL_CERT_FILE."""
    return replace(settings, online=True, root_certificates=None)


@pytest.fixture(scope="module")
def hub(client: docker.DockerClient, sandboxes: Sandboxes, authority: Authority) -> Iterator[HubStandIn]:
    labels = {"slipway.install": sandboxes.settings.install, "slipway.role": "server"}
    pool = IPAMConfig(pool_configs=[IPAMPool(subnet=FAR)])
    far = client.networks.create("slipway-test-far-hub", labels=labels, ipam=pool)
    hub = HubStandIn(client, sandboxes.images.engine, FAR_AWAY, authority, labels)
    yield hub
    hub.remove()
    far.remove()


@pytest.fixture(scope="module")
def proxy(client: docker.DockerClient, online: Settings, hub: HubStandIn) -> Iterator[ConnectProxy]:
    """A proxy on this machine that leads to the hub; sandboxes that are created meanwhile are told of it."""
    network = client.networks.get(ensure_network(client, online.install))
    proxy = ConnectProxy(network.attrs["IPAM"]["Config"][0]["Gateway"], (hub.address, 443))
    yield proxy
    proxy.stop()


@pytest.fixture(scope="module")
def new_sandbox(client: docker.DockerClient, sandboxes: Sandboxes) -> Iterator[NewSandbox]:
    """Return a function that creates a sandbox with these settings, and a typist in it."""
    made: list[tuple[Sandboxes, Sandbox, Typist]] = []

    def create(settings: Settings, proxy: ConnectProxy | None = None) -> tuple[Sandbox, Typist]:
        there = Sandboxes(client, settings)
        with pytest.MonkeyPatch.context() as patch:
            if proxy:  # as if the host's engine had been given it
                patch.setattr(online_access, "find_proxy", lambda info: HostProxy(proxy.url))
            sandbox = there.create()
        made.append((there, sandbox, Typist(there.start_terminal(sandbox, 1))))
        return sandbox, made[-1][2]

    yield create
    for there, sandbox, learner in made:
        learner.leave()
        there.remove(sandbox)


@pytest.fixture(scope="module")
def plain(online: Settings, proxy: ConnectProxy, new_sandbox: NewSandbox) -> tuple[Sandbox, Typist]:
    """A sandbox that reaches the hub through the proxy, and does not know its root."""
    return new_sandbox(online, proxy)


def in_engine(client: docker.DockerClient, sandbox: Sandbox, *words: str) -> str:
    return output(client.containers.get(sandbox.engine), list(words)).decode()


def send_to_hub(client: docker.DockerClient, sandbox: Sandbox, hub: HubStandIn) -> None:
    """Give Docker Hub's name to the stand-in, for this sandbox's engine; restart it, for it remembers /etc/hosts."""
    entry = f"(cat /etc/hosts; echo {hub.address} {NAME}) > /run/hosts && mount --bind /run/hosts /etc/hosts"
    restart = "pid=$(cat /run/supervised/engine.pid); kill -9 $pid; while kill -0 $pid 2>&-; do sleep 0.05; done"
    in_engine(client, sandbox, "sh", "-c", f"{entry} && {restart}; wait-ready 45")


def fault(client: docker.DockerClient, sandbox: Sandbox) -> str:
    return str(json.loads(in_engine(client, sandbox, "online-check"))["fault"])


def test_pull_over_tls_with_a_root_of_the_machine(
    client: docker.DockerClient, online: Settings, hub: HubStandIn, authority: Authority, new_sandbox: NewSandbox
) -> None:
    sandbox, learner = new_sandbox(replace(online, root_certificates=authority.certificate))
    send_to_hub(client, sandbox, hub)

    pulled = learner.types(f"docker run --rm {IMAGE}")

    assert pulled.status == 0, pulled.output
    assert f"Pulling from library/{IMAGE}" in pulled.output
    assert "Hello" in pulled.output
    assert online_fault(client, online) == ("", "")  # it is the only sandbox so far


def test_proxy_of_the_machine_is_for_pulls_alone(
    client: docker.DockerClient, online: Settings, proxy: ConnectProxy, authority: Authority, new_sandbox: NewSandbox
) -> None:
    sandbox, learner = new_sandbox(replace(online, root_certificates=authority.certificate), proxy)

    assert learner.types(f"docker pull {IMAGE}").status == 0
    assert fault(client, sandbox) == ""
    assert set(proxy.asked) == {f"CONNECT {NAME}:443 HTTP/1.1"}

    assert learner.types(f"curl -sS {proxy.url}").status == REFUSED
    assert learner.types(f"docker run --rm busybox wget -T 20 -qO /dev/null {proxy.url}").status != 0


def test_unknown_root_is_explained_where_the_pull_fails(
    client: docker.DockerClient, plain: tuple[Sandbox, Typist]
) -> None:
    sandbox, learner = plain
    pulled = learner.types(f"docker pull {IMAGE}")

    assert pulled.status == 1
    assert "x509: certificate signed by unknown authority" in pulled.output
    assert "a certificate that the lab does not know" in pulled.output
    assert fault(client, sandbox) == "certificate"
    # Debian's own roots are there nevertheless:
    count = in_engine(client, sandbox, "grep", "-c", "BEGIN CERTIFICATE", "/etc/ssl/certs/ca-certificates.crt")
    assert int(count) > 100


@pytest.fixture
def neighbour(client: docker.DockerClient, sandboxes: Sandboxes, online: Settings) -> Iterator[str]:
    """The address of a container on the sandboxes' network, whose name Docker's name server knows."""
    labels = {"slipway.install": online.install, "slipway.role": "server"}
    made = client.containers.create(sandboxes.images.engine, ["infinity"], entrypoint="sleep", labels=labels)
    network = client.networks.get(ensure_network(client, online.install))
    network.connect(made, aliases=[NEIGHBOUR])
    made.start()
    made.reload()
    yield made.attrs["NetworkSettings"]["Networks"][network.name]["IPAddress"]
    made.remove(force=True)


def test_online_sandbox_is_no_sandbox_of_an_offline_lab(
    client: docker.DockerClient, sandboxes: Sandboxes, online: Settings, plain: tuple[Sandbox, Typist]
) -> None:
    sandbox, _ = plain
    assert Sandboxes(client, online).is_current(sandbox)
    assert not sandboxes.is_current(sandbox)


def test_names_are_resolved_in_terminals_and_containers(plain: tuple[Sandbox, Typist], neighbour: str) -> None:
    _, learner = plain

    assert neighbour in learner.types(f"getent hosts {NEIGHBOUR}").output
    assert neighbour in learner.types(f"docker run --rm busybox nslookup {NEIGHBOUR}").output
    learner.types("docker network create own")
    assert neighbour in learner.types(f"docker run --rm --network own busybox nslookup {NEIGHBOUR}").output


def test_silent_proxy_is_explained_where_the_pull_fails(plain: tuple[Sandbox, Typist], proxy: ConnectProxy) -> None:
    _, learner = plain
    proxy.stop()
    assert "The proxy of the lab's machine does not pass this on" in learner.types("docker pull another").output
