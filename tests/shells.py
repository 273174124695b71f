"""Containers whose first process is a shell on a TTY, made of this machine's own bash: nothing is pulled.

They run on the real engine, for tests and benchmarks of the terminal that need no sandbox.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import which
from typing import Any
from uuid import uuid4

import docker
from docker.errors import ImageNotFound
from docker.models.containers import Container
from docker.types import LogConfig

from slipway.engine.client import connect
from slipway.engine.isolation import terminal_options
from slipway.settings import LabLimits, Settings, engine_from_env

IMAGE = "slipway-test-shell"
LABEL = "slipway.test"
PROGRAMS = ("bash", "cat", "stty", "sleep", "seq", "yes", "head", "printf", "md5sum", "tr", "wc", "touch", "ls")
TERMINFO = ("/lib/terminfo/x/xterm-256color", "/usr/share/terminfo/x/xterm-256color")
LIMIT_OPTIONS = ("cpu_period", "cpu_quota", "mem_limit", "memswap_limit", "pids_limit", "cap_drop", "security_opt")
"""The options of a learner's terminal that work without an engine container and with a writable file system."""


def connected() -> docker.DockerClient:
    """Return a client of the engine that the environment names, with or without TLS."""
    return connect(Settings("", "", Path(), **engine_from_env()))


def build(engine: docker.DockerClient) -> None:
    """Import the image unless it exists: the programs with the libraries that ldd names."""
    try:
        engine.images.get(IMAGE)
    except ImageNotFound:
        engine.api.import_image_from_data(_tar(), repository=IMAGE, tag="latest")


@contextmanager
def shell(engine: docker.DockerClient, *command: str) -> Iterator[Container]:
    """Yield a running shell, which is removed at the end."""
    build(engine)
    container = start(engine, *command)
    try:
        yield container
    finally:
        container.remove(force=True)


def start(engine: docker.DockerClient, *command: str) -> Container:
    """Return a running shell; the caller removes it."""
    container = create(engine, *command)
    container.start()
    return container


def create(engine: docker.DockerClient, *command: str, name: str | None = None, confined: bool = False) -> Container:
    """Create a shell that does not run yet, `confined` with the limits of a learner's.

    Without `detach`, docker-py sets StdinOnce, and the shell ends with its first client.
    """
    return engine.containers.create(
        f"{IMAGE}:latest",
        list(command) or ["bash", "--norc", "--noprofile", "-i"],
        name=name,
        detach=True,
        tty=True,
        stdin_open=True,
        network_mode="none",
        environment={"TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "ready$ ", "PATH": "/bin"},
        labels={LABEL: "1"},
        log_config=LogConfig(type="local", config={"max-size": "4m", "max-file": "2", "compress": "false"}),
        **(confinement() if confined else {}),
    )


def confinement() -> dict[str, Any]:
    """Return the default limits of a learner's terminal."""
    options = terminal_options(LabLimits(), engine="")
    return {name: options[name] for name in LIMIT_OPTIONS}


@contextmanager
def named(purpose: str) -> Iterator[str]:
    """Yield a name for shells that a server starts; containers with that name are removed at the end."""
    name = f"slipway-{purpose}-{uuid4().hex[:8]}"
    try:
        yield name
    finally:
        with closing(connected()) as engine:
            for container in engine.containers.list(all=True, filters={"name": name, "label": LABEL}):
                container.remove(force=True)


def _tar() -> bytes:
    programs = [str(Path(path).resolve()) for name in PROGRAMS if (path := which(name))]
    listed = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    libraries = set(re.findall(r"(/\S+) \(0x", listed))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        for program in programs:
            tar.add(program, f"bin/{Path(program).name}")
        for path in [*libraries, *(path for path in TERMINFO if Path(path).exists())]:
            tar.add(path, path.lstrip("/"))
    return buffer.getvalue()
