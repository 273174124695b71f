"""Removing what carries given labels, and nothing else; gone already is success.

Knows labels only: what is worth keeping is the caller's to know.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import docker
from docker.errors import APIError

from slipway.engine.image_build import OnProgress

_GONE = (404, 409)  # not there any more, or its removal is already under way


def remove_install(client: docker.DockerClient, install: str, say: OnProgress, images: bool = False) -> int:
    """Remove every container, volume and network of this install (its images too, if asked); how many there were."""
    label = [f"slipway.install={install}"]
    count = remove_labelled(client, label)
    if images:
        for image in client.api.images(filters={"label": label}, quiet=True):
            _gently(partial(client.api.remove_image, image, force=True))
            count += 1
    say("down", f"removed {count} containers, volumes, networks and images of this install", 1.0)
    return count


def remove_labelled(client: docker.DockerClient, label: Sequence[str]) -> int:
    """Remove the containers, then the volumes and networks, that carry every one of `label`; how many there were."""
    filters = {"label": list(label)}
    api = client.api
    containers = api.containers(all=True, filters=filters)
    # Terminals first: they live in their engine's network namespace.
    containers.sort(key=lambda row: row["Labels"].get("slipway.role") == "engine")
    for row in containers:
        _gently(partial(api.remove_container, row["Id"], force=True, v=True))
    volumes = api.volumes(filters=filters)["Volumes"] or []
    for row in volumes:
        _gently(partial(api.remove_volume, row["Name"]))
    networks = api.networks(filters=filters)
    for row in networks:
        _gently(partial(api.remove_network, row["Id"]))
    return len(containers) + len(volumes) + len(networks)


def _gently(remove: Callable[[], object], tries: int = 20) -> None:
    """Do it; "in use" is believed only after two seconds, because a container is still letting go of its volumes."""
    for left in reversed(range(tries)):
        try:
            remove()
            return
        except APIError as error:
            if error.status_code not in _GONE:
                raise
            if error.status_code == 404 or not left:
                return
            time.sleep(0.1)
