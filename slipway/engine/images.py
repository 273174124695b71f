"""The two images of a sandbox, named by a fingerprint of their sources: only a changed image is built again.

Knows what goes into an image, not how it is built (image_build.py) or run (sandboxes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import docker
from docker.errors import DockerException

from slipway.engine.base_image import ensure_base
from slipway.engine.course_images import BASE
from slipway.engine.image_build import Files, ImageFailed, OnProgress, build, files_below, fingerprint, has_image, pack
from slipway.engine.image_claims import claim, remove_unused
from slipway.engine.image_origins import LABEL, Origin, decode, encode, same_images
from slipway.engine.image_sources import ImageSources
from slipway.engine.image_sources import sources as image_sources
from slipway.engine.registry import ensure_registry, registry_tag
from slipway.settings import ROOT, Settings

SANDBOX = ROOT / "sandbox"


@dataclass(frozen=True)
class ImageNames:
    """The names of the images of which a sandbox consists."""

    engine: str
    terminal: str


def image_names() -> ImageNames:
    """Return the names for the present sources, without asking an engine."""
    return ImageNames(
        engine=f"slipway-engine:{fingerprint(engine_files(), registry_tag())}",
        terminal=f"slipway-terminal:{fingerprint(terminal_files())}",
    )


def are_ready(client: docker.DockerClient) -> bool:
    """Return whether the host's engine has both images."""
    names = image_names()
    return has_image(client, names.engine) and has_image(client, names.terminal)


def origins(client: docker.DockerClient) -> tuple[Origin, ...]:
    """Return where the base of the engine image, and then the course's images in it, came from.

    Empty while there is no engine image.
    """
    name = image_names().engine
    return decode(client.images.get(name).labels.get(LABEL, "")) if has_image(client, name) else ()


def course_bytes(origins: Sequence[Origin]) -> int:
    """Return how much disk the course's images need, unpacked, when a learner has pulled all of them."""
    return sum(origin.size for origin in origins if origin.image != BASE)


def contents(client: docker.DockerClient) -> dict[str, str]:
    """Return what the images contain: their ids, and the versions of Debian and its packages.

    Empty while there is no engine image, or when the engine is too busy to run it.
    """
    names = image_names()
    try:
        output = client.containers.run(
            names.engine, ["-c", _LIST_VERSIONS], entrypoint="sh", remove=True, network_mode="none", cap_drop=["ALL"]
        )
        ids = {what: client.images.get(name).short_id for what, name in vars(names).items()}
    except (DockerException, OSError):
        return {}
    return ids | dict(line.split(maxsplit=1) for line in output.decode().splitlines())


def ensure_images(client: docker.DockerClient, settings: Settings, say: OnProgress) -> ImageNames:
    """Build what is missing, including the base and the registry; return the names. Raises ImageFailed."""
    ensure(image_sources(client, settings, say))
    return image_names()


def ensure(sources: ImageSources) -> bool:
    """Build what is missing, or with `sources.refresh` what has changed at the hub; return whether there is news.

    There is none if this install used these images before. Raises ImageFailed.
    """
    client, names = sources.client, image_names()
    if sources.refresh or not are_ready(client):
        _build(sources, names)
    news = [claim(client, name, sources.install) for name in vars(names).values()]
    with suppress(ImageFailed):  # damaged pins: what they keep is unknown
        pinned = [sources.pinned(image) for image in sources.pins.all()]
        if present := origins(client):
            remove_unused(client, sources.install, {origin.id for origin in (*present, *pinned) if origin})
    return any(news)


def _build(sources: ImageSources, names: ImageNames) -> None:
    base = ensure_base(sources)
    registry, course = ensure_registry(sources, base.id)
    # The classic builder also runs every stage before its target, so each build gets the files of both.
    files = {**engine_files(), **terminal_files()}
    content = {"terminal": (base,), "engine": (base, *course)}
    for target, tag in (("terminal", names.terminal), ("engine", names.engine)):
        if _is_missing(sources, tag, content[target]):
            labels = sources.labels(target) | {LABEL: encode(content[target])}
            build(sources.client, tag, target, pack(files), sources.say, labels, BASE=base.id, REGISTRY=registry)


def _is_missing(sources: ImageSources, tag: str, content: Sequence[Origin]) -> bool:
    """Return whether the engine has no image `tag`, or is to have a new one because its content has changed."""
    if not has_image(sources.client, tag):
        return True
    label = sources.client.images.get(tag).labels.get(LABEL, "")
    return sources.refresh and not same_images(content, decode(label))


def engine_files() -> Files:
    """Return the files of the engine image."""
    gateway = files_below(ROOT / "slipway" / "gateway", ".", into="slipway/gateway/")
    package = {"slipway/__init__.py": (ROOT / "slipway" / "__init__.py").read_bytes()}
    return {**files_below(SANDBOX, "Dockerfile", "engine"), **package, **gateway}


def terminal_files() -> Files:
    """Return the files of the terminal image."""
    return files_below(SANDBOX, "Dockerfile", "terminal")


_PACKAGES = "docker.io containerd runc docker-registry python3 python3-h11 python3-pydantic"
_LIST_VERSIONS = f"echo debian $(cat /etc/debian_version); dpkg-query -W -f '${{Package}} ${{Version}}\\n' {_PACKAGES}"
