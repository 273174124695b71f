"""A second engine that finds, under their own names, the hosts of a registry that plays Docker Hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import docker

from slipway.engine.sandboxes import Sandboxes
from tests.engine.certificates import Authority
from tests.engine.docker_hub import DockerHub
from tests.engine.second_engine import SecondEngine

REGISTRY, TOKENS, BLOBS = "hub.slipway.test", "tokens.slipway.test", "blobs.slipway.test"
UNTRUSTED = "untrusted.slipway.test"
NAMES = (REGISTRY, TOKENS, BLOBS)
STORES: dict[str, dict[str, object]] = {"overlay2": {}, "containerd": {"features": {"containerd-snapshotter": True}}}


@contextmanager
def docker_hub(folder: Path) -> Iterator[DockerHub]:
    """Serve an empty hub; the certificate of its authority is `folder`/authority/ca.pem."""
    certificates = Authority(folder / "authority").issue_server(*NAMES)
    with closing(DockerHub(certificates, registry=REGISTRY, tokens=TOKENS, blobs=BLOBS)) as hub:
        yield hub


@contextmanager
def engine_beside(hub: DockerHub, folder: Path, sandboxes: Sandboxes, store: str) -> Iterator[docker.DockerClient]:
    """Start an empty engine with this image store that trusts the hub."""
    names = sandboxes.images
    engine = SecondEngine(sandboxes.client, names, sandboxes.settings.install, neighbours=(*NAMES, UNTRUSTED))
    try:
        engine.configure(**STORES[store])
        engine.trust(folder / "authority" / "ca.pem")
        engine.start()
        with engine.client() as client:
            yield client
    finally:
        engine.remove()
