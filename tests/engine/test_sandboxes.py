"""Sandboxes on a real engine: images, containers, ports and terminals; creation and removal leave nothing behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import docker
import pytest

from slipway.engine.host_memory import free_memory, total_memory
from slipway.engine.images import image_names
from slipway.engine.sandboxes import Sandbox, Sandboxes, SandboxFailed
from tests.containers import pause
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine


def test_hello_world_is_pulled_once_and_runs_twice(learner: Typist) -> None:
    learner.types("docker rm -f $(docker ps -aq); docker rmi -f hello-world")
    first = learner.types("docker run hello-world")
    second = learner.types("docker run hello-world")

    assert "Unable to find image 'hello-world:latest' locally" in first.output
    assert "Pull complete" in first.output
    assert "Hello from Docker!" in first.output
    assert "Unable to find image" not in second.output
    assert "Hello from Docker!" in second.output
    assert (first.status, second.status) == (0, 0)


def test_hello_world_has_no_shell_to_list_files_with(learner: Typist) -> None:
    futures = learner.types("docker run --rm hello-world ls")

    assert futures.status == 127
    assert 'exec: "ls": executable file not found' in futures.output


def test_ping_ignores_sigterm_and_is_killed(learner: Typist) -> None:
    learner.types("docker run -d --name deaf busybox ping 127.0.0.1")
    learner.types("docker stop -t 1 deaf")
    deaf = learner.types("docker inspect -f '{{.State.ExitCode}}' deaf")
    learner.types("docker rm -f deaf")

    assert deaf.output.strip() == "137"


def test_redis_obeys_sigterm(learner: Typist) -> None:
    learner.types("docker run -d --name polite redis")
    answer = learner.types("docker exec polite redis-cli ping")
    learner.types("docker stop polite")
    polite = learner.types("docker inspect -f '{{.State.ExitCode}}' polite")
    learner.types("docker rm -f polite")

    assert answer.output.strip() == "PONG"
    assert polite.output.strip() == "0"


def test_shell_with_a_trap_chooses_its_exit_code(learner: Typist) -> None:
    learner.types("docker run -d --name wise busybox sh -c 'trap \"exit 7\" TERM; sleep 100 & wait'")
    learner.types("docker stop wise")
    wise = learner.types("docker inspect -f '{{.State.ExitCode}}' wise")
    learner.types("docker rm -f wise")

    assert wise.output.strip() == "7"


def test_kill_needs_no_stop(learner: Typist) -> None:
    learner.types("docker run -d --name short busybox sleep 100")
    learner.types("docker kill short")
    listed = learner.types("docker ps -a --filter name=short --format '{{.Status}}'")
    learner.types("docker rm -f short")

    assert listed.output.startswith("Exited (137)")


def test_published_port_answers_in_the_terminal(learner: Typist) -> None:
    learner.types("docker run -d --name site -p 8080:80 nginx")
    page = learner.types("curl -sS --retry 9 --retry-connrefused --retry-delay 1 localhost:8080")
    learner.types("docker rm -f site")

    assert "Welcome to nginx!" in page.output


def test_containers_on_a_user_defined_network_resolve_each_other(learner: Typist) -> None:
    learner.types("docker network create quiet")
    learner.types("docker run -d --name shop --network quiet nginx")
    page = learner.types("docker run --rm --network quiet busybox wget -qO- shop")
    learner.types("docker rm -f shop; docker network rm quiet")

    assert "Welcome to nginx!" in page.output


def test_terminals_of_a_sandbox_share_engine_and_files(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    learner.types("echo 'a note' > note")
    second = Typist(sandboxes.start_terminal(sandbox, 2))
    note = second.types("cat note")
    second.leave()

    assert note.output == "a note\n"


def test_ended_terminal_restarts_with_its_scrollback(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    terminal = sandboxes.start_terminal(sandbox, 3)
    before = Typist(terminal)
    before.types("echo long ago; echo kept > kept")
    before.send("exit\n")
    terminal.wait()
    before.leave()

    again = Typist(sandboxes.start_terminal(sandbox, 3))
    assert b"long ago" in again.opening
    assert again.types("cat kept").output == "kept\n"
    again.leave()

    new = sandboxes.start_terminal(sandbox, 3, new_shell=True)
    assert new.id == terminal.id  # it runs: nothing to replace


def test_create_find_and_remove(sandboxes: Sandboxes, client: docker.DockerClient) -> None:
    sandbox = sandboxes.create()
    sandboxes.start_terminal(sandbox, 1)

    assert sandboxes.find(sandbox.key) == sandbox
    assert sandbox in sandboxes.all()
    assert sandboxes.is_running(sandbox)

    sandboxes.remove(sandbox)
    sandboxes.remove(sandbox)  # gone already is success

    assert sandboxes.find(sandbox.key) is None
    assert not sandboxes.is_running(sandbox)
    assert not _left(client, f"slipway.sandbox={sandbox.key}")
    with pytest.raises(SandboxFailed, match="Terminal 1 could not be started"):
        sandboxes.start_terminal(sandbox, 1)
    sandboxes.remove(sandbox)


def test_simultaneous_learners_after_a_restart_all_get_a_sandbox(
    sandboxes: Sandboxes, client: docker.DockerClient
) -> None:
    restarted = Sandboxes(client, sandboxes.settings)  # knows nothing yet of what the host grants
    with ThreadPoolExecutor(4) as at_once:
        futures = [at_once.submit(restarted.create) for _ in range(4)]
    created = [future.result() for future in futures if future.exception() is None]
    try:
        assert [future.exception() for future in futures] == [None] * 4
        assert all(restarted.is_running(sandbox) for sandbox in created)
    finally:
        for sandbox in created:
            sandboxes.remove(sandbox)


def test_failed_creation_leaves_nothing_behind(
    sandboxes: Sandboxes, client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _left(client, f"slipway.install={sandboxes.settings.install}")
    impatient = replace(sandboxes.settings, limits=replace(sandboxes.settings.limits, start=0.1))
    monkeypatch.setattr(sandboxes, "settings", impatient)

    with pytest.raises(SandboxFailed, match="did not answer"):
        sandboxes.create()

    assert _left(client, f"slipway.install={sandboxes.settings.install}") == before


def test_failed_creation_is_told_if_the_engine_is_too_slow_to_remove_it(
    sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(_key: str) -> None:
        raise TimeoutError("Read timed out.")

    monkeypatch.setattr(sandboxes, "_start_engine", too_slow)
    monkeypatch.setattr(sandboxes, "_remove", too_slow)

    with pytest.raises(SandboxFailed, match=r"could not be started: Read timed out\."):
        sandboxes.create()


def _left(client: docker.DockerClient, label: str) -> set[str]:
    containers = client.api.containers(all=True, filters={"label": label})
    volumes = client.api.volumes(filters={"label": label})["Volumes"] or []
    return {row["Id"] for row in containers} | {row["Name"] for row in volumes}


def test_paused_sandbox_is_unpaused(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist, client: docker.DockerClient
) -> None:
    pause(client.containers.get(sandbox.engine))

    assert sandboxes.unpause_all() == {sandbox.key}
    assert sandboxes.unpause_all() == set()
    assert learner.types("docker version --format '{{.Server.Os}}'").output.strip() == "linux"


def test_free_memory_is_read_through_a_sandbox(
    sandboxes: Sandboxes, sandbox: Sandbox, client: docker.DockerClient
) -> None:
    free = sandboxes.free_memory()
    assert free is not None
    assert 0 < free < total_memory(client)


def test_free_memory_is_read_through_the_next_sandbox_when_one_was_removed(
    sandbox: Sandbox, client: docker.DockerClient
) -> None:
    ended = client.api.create_container(image_names().terminal, ["true"])["Id"]
    try:
        assert free_memory(client, ["removed", ended, sandbox.engine])
        assert free_memory(client, ["removed", ended]) is None
    finally:
        client.api.remove_container(ended)
