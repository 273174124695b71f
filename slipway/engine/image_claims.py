"""Who uses which image: every install puts a tag of its own on each image that it pulled, built or uses.

All installs on an engine share images, and each may be removed at any time. So an image goes when the last install has
taken its tag off, unless somebody else has a tag on it, or a container of it. Tags that are not Slipway's are never
moved or removed. Knows nothing of how images are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import docker
from docker.errors import APIError

from slipway.engine.course_images import BASE

OURS = "slipway-"
PULLED = "slipway-pulled-"
RESULTS = ("slipway-engine:", "slipway-terminal:", "slipway-hub:")
BOOTSTRAPPED = "org.slipway.bootstrapped"
_IN_USE = (404, 409)
Row = Mapping[str, Any]


def claim(client: docker.DockerClient, image: str, install: str) -> bool:
    """Record that the install uses `image`, one of our names (slipway-…:tag). Return False if it was recorded."""
    repository, _, tag = image.rpartition(":")
    mark = f"{tag}.{install}"
    found = client.images.get(image)
    if f"{repository}:{mark}" in found.tags:
        return False
    client.api.tag(str(found.id), repository, mark)
    return True


def claim_pulled(client: docker.DockerClient, reference: str, install: str) -> None:
    """Record that the install has pulled `reference` (…/name@sha256:…), which nobody had before, or uses it too."""
    repository, _, digest = reference.partition("@")
    name = f"{PULLED}{repository.rpartition('/')[2]}"
    client.api.tag(reference, name, f"{digest.partition(':')[2]:.12}.{install}")


def is_pulled(client: docker.DockerClient, reference: str) -> bool:
    """Return whether an install has pulled the image `reference`, rather than somebody else."""
    return any(tag.startswith(PULLED) for tag in client.images.get(reference).tags)


def remove_images(client: docker.DockerClient, install: str) -> int:
    """Remove what the install has built or pulled, unless somebody else uses it; return how many images are gone."""
    before = _ids(client)
    _repeat(client, lambda row: _is_of(row, install) and _release(client, row, install))
    return len(before - _ids(client))


def release(client: docker.DockerClient, install: str) -> None:
    """Take the install's tags off, and remove nothing that it has built."""
    for row in client.api.images():
        own = _own_marks(row, install)
        if any(tag.startswith(PULLED) for tag in own):
            _release_pulled(client, row, own)
        for tag in own:
            _removed(client, tag)


def remove_unused(client: docker.DockerClient, install: str, kept: AbstractSet[str]) -> None:
    """Remove those of the install's images that newer ones have replaced, unless a container uses them.

    Replaced are nameless ones, such as the stages of finished builds, and what was pulled or built for other images, if
    its id is not among `kept`.
    """

    def remove(row: Row) -> bool:
        if any(_is_material(tag) for tag in _own_marks(row, install)):
            return row["Id"] not in kept and _release(client, row, install)
        return not _tags(row) and _is_built_by(row, install) and _removed(client, row["Id"])

    _repeat(client, remove)


def _repeat(client: docker.DockerClient, remove: Callable[[Row], bool]) -> None:
    """Call `remove` for every image until none can be removed: an image goes only after those that are based on it."""
    while sum(remove(row) for row in client.api.images()):
        pass


def _release(client: docker.DockerClient, row: Row, install: str) -> bool:
    """Take the install's tags off, and what is left of ours if nobody else has a tag; return whether anything went."""
    own, tags = _own_marks(row, install), _tags(row)
    if any(tag.startswith(PULLED) for tag in own):
        return _release_pulled(client, row, own)
    gone = [tag for tag in own if _removed(client, tag)]
    if any(_mark(tag)[1] for tag in tags if tag not in own):
        return bool(gone)
    rest = [tag for tag in tags if tag not in own and (tag.startswith(OURS) or _is_old_base(tag, row))]
    gone += [tag for tag in rest if _removed(client, tag)]
    return bool(gone) or (not tags and _removed(client, row["Id"]))


def _release_pulled(client: docker.DockerClient, row: Row, own: list[str]) -> bool:
    rest = [tag for tag in _tags(row) if tag not in own]
    if not any(tag.startswith(PULLED) for tag in rest):
        # A name by digest without a tag in its repository came with our pull; the last name takes the image along.
        theirs = {tag.rpartition(":")[0] for tag in rest}
        for digest in row.get("RepoDigests") or ():
            repository = digest.partition("@")[0]
            if repository not in theirs and not repository.startswith(OURS):
                _removed(client, digest)
    return sum(_removed(client, tag) for tag in own) > 0


def _removed(client: docker.DockerClient, name: str) -> bool:
    """Remove a name or an image without force: a container, or an image based on it, keeps it."""
    try:
        client.api.remove_image(name)
    except APIError as error:
        if error.status_code not in _IN_USE:
            raise
        return False
    return True


def _is_of(row: Row, install: str) -> bool:
    return _is_built_by(row, install) or bool(_own_marks(row, install))


def _is_built_by(row: Row, install: str) -> bool:
    return _labels(row).get("slipway.install") == install


def _is_material(tag: str) -> bool:
    return not tag.startswith(RESULTS)


def _is_old_base(tag: str, row: Row) -> bool:
    """Return whether this is a base that an earlier version (0.2) bootstrapped, under the name of the real one."""
    return tag == BASE and BOOTSTRAPPED in _labels(row)


def _own_marks(row: Row, install: str) -> list[str]:
    return [tag for tag in _tags(row) if _mark(tag)[1] == install]


def _mark(tag: str) -> tuple[str, str]:
    """Return the content and the install that one of our tags names, the latter "" if it names none."""
    repository, _, mark = tag.rpartition(":")
    content, _, install = mark.partition(".")
    return (content, install) if repository.startswith(OURS) else (content, "")


def _tags(row: Row) -> list[str]:
    # With the containerd store, names by digest are among them.
    return [tag for tag in row.get("RepoTags") or () if tag != "<none>:<none>" and "@" not in tag]


def _labels(row: Row) -> Mapping[str, str]:
    return row.get("Labels") or {}


def _ids(client: docker.DockerClient) -> set[str]:
    return {row["Id"] for row in client.api.images()}
