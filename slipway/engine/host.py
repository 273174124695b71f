"""Where the host's Docker engine answers, and why it does not. client.py connects to it and describes it."""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from slipway.settings import Settings

# Docker Desktop on a Mac makes the second one always, the first only when asked to.
DEFAULT_SOCKETS = ("unix:///var/run/docker.sock", f"unix://{Path.home()}/.docker/run/docker.sock")


def find(docker_host: str) -> str | None:
    """The address of the engine that answers: `docker_host`, or without one the first of the default sockets."""
    return next((address for address in _addresses(docker_host) if _answers(address)), None)


def at(settings: Settings) -> Settings:
    """The same settings, with the address of the engine that answers."""
    return replace(settings, docker_host=find(settings.docker_host) or settings.docker_host)


def reach(docker_host: str) -> str:
    """Whether an engine "answers", gives "no permission", or is "silent"."""
    if find(docker_host):
        return "answers"
    sockets = [address.removeprefix("unix://") for address in _addresses(docker_host)]
    return "no permission" if any(_forbidden(path) for path in sockets) else "silent"


def _addresses(docker_host: str) -> tuple[str, ...]:
    return (docker_host,) if docker_host else DEFAULT_SOCKETS


def _answers(address: str) -> bool:
    try:
        with closing(docker.DockerClient(base_url=address, timeout=5, use_ssh_client=True)) as engine:
            return bool(engine.ping())
    except (DockerException, RequestException, OSError, ValueError):
        return False


def _forbidden(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
    return False
