"""Online sandboxes: they reach the internet, but neither this machine nor private networks.

The internet is represented by a documentation address (RFC 5737) on a network of the host's engine; one server listens
on every address of the machine.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import docker
import pytest
from docker.models.containers import Container
from docker.types import IPAMConfig, IPAMPool

from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.settings import Settings
from tests.engine.typist import Typist
from tests.eventually import eventually

pytestmark = pytest.mark.engine

FAR, FAR_AWAY = "203.0.113.0/24", "203.0.113.1"
PORT = 28091
REFUSED = 7  # curl's word for a connection that failed at once; a timeout would be 28
ASK = "curl -sS -o /dev/null --max-time 20 http://{}:{}/"


@pytest.fixture(scope="module")
def online(client: docker.DockerClient, settings: Settings, sandboxes: Sandboxes) -> Sandboxes:
    """The same install, started with --online; `sandboxes` sees to its images and to its end."""
    return Sandboxes(client, replace(settings, online=True))


@pytest.fixture(scope="module")
def sandbox(online: Sandboxes) -> Iterator[Sandbox]:
    sandbox = online.create()
    yield sandbox
    online.remove(sandbox)


@pytest.fixture(scope="module")
def server(client: docker.DockerClient, online: Sandboxes) -> Iterator[Container]:
    """Answers at every address of the machine, one of which is far away."""
    labels = {"slipway.install": online.settings.install, "slipway.role": "server"}
    far = client.networks.create(
        "slipway-test-far", labels=labels, ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=FAR)])
    )
    words = ["-m", "http.server", str(PORT), "--directory", "/srv"]
    made = client.containers.run(
        online.images.engine, words, entrypoint="python3", network_mode="host", labels=labels, detach=True
    )
    eventually(lambda: answers(FAR_AWAY, PORT), "the server to listen", made.logs)
    yield made
    made.remove(force=True)
    far.remove()


def answers(address: str, port: int) -> bool:
    """Return whether something accepts connections there."""
    with suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


def near(client: docker.DockerClient, sandbox: Sandbox) -> str:
    """The machine's own address on the sandboxes' network."""
    networks = client.api.inspect_container(sandbox.engine)["NetworkSettings"]["Networks"]
    return str(next(iter(networks.values()))["Gateway"])


def test_internet_is_reachable_but_not_the_machine_or_its_networks(
    client: docker.DockerClient, sandbox: Sandbox, learner: Typist, server: Container
) -> None:
    machine = near(client, sandbox)

    assert learner.types(ASK.format(FAR_AWAY, PORT)).status == 0
    for address in (machine, "172.17.0.1", "169.254.169.254", "192.168.0.1", "10.0.0.1", "100.100.100.200"):
        assert learner.types(ASK.format(address, PORT)).status == REFUSED, address


def test_inner_container_has_the_same_rules(
    client: docker.DockerClient, sandbox: Sandbox, learner: Typist, server: Container
) -> None:
    ask = "docker run --rm busybox wget -T 20 -qO /dev/null http://{}:{}/"

    assert learner.types(ask.format(FAR_AWAY, PORT)).status == 0
    for address in (near(client, sandbox), "169.254.169.254", "192.168.0.1"):
        assert learner.types(ask.format(address, PORT)).status != 0, address


def test_machine_answers_without_the_firewall_rules(
    client: docker.DockerClient, online: Sandboxes, server: Container
) -> None:
    sandbox = online.create()
    learner = Typist(online.start_terminal(sandbox, 1))
    machine = near(client, sandbox)
    assert learner.types(ASK.format(machine, PORT)).status == REFUSED
    client.containers.get(sandbox.engine).exec_run(["iptables", "-F", "OUTSIDE"])
    assert learner.types(ASK.format(machine, PORT)).status == 0
    learner.leave()
    online.remove(sandbox)


def test_published_port_is_not_reachable_from_outside_the_sandbox(
    client: docker.DockerClient, online: Sandboxes, sandbox: Sandbox, learner: Typist, server: Container
) -> None:
    other = online.create()
    neighbour = Typist(online.start_terminal(other, 1))
    learner.types("docker run -d --name mine -p 8090:80 nginx")
    networks = client.api.inspect_container(sandbox.engine)["NetworkSettings"]["Networks"]
    address = next(iter(networks.values()))["IPAddress"]

    assert learner.types(ASK.format("localhost", 8090)).status == 0
    assert neighbour.types(ASK.format(address, 8090)).status != 0
    client.containers.get(other.engine).exec_run(["iptables", "-F", "OUTSIDE"])
    assert neighbour.types(f"{ASK.format(address, 8090)} --connect-timeout 3").status != 0
    fetch = f"import urllib.request as web; web.urlopen('http://{address}:8090', timeout=3)"
    assert b"timed out" in server.exec_run(["python3", "-c", fetch]).output

    neighbour.leave()
    online.remove(other)
    learner.types("docker rm -f mine")


def test_network_is_removed_with_the_install(client: docker.DockerClient, online: Sandboxes, sandbox: Sandbox) -> None:
    networks = client.api.inspect_container(sandbox.engine)["NetworkSettings"]["Networks"]
    (network,) = client.api.networks(names=list(networks))

    assert network["Labels"]["slipway.install"] == online.settings.install
    assert network["Options"]["com.docker.network.bridge.enable_icc"] == "false"
