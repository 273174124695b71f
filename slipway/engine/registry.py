"""The hub's image: a registry's files with the course's images in them, so that a pull in a sandbox really pulls.

It is an image rather than a volume: made in one piece or not at all, read-only by nature, shared by every sandbox, and
the same on a remote engine. Real images from Docker Hub where it answers, else stand-ins built from Debian packages.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import IO

import docker

from slipway.engine.base_image import fetch
from slipway.engine.image_build import Files, OnProgress, build, files_below, fingerprint, pack, present
from slipway.engine.image_pins import ImagePins
from slipway.settings import ROOT, Settings

CATALOGUE = ("hello-world", "busybox", "redis", "nginx")


def hub_tag() -> str:
    """The name of the hub's image for the recipe as it is now."""
    return f"slipway-hub:{fingerprint(_recipe(), *CATALOGUE)}"


def ensure_hub(client: docker.DockerClient, settings: Settings, base: str, say: OnProgress) -> str:
    """Make the hub's image, with tools of `base`, unless it is there; its name. Raises ImageFailed."""
    tag = hub_tag()
    if not present(client, tag):
        with ExitStack() as stack:
            archives = {
                f"archives/{name}.tar": stack.enter_context(
                    _archive(client, _source(client, settings, name, base, say))
                )
                for name in CATALOGUE
            }
            context = stack.enter_context(pack(_recipe(), archives))
            build(client, tag, "registry", context, say, _labels(settings), BASE=base)
    return tag


def _source(client: docker.DockerClient, settings: Settings, name: str, base: str, say: OnProgress) -> str:
    """The image on the host's engine that the hub will carry as `name`."""
    if fetched := fetch(client, f"{name}:latest", ImagePins(settings.state), say):
        return fetched
    tag = f"slipway-stand-in-{name}:{fingerprint(_recipe())}"
    if not present(client, tag):
        # The hub's own stage copies `archives`, which these targets stop short of.
        build(client, tag, name, pack(_recipe()), say, _labels(settings), BASE=base)
    return tag


def _archive(client: docker.DockerClient, image: str) -> IO[bytes]:
    archive = tempfile.TemporaryFile()  # noqa: SIM115 – the caller's to close
    for chunk in client.api.get_image(image):
        archive.write(chunk)
    return archive


def _recipe() -> Files:
    return files_below(ROOT / "sandbox" / "registry", ".")


def _labels(settings: Settings) -> dict[str, str]:
    return {"slipway.install": settings.install, "slipway.role": "hub"}
