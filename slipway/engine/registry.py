"""The image of a sandbox's registry, which learners know as the hub: the course's images, for real pulls.

It is an image and not a volume: built as a whole or not at all, read-only, shared by all sandboxes, and the same on a
remote engine. It has the real images if Docker Hub answers, else stand-ins built from Debian packages.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import IO

import docker

from slipway.engine.base_image import pull_pinned
from slipway.engine.image_build import Files, OnProgress, build, files_below, fingerprint, has_image, pack
from slipway.engine.image_pins import ImagePins
from slipway.settings import ROOT, Settings

CATALOGUE = ("hello-world", "busybox", "redis", "nginx")


def registry_tag() -> str:
    """Return the name of the registry's image for the present sources."""
    return f"slipway-hub:{fingerprint(_sources(), *CATALOGUE)}"


def ensure_registry(client: docker.DockerClient, settings: Settings, base: str, say: OnProgress) -> str:
    """Build the registry's image with tools of `base` unless it exists; return its name. Raises ImageFailed."""
    tag = registry_tag()
    if not has_image(client, tag):
        with ExitStack() as stack:
            archives = {
                f"archives/{name}.tar": stack.enter_context(
                    _archive(client, _source(client, settings, name, base, say))
                )
                for name in CATALOGUE
            }
            context = stack.enter_context(pack(_sources(), archives))
            build(client, tag, "registry", context, say, _labels(settings), BASE=base)
    return tag


def _source(client: docker.DockerClient, settings: Settings, name: str, base: str, say: OnProgress) -> str:
    """Return the image on the host's engine that the registry will serve as `name`."""
    if pulled := pull_pinned(client, f"{name}:latest", ImagePins(settings.state), say):
        return pulled
    return ensure_stand_in(client, settings, name, base, say)


def ensure_stand_in(client: docker.DockerClient, settings: Settings, name: str, base: str, say: OnProgress) -> str:
    """Build the stand-in for the image `name` on `base` unless it exists; return its tag. Raises ImageFailed."""
    tag = f"slipway-stand-in-{name}:{fingerprint(_sources())}"
    if not has_image(client, tag):
        # Only the registry's own stage, which comes after these targets, copies `archives`.
        build(client, tag, name, pack(_sources()), say, _labels(settings), BASE=base)
    return tag


def _archive(client: docker.DockerClient, image: str) -> IO[bytes]:
    archive = tempfile.TemporaryFile()  # noqa: SIM115 – the caller closes it
    for chunk in client.api.get_image(image):
        archive.write(chunk)
    return archive


def _sources() -> Files:
    return files_below(ROOT / "sandbox" / "registry", ".")


def _labels(settings: Settings) -> dict[str, str]:
    return {"slipway.install": settings.install, "slipway.role": "hub"}
