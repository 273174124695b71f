"""The two images of a sandbox, named by a fingerprint of their sources: only a changed image is built again.

Knows what goes into an image, not how it is built (image_build.py) or run (sandboxes.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import docker
from docker.errors import DockerException

from slipway.engine.base_image import ensure_base
from slipway.engine.image_build import Files, OnProgress, build, files_below, fingerprint, has_image, pack
from slipway.engine.image_pins import ImagePins
from slipway.engine.registry import ensure_registry, registry_tag
from slipway.settings import ROOT, Settings


@dataclass(frozen=True)
class ImageNames:
    """The names of the images of which a sandbox consists."""

    engine: str
    terminal: str


def image_names() -> ImageNames:
    """Return the names for the present sources, without asking an engine."""
    return ImageNames(
        engine=f"slipway-engine:{fingerprint(_engine_files(), registry_tag())}",
        terminal=f"slipway-terminal:{fingerprint(_terminal_files())}",
    )


def are_ready(client: docker.DockerClient) -> bool:
    """Return whether the host's engine has both images."""
    names = image_names()
    return has_image(client, names.engine) and has_image(client, names.terminal)


def contents(client: docker.DockerClient) -> dict[str, str]:
    """Return what the images contain: their ids, and the versions of Debian and its packages.

    Empty while there is no engine image.
    """
    names = image_names()
    try:
        output = client.containers.run(
            names.engine, ["-c", _LIST_VERSIONS], entrypoint="sh", remove=True, network_mode="none", cap_drop=["ALL"]
        )
        ids = {what: client.images.get(name).short_id for what, name in vars(names).items()}
    except DockerException:
        return {}
    return ids | dict(line.split(maxsplit=1) for line in output.decode().splitlines())


def ensure_images(client: docker.DockerClient, settings: Settings, say: OnProgress) -> ImageNames:
    """Build what is missing, including the base and the registry; return the names. Raises ImageFailed."""
    names = image_names()
    if are_ready(client):
        return names
    # The classic builder also runs every stage before its target, so each build gets the files of both.
    files = {**_engine_files(), **_terminal_files()}
    base = ensure_base(client, ImagePins(settings.state), say, settings.install)
    if not has_image(client, names.terminal):
        build(client, names.terminal, "terminal", pack(files), say, _labels(settings, "terminal"), BASE=base)
    if not has_image(client, names.engine):
        arguments = {"BASE": base, "REGISTRY": ensure_registry(client, settings, base, say)}
        build(client, names.engine, "engine", pack(files), say, _labels(settings, "engine"), **arguments)
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
_LIST_VERSIONS = f"echo debian $(cat /etc/debian_version); dpkg-query -W -f '${{Package}} ${{Version}}\\n' {_PACKAGES}"
