"""A second host engine that a test can kill: a dockerd in a container, isolated like a sandbox.

It listens on a port of this machine's, so that a lab finds it as it finds any engine: by DOCKER_HOST. With an authority
it listens with TLS, and asks its clients for a certificate.
"""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import docker

from slipway.engine import host
from slipway.engine.client import connect
from slipway.engine.images import ImageNames
from slipway.engine.isolation import CAPABILITIES, NESTED_ENGINE, SYSTEM_PATHS_UNCONFINED
from slipway.settings import Settings
from tests.engine.certificates import Authority
from tests.eventually import eventually

PATIENCE = 120.0  # seconds; an engine inside an engine starts slowly
BEGIN = "/usr/local/sbin/cgroup-setup; echo '{}' > /run/second.json; exec sleep infinity"
DOCKERD = (
    "dockerd -H tcp://0.0.0.0:2375 {tls} --config-file=/run/second.json --pidfile=/run/docker.pid "
    "--bridge=none --iptables=false {flags}"
)
CERTIFICATES = "/etc/second"
TLS = f"--tlsverify --tlscacert={CERTIFICATES}/ca.pem --tlscert={CERTIFICATES}/cert.pem --tlskey={CERTIFICATES}/key.pem"


class SecondEngine:
    """Runs from `start` to `kill`, any number of times; its containers outlive it only with --live-restore.

    `certificates` is what its clients need as DOCKER_CERT_PATH, if an authority was given. It finds this machine by the
    names of its `neighbours`, and then no other names.
    """

    def __init__(
        self,
        first: docker.DockerClient,
        images: ImageNames,
        install: str,
        authority: Authority | None = None,
        neighbours: Sequence[str] = (),
    ) -> None:
        options: dict[str, Any] = {"port_bindings": {2375: ("127.0.0.1",)}, "tmpfs": {"/run": "exec"}} | NESTED_ENGINE
        if neighbours:
            options |= {"extra_hosts": dict.fromkeys(neighbours, "host-gateway"), "dns": ["127.0.0.1"]}
        config = first.api.create_host_config(cap_add=list(CAPABILITIES[-1]), cgroupns="private", **options)
        made = first.api.create_container(
            images.engine,
            ["sh", "-c", BEGIN],
            entrypoint=["tini", "--"],
            labels={"slipway.install": install, "slipway.role": "host"},
            ports=[2375],
            volumes=["/var/lib/docker"],
            host_config=config | SYSTEM_PATHS_UNCONFINED,
        )
        self._container: Any = first.containers.get(made["Id"])
        self._container.start()
        self._container.reload()
        (port,) = cast("list[dict[str, str]]", self._container.ports["2375/tcp"])
        self.address = f"tcp://127.0.0.1:{port['HostPort']}"
        self.certificates: Path | None = None
        if authority:
            self._container.put_archive("/etc", _tar(authority.issue("engine"), "second"))
            self.certificates = authority.issue("client")

    def start(self, *flags: str) -> None:
        """Start it and wait until it answers."""
        dockerd = DOCKERD.format(tls=TLS if self.certificates else "--tls=false", flags=" ".join(flags))
        words = f"rm -f /run/docker.pid; exec {dockerd} >> /run/second.log 2>&1"
        roots = {"SSL_CERT_FILE": "/run/trusted.pem", "SSL_CERT_DIR": "/etc/ssl/certs"}  # the first may be missing
        self._container.exec_run(["sh", "-c", words], detach=True, environment=roots)
        eventually(self.answers, "the first answer of the second engine", self._last_words, seconds=PATIENCE, pause=0.2)

    def configure(self, **options: object) -> None:
        """Set options of daemon.json for the next start."""
        self._write("/run", "second.json", json.dumps(options).encode())

    def trust(self, certificate: Path) -> None:
        """Trust the authority with this certificate from the next start on, for registries and their token servers."""
        self._write("/run", "trusted.pem", certificate.read_bytes())

    def kill(self) -> None:
        """Kill it with SIGKILL, by pid: the engines in its sandboxes have the same process name."""
        assert self._container.exec_run(["sh", "-c", "kill -9 $(cat /run/docker.pid)"]).exit_code == 0
        eventually(lambda: not self.answers(), "the end of the second engine", self._last_words, seconds=PATIENCE)

    def answers(self) -> bool:
        return host.find_engine(self.settings()) is not None

    def client(self, timeout: int = 600) -> closing[docker.DockerClient]:
        return closing(connect(self.settings(), timeout))

    def settings(self) -> Settings:
        """Return the settings of a lab that uses it."""
        return Settings("", "", Path(), docker_host=self.address, docker_cert_path=self.certificates)

    def load(self, first: docker.DockerClient, *images: str) -> None:
        """Load images from the first engine into it."""
        with self.client() as there:
            for name in images:
                there.api.load_image(first.api.get_image(name))  # type: ignore[no-untyped-call]

    def remove(self) -> None:
        self._container.remove(force=True, v=True)

    def _write(self, folder: str, name: str, content: bytes) -> None:
        command = f"printf %s {base64.b64encode(content).decode()} | base64 -d > '{folder}/{name}'"
        assert self._container.exec_run(["sh", "-c", command]).exit_code == 0  # put_archive cannot write to a tmpfs

    def _last_words(self) -> str:
        return str(self._container.exec_run(["tail", "-n", "20", "/run/second.log"]).output.decode(errors="replace"))


def _tar(folder: Path, name: str) -> bytes:
    """Return a tar of the folder under this name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, name)
    return buffer.getvalue()
