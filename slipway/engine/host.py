"""The host's Docker engine: which of the usual addresses answers, and removing what this install made in it.

The engine inside a sandbox is another one, and is not known here; client.py connects and describes.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import ConnectionError as RequestsConnectionError

from slipway.settings import Settings

DEFAULT_SOCKETS = ("unix:///var/run/docker.sock", f"unix://{Path.home()}/.docker/run/docker.sock")
LABEL = "slipway.install"


def find(docker_host: str) -> str | None:
    """The address of the engine that answers: `docker_host`, or without one the first of the default sockets."""
    for address in [docker_host] if docker_host else DEFAULT_SOCKETS:
        if _answers(address):
            return address
    return None


def reach(docker_host: str) -> str:
    """Whether an engine "answers", gives "no permission", or is "silent"."""
    if find(docker_host):
        return "answers"
    sockets = [address.removeprefix("unix://") for address in ([docker_host] if docker_host else DEFAULT_SOCKETS)]
    return "no permission" if any(_forbidden(path) for path in sockets) else "silent"


def at(settings: Settings) -> Settings:
    """The same settings, with the address of the engine that answers."""
    return replace(settings, docker_host=find(settings.docker_host) or settings.docker_host)


def sweep(engine: docker.DockerClient, install: str) -> Counter[str]:
    """Removes every container, volume and network with this install's label; how many of each kind went.

    What is gone already counts as success. Somebody else may be removing the same things, and a volume stays in use
    until its container is really gone, so refused removals (409) are tried again. Raises APIError if one stays.
    """
    removed: Counter[str] = Counter()
    for last in [False] * 10 + [True]:
        left = _labelled(engine, {"label": f"{LABEL}={install}"})
        if not left:
            break
        for kind, remove in left:
            removed[kind] += _gone(remove, patient=not last)
        time.sleep(0.0 if last else 0.2)
    return removed


def _labelled(engine: docker.DockerClient, mine: dict[str, str]) -> list[tuple[str, Callable[[], Any]]]:
    """What there is to remove, containers first: they hold the volumes and networks."""
    api = engine.api
    containers = [each["Id"] for each in api.containers(all=True, quiet=True, filters=mine)]
    volumes = [each["Name"] for each in api.volumes(filters=mine)["Volumes"] or ()]
    networks = [each["Id"] for each in api.networks(filters=mine)]
    return [
        *(("container", partial(api.remove_container, name, v=True, force=True)) for name in containers),
        *(("volume", partial(api.remove_volume, name, force=True)) for name in volumes),
        *(("network", partial(api.remove_network, name)) for name in networks),
    ]


def sweep_images(engine: docker.DockerClient, install: str) -> int:
    """Removes the images with this install's label; how many went."""
    images = {image["Id"] for image in engine.api.images(filters={"label": f"{LABEL}={install}"})}
    return sum(_gone(partial(engine.api.remove_image, image, force=True), patient=False) for image in images)


def _gone(remove: Callable[[], Any], *, patient: bool) -> bool:
    try:
        remove()
    except NotFound:
        return False
    except APIError as error:
        if not (patient and error.status_code == 409):
            raise
        return False
    return True


def _answers(address: str) -> bool:
    try:
        with _closing(docker.DockerClient(base_url=address, timeout=5)) as engine:
            return bool(engine.ping())
    except (DockerException, RequestsConnectionError, OSError, ValueError):
        return False


@contextlib.contextmanager
def _closing(engine: docker.DockerClient) -> Iterator[docker.DockerClient]:
    try:
        yield engine
    finally:
        engine.close()


def _forbidden(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
    return False
