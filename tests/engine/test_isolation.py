"""Isolation as seen by a learner in a terminal: rights, files, network, limits, other sandboxes."""

from __future__ import annotations

import docker
import pytest

from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine


def test_terminal_has_no_capabilities(learner: Typist) -> None:
    status = learner.types("grep -hE '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/self/status").output

    assert "Uid:\t1000\t1000" in status
    assert "CapEff:\t0000000000000000" in status
    assert "CapBnd:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_terminal_can_write_only_to_home_and_tmp(learner: Typist) -> None:
    assert learner.types("touch ~/here /tmp/here").status == 0
    for place in ("/", "/etc", "/usr/bin", "/run/gateway", "/run/engine"):
        assert learner.types(f"touch {place}/there").status != 0, place


def test_terminal_reaches_the_gateway_but_not_the_engine(learner: Typist) -> None:
    assert learner.types("ls /run/gateway").output.split() == ["docker.sock"]
    assert learner.types("ls /run/engine").status != 0
    assert learner.types("find / -name engine.sock 2>/dev/null").output == ""
    assert "dockerd" not in learner.types("ps -ef").output


def test_environment_of_a_terminal_has_no_secret(learner: Typist, sandboxes: Sandboxes) -> None:
    environment = learner.types("env").output

    assert sandboxes.settings.token not in environment
    assert "DOCKER_HOST=unix:///run/gateway/docker.sock" in environment


def test_internet_is_unreachable(learner: Typist) -> None:
    assert learner.types("curl -sS --max-time 3 http://1.1.1.1").status != 0
    assert learner.types("docker run --rm busybox wget -T 3 -qO- http://1.1.1.1").status != 0


def test_learner_cannot_fill_the_hosts_disk(learner: Typist, sandboxes: Sandboxes) -> None:
    much = sandboxes.settings.limits.engine_disk // 2**20 + 200
    hog = learner.types(f"docker run --rm busybox dd if=/dev/zero of=/big bs=1M count={much}", seconds=120)

    assert hog.status != 0
    assert "Hello from Docker!" in learner.types("docker run --rm hello-world").output


def test_engine_container_is_limited_and_unprivileged(
    client: docker.DockerClient, sandboxes: Sandboxes, sandbox: Sandbox
) -> None:
    host = client.api.inspect_container(sandbox.engine)["HostConfig"]
    limits = sandboxes.settings.limits

    assert not host["Privileged"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"]
    assert not host["PortBindings"]
    assert not any(bind.startswith("/") for bind in host["Binds"])
    assert (host["Memory"], host["PidsLimit"]) == (limits.engine_memory, limits.engine_pids)
    assert host["NanoCpus"] == limits.engine_cpus * 1e9
    assert host["LogConfig"]["Config"] == {"max-size": str(limits.journal_bytes // 8), "max-file": "8"}


def test_terminal_has_a_short_cpu_period(client: docker.DockerClient, sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    host = client.api.inspect_container(str(sandboxes.start_terminal(sandbox, 1).id))["HostConfig"]

    assert host["CpuPeriod"] == 10_000
    assert host["CpuQuota"] == sandboxes.settings.limits.terminal_cpus * 10_000


def test_sandboxes_are_isolated_from_each_other(sandboxes: Sandboxes, learner: Typist) -> None:
    learner.types("docker run -d --name mine -p 8090:80 nginx")
    learner.types("echo secret > secret")
    other = sandboxes.create()
    neighbour = Typist(sandboxes.start_terminal(other, 1))

    assert neighbour.types("docker ps -aq").output == ""
    assert neighbour.types("curl -sS --max-time 2 localhost:8090").status != 0
    assert neighbour.types("cat secret").status != 0

    neighbour.leave()
    sandboxes.remove(other)
    learner.types("docker rm -f mine")
