"""The real docker client on a real terminal, through the gateway, to a real engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.engine.typist import Typist
from tests.eventually import eventually

pytestmark = pytest.mark.engine
CONTROL_C = "\x03"


@pytest.fixture(autouse=True)
def tidy(learner: Typist) -> Iterator[None]:
    learner.types("docker pull -q busybox; cd; stty rows 24 cols 80")
    yield
    learner.types("docker rm -fv $(docker ps -aq) 2>/dev/null; rm -rf ~/*", 90)


@pytest.fixture
def journal(sandboxes: Sandboxes, sandbox: Sandbox) -> Callable[[], list[dict[str, Any]]]:
    """Everything that the gateway has journalled so far."""

    def read() -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in sandboxes.client.containers.get(sandbox.engine).logs(stderr=False).splitlines()
        ]

    return read


def ended(journal: Callable[[], list[dict[str, Any]]], name: str) -> dict[str, Any]:
    """Return the `ended` record of the last call of this name, once it is written."""
    halves: list[dict[str, Any]] = []

    def has_ended() -> bool:
        halves[:] = [line for line in journal() if line.get("name") == name]
        return bool(halves) and halves[-1]["half"] == "ended"

    eventually(has_ended, f"the end of {name}", lambda: halves[-1:], pause=0.1)
    return halves[-1]


def begun(journal: Callable[[], list[dict[str, Any]]], name: str, before: int) -> None:
    """Wait until there have been more calls of this name than `before`."""
    eventually(lambda: calls(journal, name) > before, f"another {name}", lambda: journal()[-5:], pause=0.1)


@pytest.mark.parametrize(
    ("line", "output", "status"),
    [
        ("docker run --rm busybox echo hi there", "hi there", 0),
        ("docker run --rm busybox sh -c 'exit 7'", "", 7),
        ("docker run --rm busybox sh -c 'sh -c \"kill -9 \\$\\$\"; exit $?'", "Killed", 137),
        ("docker run --rm busybox nonsense 2>&1 | grep -c 'executable file not found'", "1", 0),
        ("docker run --rm busybox nonsense 2>/dev/null", "", 127),
        ("docker run --privileged busybox 2>/dev/null", "", 125),
        ("docker run --rm busybox sh -c 'echo out; echo err >&2' 2>/dev/null", "out", 0),
        ("docker run --rm busybox sh -c 'echo out; echo err >&2' 2>&1 >/dev/null", "err", 0),
        ("docker create --name made busybox echo made >/dev/null; docker start -a made", "made", 0),
        ("docker run -d --name box busybox sleep 1000 >/dev/null; echo abc | docker exec -i box cat", "abc", 0),
        ("docker run --init --rm busybox cat /proc/1/comm", "docker-init", 0),
        ("docker network create n1 >/dev/null; docker run -d --name web --network n1 busybox sleep 99 >/dev/null; "
         "docker run --rm --network n1 busybox ping -c 1 -q web | grep -c '0% packet loss'; "
         "docker rm -f web >/dev/null; docker network rm n1", "1\r\nn1", 0),
        ("docker run --rm -v data:/d busybox sh -c 'echo kept > /d/f'; docker run --rm -v data:/d busybox cat /d/f; "
         "docker volume rm data", "kept\r\ndata", 0),
        ("docker run --rm --memory 1g busybox sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes "
         "/sys/fs/cgroup/memory.max 2>/dev/null; true'", "67108864", 0),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_command_has_the_expected_output_and_status(learner: Typist, line: str, output: str, status: int) -> None:
    result = learner.types(line)
    assert (result.output.strip(), result.status) == (output.replace("\r\n", "\n"), status)


def test_piped_input_comes_out_complete_every_time(learner: Typist) -> None:
    """A half-closed standard input once lost its output in 5 of 40 runs."""
    result = learner.types(
        "head -c 1000000 /dev/urandom > f; docker run -d --name box busybox sleep 999 >/dev/null; "
        "for i in $(seq 20); do docker exec -i box cat < f | md5sum; done | sort | uniq -c; "
        "docker run -i --rm busybox cat < f | md5sum; md5sum < f",
        120,
    )
    counted, once, own = result.output.strip().split("\n")
    assert counted.split() == ["20", *own.split()]
    assert once == own


def test_terminal_in_a_container_has_its_size(learner: Typist) -> None:
    learner.send("docker run -it --rm busybox\n")
    learner.read_until(b"/ # ")
    learner.send("sleep 1; stty size\n")
    learner.read_until(b"24 80")
    learner.read_until(b"/ # ")
    assert b"\x1b]133;D;3" in learner.press("exit 3\n")


def test_detached_container_keeps_running_and_can_be_attached(learner: Typist) -> None:
    learner.send("docker run -it --name box busybox\n")
    learner.read_until(b"/ # ")
    learner.press("\x10\x11")
    assert learner.types("docker ps --format '{{.Names}}'").output.strip() == "box"
    learner.send("docker attach box\n")
    learner.send("\n")
    learner.read_until(b"/ # ")
    assert b"\x1b]133;D;4" in learner.press("exit 4\n")


@pytest.mark.parametrize("command", ["docker logs -f box", "docker events", "docker attach box", "docker stats box"])
def test_control_c_ends_a_stream_at_once(learner: Typist, command: str, journal: Callable[[], list[Any]]) -> None:
    ticks = "sh -c 'while :; do echo tick; sleep 0.2; done'"  # and its health check is an event every second
    learner.types(f"docker run -d --name box --health-cmd true --health-interval 1s busybox {ticks}")
    learner.send(command + "\n")
    learner.read_until({"stats": b"64MiB", "events": b"exec_create"}.get(command.split()[1], b"tick"))
    learner.press(CONTROL_C)
    learner.types("true")
    name = {"logs": "container.logs", "events": "system.events", "attach": "container.attach"}
    last = ended(journal, name.get(command.split()[1], "container.stats"))
    # an attached client sends Ctrl-C as a signal, and leaves when the container has ended
    assert last["cut"] or "attach" in command


def test_stop_continues_after_its_client_was_interrupted(learner: Typist, journal: Callable[[], list[Any]]) -> None:
    """Measured on engine 26.1: the grace period continues without its client, and SIGKILL follows."""
    learner.types("docker run -d --name box busybox sleep 1000")
    before = calls(journal, "container.stop")
    learner.send("docker stop -t 5 box\n")
    begun(journal, "container.stop", before)
    learner.press(CONTROL_C)
    assert learner.types("docker wait box").output.strip() == "137"
    assert ended(journal, "container.stop")["cut"]


def test_files_up_to_eight_mib_are_copied_in_and_out(learner: Typist) -> None:
    learner.types("docker run -d --name box busybox sleep 1000; head -c 8000000 /dev/urandom > f")
    assert learner.types("docker cp -q f box:/tmp/f; docker cp box:/tmp/f - | tar -xO | cmp - f").status == 0
    refused = learner.types("cat f >> f2; cat f2 >> f; docker cp -q f box:/tmp/g")
    assert "docker cp takes at most 8 MiB at once" in refused.output


def test_build_with_a_too_large_context_is_refused(learner: Typist) -> None:
    learner.types("mkdir -p small; printf 'FROM busybox\\nRUN echo built > /f\\nCMD cat /f\\n' > small/Dockerfile")
    assert learner.types("docker build -q -t mine small && docker run --rm mine", 90).output.strip().endswith("built")
    learner.types("docker rmi mine")
    result = learner.types("(cd small; truncate -s 70M big; docker build -q .)", 90)
    assert "A build takes at most 64 MiB" in result.output


def test_auto_remove_container_is_gone_after_a_refused_start(learner: Typist) -> None:
    """`docker run --rm` waits for the removal: it once hung when the lab refused the start."""
    learner.types("for i in $(seq 10); do docker run -d busybox sleep 1000; done", 120)
    result = learner.types("timeout 60 docker run --rm --name eleventh busybox true", 90)
    assert result.status == 125
    assert "10 containers run in this sandbox already" in result.output
    assert not learner.types("docker ps -aq -f name=eleventh").output.strip()


def test_name_that_becomes_the_host_networks_id_does_not_join_it(learner: Typist) -> None:
    """A network of that name passes, and is removed before the start; the engine takes the name for the host's id."""
    learner.types("id=$(docker network inspect -f '{{.Id}}' host | cut -c1-10); docker network create $id")
    learner.types("docker create --name box --network $id busybox ls /sys/class/net; docker network rm $id", 60)
    assert learner.types("docker start -a box 2>/dev/null").output.split() in ([], ["lo"])
    assert "--network host" in learner.types("docker create --network $id busybox").output


