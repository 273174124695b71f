"""What a sandbox needs to pull from Docker Hub in a lab that was started with --online.

A network with a way out, and what the machine itself needs to get there: its extra roots and its engine's proxy. An
offline sandbox gets nothing of it.
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field

import docker
from docker.errors import NotFound

from slipway.engine.host_proxy import find_proxy
from slipway.engine.isolation import OFFLINE
from slipway.engine.online_network import ensure_network
from slipway.engine.root_certificates import as_bundle, extra_roots
from slipway.settings import Settings

ROOTS_FILE = "roots.pem"
"""Its name in the gateway's volume: an engine container is read-only, and only into a volume can a file be put."""


@dataclass(frozen=True)
class OnlineAccess:
    """The `network` of an engine container, its `environment`, and the `roots` that it trusts beside its own (PEM)."""

    network: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    roots: bytes = b""

    @property
    def labels(self) -> dict[str, str]:
        """The labels by which an online sandbox is known."""
        return {"slipway.online": "1"} if self.network else {}

    def put_roots(self, client: docker.DockerClient, engine: str, folder: str) -> None:
        """Write the roots into `folder` of an engine container that was not started yet."""
        if self.roots:
            client.api.put_archive(engine, folder, _tar(ROOTS_FILE, self.roots))


def online_access(client: docker.DockerClient, settings: Settings) -> OnlineAccess:
    """Return what the sandboxes of a lab get, and create their network. Raises DockerException."""
    if not settings.online:
        return OnlineAccess()
    network = ensure_network(client, settings.install)
    environment = {"SLIPWAY_ONLINE": "1"} | find_proxy(client.api.info()).environment
    return OnlineAccess(network, environment, as_bundle(extra_roots(settings.root_certificates)))


def is_online(client: docker.DockerClient, engine: str) -> bool:
    """Return whether an engine container has a way out; False if it is gone. Raises DockerException."""
    try:
        return bool(client.api.inspect_container(engine)["HostConfig"]["NetworkMode"] != OFFLINE)
    except NotFound:
        return False


def _tar(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o444
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
