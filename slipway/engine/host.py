"""Where the host's Docker engine answers, and why it does not. client.py connects to it and describes it."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from slipway.engine.client import EngineMissing, TlsFailed, connect
from slipway.settings import Settings

QUICK = 5
"""Seconds for an answer to the question whether there is an engine."""
# Docker Desktop on a Mac makes the second one always, the first only when asked to.
DEFAULT_SOCKETS = ("unix:///var/run/docker.sock", f"unix://{Path.home()}/.docker/run/docker.sock")


def find(settings: Settings) -> str | None:
    """The address of the engine that answers: `docker_host`, or without one the first of the default sockets."""
    return next((address for address in _addresses(settings.docker_host) if _answers(settings, address)), None)


def at(settings: Settings) -> Settings:
    """The same settings, with the address of the engine that answers."""
    return replace(settings, docker_host=find(settings) or settings.docker_host)


def reach(settings: Settings) -> str:
    """Whether an engine "answers", gives "no permission", or is "silent"."""
    if find(settings):
        return "answers"
    sockets = [address.removeprefix("unix://") for address in _addresses(settings.docker_host)]
    return "no permission" if any(_forbidden(path) for path in sockets) else "silent"


def tls_trouble(settings: Settings) -> str:
    """What is wrong with TLS on the way to the engine at `docker_host`, as a sentence; "" when nothing is."""
    try:
        connect(settings, QUICK).close()
    except TlsFailed as failure:
        return str(failure)
    except EngineMissing:
        pass
    return ""


def _addresses(docker_host: str) -> tuple[str, ...]:
    return (docker_host,) if docker_host else DEFAULT_SOCKETS


def _answers(settings: Settings, address: str) -> bool:
    try:
        connect(replace(settings, docker_host=address), QUICK).close()
    except EngineMissing:
        return False
    return True


def _forbidden(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
    return False