def test_health_check_of_an_image_has_a_period_of_a_second(learner: Typist) -> None:
    check = "FROM busybox\\nHEALTHCHECK --interval=1ms --timeout=3s CMD true\\n"
    learner.types(f"printf '{check}' | docker build -q -t brisk -; docker create --name box brisk sleep 9", 90)
    result = learner.types("docker inspect -f '{{.Config.Healthcheck}}' box; docker rm box; docker rmi brisk")
    assert result.output.startswith("{[CMD-SHELL true] 1s 3s ")


def killed(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    sandboxes.client.containers.get(sandbox.engine).exec_run(["sh", "-c", "kill -9 $(cat /run/dockerd.pid)"])


def calls(journal: Callable[[], list[dict[str, Any]]], name: str) -> int:
    return len([line for line in journal() if line.get("name") == name and line["half"] == "started"])


@pytest.mark.parametrize(
    ("command", "name"), [("docker logs -f box", "container.logs"), ("docker wait box", "container.wait")]
)
def test_logs_and_wait_report_that_the_engine_is_gone(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist, journal: Callable[[], list[Any]], command: str, name: str
) -> None:
    learner.types("docker run -d --name box busybox sh -c 'echo begun; sleep 1000'")
    before = calls(journal, name)
    learner.send(f"{command}\n")
    begun(journal, name, before)
    if "logs" in command:
        learner.read_until(b"begun")
    else:  # it prints nothing; but once a later call is answered, the engine has answered its head too
        assert sandboxes.start_terminal(sandbox, 1).exec_run(["docker", "ps"]).exit_code == 0
    killed(sandboxes, sandbox)
    said = learner.press("")
    assert b"\x1b]133;D;1" in said
    assert b"The engine of this sandbox doesn't answer" in said
    assert b"Unrecognized" not in said
    learner.types("until docker version; do sleep 0.5; done", 60)


def test_container_with_restart_always_returns_with_its_engine(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    """So they are counted when they are created: the engine starts them without the gateway."""
    learner.types("docker run -d --restart always --name box busybox sleep 1000; docker stop -t 0 box")
    assert not learner.types("docker ps -q").output.strip()
    killed(sandboxes, sandbox)
    assert learner.types("until docker ps | grep box; do sleep 0.5; done", 60).status == 0
    learner.types("for i in $(seq 9); do docker create --restart unless-stopped busybox true; done", 60)
    result = learner.types("docker create --restart always busybox")
    assert "10 containers of this sandbox start again by themselves already" in result.output
    assert learner.types("docker create busybox").status == 0


@pytest.mark.parametrize(
    ("line", "option", "sentence"),
    [
        ("EXPOSE 1000-9000", "-P", "A container publishes at most 50 ports"),
        ("WORKDIR /proc/self/fd/8", "", "The image's WORKDIR /proc/self/fd/8 belongs to the kernel"),
    ],
)
def test_dockerfile_is_limited_like_a_command(learner: Typist, line: str, option: str, sentence: str) -> None:
    built = learner.types(f"printf 'FROM busybox\\n{line}\\n' | docker build -q -t sly -", 90)
    assert "sha256:" in built.output
    assert sentence in learner.types(f"docker create {option} sly true").output
    assert learner.types("docker create -w / sly true; docker rmi -f sly").status == 0


def turns(journal: Callable[[], list[dict[str, Any]]]) -> list[str]:
    return [line["kind"] for line in journal() if line["kind"] in ("lost", "seen") and not line.get("repeated")]


def test_restarted_engine_is_journalled(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist, journal: Callable[[], list[Any]]
) -> None:
    learner.types("docker run -d --name box busybox sleep 1000")
    before = len(turns(journal))
    killed(sandboxes, sandbox)
    eventually(
        lambda: turns(journal)[before:] == ["lost", "seen"],
        "the engine to be lost and seen again",
        lambda: turns(journal)[before:],
        pause=0.2,
    )
    assert learner.types("docker ps -a --format '{{.Names}} {{.State}}'").output.strip() == "box exited"
