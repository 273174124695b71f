"""The same commands on the engine's own socket and through the gateway: the same status, the same bytes.

Only what is new each time (ids, times, names of the engine's choice) is blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.sandbox import Sandboxes

pytestmark = pytest.mark.engine


class Twins(Sandboxes):
    """Sandboxes whose engine's own socket can be reached too, by a test."""

    def _binds(self, key: str) -> dict[str, dict[str, str]]:
        return super()._binds(key) | {self._volume(key, "engine"): {"bind": "/run/engine", "mode": "rw"}}


@pytest.fixture(scope="module")
def ways(sandboxes: Sandboxes, client: docker.DockerClient) -> Iterator[tuple[Container, Container]]:
    """Two terminals of one sandbox: one at the engine's own socket, one at the gateway's."""
    twins = Twins(client, sandboxes.settings)
    sandbox = twins.create()
    through = twins.terminal(sandbox, 1)
    labels = {"slipway.install": sandboxes.settings.install, "slipway.sandbox": sandbox.key, "slipway.role": "terminal"}
    direct = client.containers.run(
        twins.images.terminal,
        ["sleep", "infinity"],
        detach=True,
        user="0",
        labels=labels,
        environment={"DOCKER_HOST": "unix:///run/engine/engine.sock", "HOME": "/tmp"},  # noqa: S108 - in the container
        network_mode=f"container:{sandbox.engine}",
        volumes={twins._name(sandbox.key, "engine"): {"bind": "/run/engine", "mode": "rw"}},
    )
    for image in ("busybox", "hello-world"):
        direct.exec_run(["docker", "pull", "-q", image])
    yield direct, through
    twins.remove(sandbox)


COMMANDS = [
    "docker run --rm busybox sh -c 'echo out; echo err >&2; exit 7'",
    "docker run --rm busybox nonsense",
    "docker run --rm busybox sh -c 'kill -9 $$'",
    "docker run -i --rm busybox cat </dev/null",
    "seq 100000 | docker run -i --rm busybox md5sum",
    "docker run --rm busybox seq 50000",
    "docker run hello-world >/dev/null; docker ps -a --format '{{.Image}} {{.Status}}'",
    "docker run -d --name box busybox sh -c 'for i in 1 2 3; do echo $i; done; sleep 300'; docker logs box",
    "docker run -d --name box busybox sh -c 'for i in 1 2 3; do sleep 1; echo $i; done'; docker logs -f box",
    "docker run -d --name box busybox sleep 300; docker stop -t 1 box; docker inspect -f '{{.State.ExitCode}}' box",
    "docker run -d --name box busybox sleep 300; docker kill box; docker wait box; docker start box; docker rm box",
    "docker create --name box busybox echo made; docker start -a box; docker start nothing",
    "docker run -d --name box busybox sleep 300; echo abc | docker exec -i box cat; docker exec box sh -c 'exit 5'",
    "docker run -d --name box busybox sleep 300; docker exec -w /tmp -e A=b box sh -c 'pwd; echo $A'; docker diff box",
    "docker run -d --name box busybox sleep 300; docker pause box; docker ps --format '{{.State}}'; docker unpause box",
    "docker run -d --name box busybox sleep 300; docker rename box crate; docker port crate; docker top crate",
    "docker run -d --name box busybox sleep 300; echo kept >/tmp/f; docker cp -q /tmp/f box:/f; "
    "docker exec box cat /f; docker cp box:/f - | tar -xO",
    "docker run --rm -v data:/d busybox sh -c 'echo kept >/d/f'; docker run --rm -v data:/d busybox cat /d/f; "
    "docker volume ls -q; docker volume rm data",
    "docker network create mine; docker run -d --name web --network mine busybox sleep 300; "
    "docker run --rm --network mine busybox ping -c 1 -q web | grep -c '0% packet'; "
    "docker rm -f web; docker network rm mine",
    "docker run -d --name web -p 8099:80 busybox sh -c 'echo hello >index.html; httpd -f -p 80'; sleep 1; "
    "curl -s --retry 5 --retry-connrefused localhost:8099; docker port web",
    "mkdir -p /tmp/b; printf 'FROM busybox\\nRUN echo built >/f\\nCMD cat /f\\n' >/tmp/b/Dockerfile; "
    "docker build -q -t mine /tmp/b; docker run --rm mine; docker history -q mine | wc -l; docker rmi mine",
    "printf 'FROM busybox\\nRUN exit 3\\n' >/tmp/Dockerfile; docker build -q - </tmp/Dockerfile",
    "docker run -d --name box busybox sleep 300; timeout 3 docker stats --no-stream --format '{{.Name}}' box",
    "docker run -di --name box busybox sh; echo 'exit 9' | timeout 20 docker attach box; timeout 20 docker wait box",
    "docker run --rm --init busybox cat /proc/1/comm; docker run --rm -u 1000 -h here busybox sh -c 'id -u; hostname'",
    "docker container prune -f; docker images --format '{{.Repository}}'; docker inspect nothing; "
    "docker tag busybox a:b; docker rmi a:b",
    "docker ps --nonsense; docker logs nothing; docker exec nothing true; docker rm nothing",
]
TIDY = "docker rm -fv $(docker ps -aq); docker network prune -f; docker volume prune -af; docker rmi mine"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[:60])
def test_nobody_can_tell_that_somebody_stands_between(ways: tuple[Container, Container], command: str) -> None:
    told = []
    for way in ways:
        way.exec_run(["bash", "-c", TIDY])
        code, (out, err) = way.exec_run(["timeout", "90", "bash", "-c", command], demux=True)
        told.append((code, blanked(out), blanked(err)))
    assert told[0] == told[1]
    assert told[0][0] != 124, "it hung on both ways"


def blanked(text: bytes | None) -> str:
    plain = (text or b"").decode(errors="replace")
    plain = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", "ID", plain)
    plain = re.sub(r"\d+ (second|minute)s?|Less than a second|About a minute", "TIME", plain)
    return re.sub(r"^root .*$|\d\d:\d\d(:\d\d)?", "…", plain, flags=re.M)
