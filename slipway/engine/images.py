"""The two images of a sandbox, named by what goes into them: unchanged is found again, changed is built anew.

Knows what goes into an image; how to build one is build.py's, how to run one is sandbox.py's.
"""

from __future__ import annotations

from dataclasses import dataclass

import docker
from docker.errors import DockerException

from slipway.engine.base_image import ensure_base
from slipway.engine.image_build import Files, OnProgress, build, files_below, fingerprint, pack, present
from slipway.engine.image_pins import ImagePins
from slipway.engine.registry import ensure_hub, hub_tag
from slipway.settings import ROOT, Settings


@dataclass(frozen=True)
class Images:
    """The names of the images that a sandbox is made of."""

    engine: str
    terminal: str


def images() -> Images:
    """The names for the sources as they are now; asks no engine."""
    return Images(
        engine=f"slipway-engine:{fingerprint(_engine_files(), hub_tag())}",
        terminal=f"slipway-terminal:{fingerprint(_terminal_files())}",
    )


def ready(client: docker.DockerClient) -> bool:
    """Whether the host's engine has both."""
    names = images()
    return present(client, names.engine) and present(client, names.terminal)


def contents(client: docker.DockerClient) -> dict[str, str]:
    """What the images that are there are made of: their ids, Debian's version and its packages'.

    Empty when there is no engine image yet.
    """
    names = images()
    try:
        told = client.containers.run(
            names.engine, ["-c", _TELL], entrypoint="sh", remove=True, network_mode="none", cap_drop=["ALL"]
        )
        ids = {what: client.images.get(name).short_id for what, name in vars(names).items()}
    except DockerException:
        return {}
    return ids | dict(line.split(maxsplit=1) for line in told.decode().splitlines())


def ensure_images(client: docker.DockerClient, settings: Settings, say: OnProgress) -> Images:
    """Build what is missing, the base and the hub included; seconds when nothing is. Raises ImageFailed."""
    names = images()
    if ready(client):
        return names
    # The classic builder runs every stage before its target too, so each build is given the files of both.
    files = {**_engine_files(), **_terminal_files()}
    base = ensure_base(client, ImagePins(settings.state), say, settings.install)
    if not present(client, names.terminal):
        build(client, names.terminal, "terminal", pack(files), say, _labels(settings, "terminal"), BASE=base)
    if not present(client, names.engine):
        hub = ensure_hub(client, settings, base, say)
        build(client, names.engine, "engine", pack(files), say, _labels(settings, "engine"), BASE=base, REGISTRY=hub)
    return names


def _engine_files() -> Files:
    gateway = files_below(ROOT / "slipway" / "gateway", ".", into="slipway/gateway/")
    package = {"slipway/__init__.py": (ROOT / "slipway" / "__init__.py").read_bytes()}
    return {**files_below(ROOT / "sandbox", "Dockerfile", "engine"), **package, **gateway}


def _terminal_files() -> Files:
    return files_below(ROOT / "sandbox", "Dockerfile", "terminal")


def _labels(settings: Settings, role: str) -> dict[str, str]:
    return {"slipway.install": settings.install, "slipway.role": role}


_PACKAGES = "docker.io containerd runc docker-registry python3 python3-h11 python3-pydantic"
_TELL = f"echo debian $(cat /etc/debian_version); dpkg-query -W -f '${{Package}} ${{Version}}\\n' {_PACKAGES}"
