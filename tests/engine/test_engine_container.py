"""The three programs of an engine container: each is restarted when it dies, and all stop quickly on SIGTERM."""

from __future__ import annotations

import docker
import pytest

from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.containers import output
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("program", ["dockerd", "docker-registry", "slipway.gateway"])
def test_killed_program_is_restarted(
    client: docker.DockerClient, sandbox: Sandbox, learner: Typist, program: str
) -> None:
    learner.types("docker rmi -f hello-world")
    killed = client.containers.get(sandbox.engine).exec_run(["pkill", "-KILL", "-f", program])
    ready = client.containers.get(sandbox.engine).exec_run(["/usr/local/sbin/wait-ready", "30"])

    assert killed.exit_code == 0
    assert ready.exit_code == 0, ready.output
    pulled = learner.types("for try in 1 2 3 4 5; do docker run --rm hello-world && break; sleep 1; done")
    assert "Hello from Docker!" in pulled.output


def test_engine_starts_with_full_logs(client: docker.DockerClient, sandbox: Sandbox, learner: Typist) -> None:
    engine = client.containers.get(sandbox.engine)
    fill = "cat /dev/zero >> /run/log/engine.log; df --output=pcent /run/log /run"
    full = output(engine, ["sh", "-c", fill]).decode()
    log, run = full.split("%")[1:3]

    assert "No space left on device" in full
    assert (int(log), int(run) < 50) == (100, True)
    assert "Hello from Docker!" in learner.types("docker run --rm hello-world").output
    engine.exec_run(["pkill", "-KILL", "-x", "dockerd"])
    assert engine.exec_run(["/usr/local/sbin/wait-ready", "30"]).exit_code == 0
    assert int(output(engine, ["stat", "-c", "%s", "/run/log/engine.log"])) < 2**20
    assert "Hello from Docker!" in learner.types("docker run --rm hello-world").output


def test_engine_container_stops_on_sigterm(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    learner = Typist(sandboxes.start_terminal(sandbox, 1))
    learner.types("docker run -d busybox ping 127.0.0.1")
    learner.leave()
    engine = client.containers.get(sandbox.engine)
    engine.stop(timeout=20)
    engine.reload()
    code = engine.attrs["State"]["ExitCode"]
    sandboxes.remove(sandbox)

    assert code == 0  # 137 would mean that the host's engine had to kill it
