"""The image of a sandbox's registry, which learners know as the hub: the course's images, for real pulls.

It is an image and not a volume: built as a whole or not at all, read-only, shared by all sandboxes, and the same on a
remote engine. It has the real images where Docker Hub provides them, else stand-ins built from Debian packages.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import IO

import docker

from slipway.engine.course_images import COURSE_IMAGES, CourseImage, course_image
from slipway.engine.hub import HubFailed
from slipway.engine.image_build import Files, OnProgress, build, files_below, fingerprint, has_image, pack
from slipway.engine.image_claims import claim
from slipway.engine.image_origins import LABEL, Origin, decode, encode, same_images
from slipway.engine.image_sources import ImageSources
from slipway.settings import ROOT

SOURCES = ROOT / "sandbox" / "registry"


def registry_tag() -> str:
    """Return the name of the registry's image for the present sources."""
    return f"slipway-hub:{fingerprint(files_below(SOURCES, '.'), *(image.reference for image in COURSE_IMAGES))}"


def registry_origins(client: docker.DockerClient) -> tuple[Origin, ...]:
    """Return where the images in the registry's image came from; none without that image."""
    tag = registry_tag()
    return decode(client.images.get(tag).labels.get(LABEL, "")) if has_image(client, tag) else ()


def ensure_registry(sources: ImageSources, base: str) -> tuple[str, Sequence[Origin]]:
    """Build the registry's image with tools of `base` unless it exists; return its name and the images' origins.

    With `sources.refresh` it is built again if an image has changed. Raises ImageFailed.
    """
    tag, present = registry_tag(), registry_origins(sources.client)
    if sources.refresh or not present:
        origins = [_source(sources, image, base) for image in COURSE_IMAGES]
        if not same_images(origins, present):
            _build(sources, tag, base, origins)
            present = tuple(origins)
    claim(sources.client, tag, sources.install)
    return tag, present


def ensure_stand_in(sources: ImageSources, image: CourseImage, base: str) -> str:
    """Build the stand-in for `image`, and what it is based on, unless they exist; return its tag. Raises ImageFailed.

    Built with tools of `base`.
    """
    tag = _stand_in_tag(image)
    if not has_image(sources.client, tag):
        below = {"BASED_ON": ensure_stand_in(sources, course_image(image.based_on), base)} if image.based_on else {}
        arguments = {"BASE": base, "INSTALL": sources.install, **below}
        build(sources.client, tag, "", pack(stand_in_files(image)), sources.say, sources.labels("hub"), **arguments)
    claim(sources.client, tag, sources.install)
    return tag


def stand_in_files(image: CourseImage) -> Files:
    """Return the build context of the stand-in for `image`."""
    return files_below(SOURCES / image.name, ".") | files_below(SOURCES, "copy-program")


def _source(sources: ImageSources, image: CourseImage, base: str) -> Origin:
    """Return the image on the host's engine that the registry will serve."""
    try:
        return sources.get(image.reference)
    except HubFailed as failure:
        attributes = sources.client.images.get(ensure_stand_in(sources, image, base)).attrs
        return Origin(image.reference, attributes["Id"], "built", why=str(failure), size=attributes["Size"])


def _build(sources: ImageSources, tag: str, base: str, origins: Sequence[Origin]) -> None:
    images = {origin.image.partition(":")[0]: origin.id for origin in origins}
    labels = sources.labels("hub") | {LABEL: encode(origins)}
    build_registry(sources.client, tag, base, images, sources.say, labels)


def build_registry(
    client: docker.DockerClient,
    tag: str,
    base: str,
    images: Mapping[str, str],
    say: OnProgress,
    labels: Mapping[str, str],
    platform: str = "",
) -> None:
    """Build the registry's image as `tag` with tools of `base`: `images` by the names under which it serves them."""
    with ExitStack() as stack:
        archives = {
            f"archives/{name}.tar": stack.enter_context(_archive(client, image)) for name, image in images.items()
        }
        context = stack.enter_context(pack(files_below(SOURCES, "Dockerfile", "push-images"), archives))
        arguments = {"BASE": base, "INSTALL": labels["slipway.install"]}
        build(client, tag, "", context, say, labels, platform, **arguments)


def _archive(client: docker.DockerClient, image: str) -> IO[bytes]:
    archive = tempfile.TemporaryFile()  # noqa: SIM115 – the caller closes it
    for chunk in client.api.get_image(image):
        archive.write(chunk)
    return archive


def _stand_in_tag(image: CourseImage) -> str:
    below = (_stand_in_tag(course_image(image.based_on)),) if image.based_on else ()
    return f"slipway-stand-in-{image.name}:{fingerprint(stand_in_files(image), *below)}"
