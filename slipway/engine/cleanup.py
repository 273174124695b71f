"""Removes what has given labels, and nothing else. Idempotent.

Knows labels only; the caller knows what is worth keeping.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import docker
from docker.errors import APIError

from slipway.engine import image_claims
from slipway.engine.image_build import OnProgress

_GONE = (404, 409)  # not found, or being removed already


def remove_install(client: docker.DockerClient, install: str, say: OnProgress, images: bool = False) -> int:
    """Remove every container, volume and network of this install; return how many.

    With `images`, remove what it built or pulled too, unless another install or the user uses it.
    """
    label = [f"slipway.install={install}"]
    count = remove_labelled(client, label)
    if images:
        count += image_claims.remove_images(client, install)
    say("down", f"removed {count} containers, volumes, networks and images of this install", 1.0)
    return count


def remove_labelled(client: docker.DockerClient, labels: Sequence[str]) -> int:
    """Remove the containers, then the volumes and networks, that have every one of `labels`; return how many."""
    filters = {"label": list(labels)}
    api = client.api
    containers = api.containers(all=True, filters=filters)
    # Terminals first: they use their engine's network namespace.
    containers.sort(key=lambda row: row["Labels"].get("slipway.role") == "engine")
    for row in containers:
        _remove_with_retries(partial(api.remove_container, row["Id"], force=True, v=True))
    volumes = api.volumes(filters=filters)["Volumes"] or []
    for row in volumes:
        _remove_with_retries(partial(api.remove_volume, row["Name"]))
    networks = api.networks(filters=filters)
    for row in networks:
        _remove_with_retries(partial(api.remove_network, row["Id"]))
    return len(containers) + len(volumes) + len(networks)


def _remove_with_retries(remove: Callable[[], object], tries: int = 20) -> None:
    """Call `remove`; retry "in use" for two seconds, because a removed container releases its volumes a bit later."""
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
