"""A host's engine of a test's own, to be killed: a dockerd in a container beside the lab's, confined as a sandbox is.

It listens on a port of this machine's, so that a lab finds it as it finds any engine: by DOCKER_HOST.
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from slipway.engine.confinement import CAPABILITIES, NEST, SYSTEM_PATHS_UNCONFINED
from slipway.engine.images import Images
from tests.patience import eventually

PATIENCE = 120.0  # of an engine that starts within another
BEGIN = "/usr/local/sbin/nest; echo '{}' > /run/second.json; exec sleep infinity"
DOCKERD = (
    "dockerd -H tcp://0.0.0.0:2375 --tls=false --config-file=/run/second.json --pidfile=/run/docker.pid "
    "--bridge=none --iptables=false {}"
)


class SecondEngine:
    """Runs from `start` to `kill`, as often as one likes; its containers outlive it only with --live-restore."""

    def __init__(self, first: docker.DockerClient, images: Images, install: str) -> None:
        host = first.api.create_host_config(
            cap_add=list(CAPABILITIES[-1]),
            cgroupns="private",
            port_bindings={2375: ("127.0.0.1",)},
            tmpfs={"/run": "exec"},
            **NEST,
        )
        made = first.api.create_container(
            images.engine,
            ["sh", "-c", BEGIN],
            entrypoint=["tini", "--"],
            labels={"slipway.install": install, "slipway.role": "host"},
            ports=[2375],
            volumes=["/var/lib/docker"],
            host_config=host | SYSTEM_PATHS_UNCONFINED,
        )
        self._container: Any = first.containers.get(made["Id"])
        self._container.start()
        self._container.reload()
        (port,) = self._container.ports["2375/tcp"]
        self.address = f"tcp://127.0.0.1:{port['HostPort']}"

    def start(self, *flags: str) -> None:
        """Start it, and wait for its first answer."""
        words = f"rm -f /run/docker.pid; exec {DOCKERD.format(' '.join(flags))} >> /run/second.log 2>&1"
        self._container.exec_run(["sh", "-c", words], detach=True)
        eventually(self.answers, "the first answer of the second engine", self._last_words, seconds=PATIENCE, pause=0.2)

    def kill(self) -> None:
        """kill -9. By its number: the engines in its sandboxes go by the same name."""
        assert self._container.exec_run(["sh", "-c", "kill -9 $(cat /run/docker.pid)"]).exit_code == 0
        eventually(lambda: not self.answers(), "the end of the second engine", self._last_words, seconds=PATIENCE)

    def answers(self) -> bool:
        with suppress(DockerException, RequestException, OSError), self.client(5) as client:
            return bool(client.ping())
        return False

    def client(self, timeout: int = 600) -> closing[docker.DockerClient]:
        return closing(docker.DockerClient(base_url=self.address, timeout=timeout))

    def remove(self) -> None:
        self._container.remove(force=True, v=True)

    def _last_words(self) -> str:
        return str(self._container.exec_run(["tail", "-n", "20", "/run/second.log"]).output.decode(errors="replace"))
