"""Finds where the host's Docker engine answers, or why it does not. client.py connects to it and describes it."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from slipway.engine.client import EngineMissing, UnusableAddress, connect
from slipway.settings import Settings

PROBE_SECONDS = 5
"""How long an engine may take to answer when it is looked for."""
DEFAULT_SOCKET = "unix:///var/run/docker.sock"


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
    return "no permission" if forbidden_socket(settings) else "silent"


def forbidden_socket(settings: Settings) -> Path | None:
    """Return the engine's socket that this user may not use; None if there is none."""
    sockets = [Path(address.removeprefix("unix://")) for address in _addresses(settings.docker_host)]
    return next((path for path in sockets if _is_forbidden(path)), None)


def address_problem(settings: Settings) -> str:
    """Return what is wrong with the engine's address, or with TLS there, as a sentence; "" if nothing is."""
    try:
        connect(settings, PROBE_SECONDS).close()
    except UnusableAddress as failure:
        return str(failure)
    except EngineMissing:
        pass
    return ""


def _addresses(docker_host: str) -> tuple[str, ...]:
    return (docker_host,) if docker_host else (DEFAULT_SOCKET, *_desktop_socket())


def _desktop_socket() -> tuple[str, ...]:
    """Docker Desktop on a Mac always creates this one, the default one only on request."""
    try:
        return (f"unix://{Path.home()}/.docker/run/docker.sock",)
    except RuntimeError:  # no HOME, and a user whom the system does not know
        return ()


def _answers(settings: Settings, address: str) -> bool:
    try:
        connect(replace(settings, docker_host=address), PROBE_SECONDS).close()
    except EngineMissing:
        return False
    return True


def _is_forbidden(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except PermissionError:
            return True
        except OSError:
            return False
    return False
