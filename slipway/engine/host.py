"""Finds where the host's Docker engine answers, or why it does not. client.py connects to it and describes it."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from slipway.engine.client import EngineMissing, TlsFailed, connect
from slipway.settings import Settings

PROBE_SECONDS = 5
"""How long an engine may take to answer when it is looked for."""
# Docker Desktop on a Mac always creates the second one, the first only on request.
DEFAULT_SOCKETS = ("unix:///var/run/docker.sock", f"unix://{Path.home()}/.docker/run/docker.sock")


def find_engine(settings: Settings) -> str | None:
    """Return the address of the engine that answers: `docker_host`, or without one the first default socket."""
    return next((address for address in _addresses(settings.docker_host) if _answers(settings, address)), None)


def with_engine_address(settings: Settings) -> Settings:
    """Return the settings with the address of the engine that answers."""
    return replace(settings, docker_host=find_engine(settings) or settings.docker_host)


def reachability(settings: Settings) -> str:
    """Return "answers", "no permission" or "silent"."""
    if find_engine(settings):
        return "answers"
    sockets = [address.removeprefix("unix://") for address in _addresses(settings.docker_host)]
    return "no permission" if any(_is_forbidden(path) for path in sockets) else "silent"


def tls_problem(settings: Settings) -> str:
    """Return what is wrong with TLS to the engine at `docker_host`, as a sentence; "" if nothing is."""
    try:
        connect(settings, PROBE_SECONDS).close()
    except TlsFailed as failure:
        return str(failure)
    except EngineMissing:
        pass
    return ""


def _addresses(docker_host: str) -> tuple[str, ...]:
    return (docker_host,) if docker_host else DEFAULT_SOCKETS


def _answers(settings: Settings, address: str) -> bool:
    try:
        connect(replace(settings, docker_host=address), PROBE_SECONDS).close()
    except EngineMissing:
        return False
    return True


def _is_forbidden(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
    return False
