"""The memory of the machine on which the host's engine runs, wherever that is: all of it, and what is still free.

The engine's own description has the first; the second is read through a container that runs there, which sees the
kernel's figures and not its own bounds. Knows nothing of how much anybody needs.
"""

from __future__ import annotations

import re

import docker


def memory(client: docker.DockerClient) -> int:
    """All of it, in bytes."""
    return int(client.info().get("MemTotal") or 0)


def free(client: docker.DockerClient, container: str) -> int | None:
    """What programs can still be given, in bytes, as a running container sees it; None when that doesn't tell."""
    run = client.api.exec_create(container, ["cat", "/proc/meminfo"])
    found = re.search(rb"MemAvailable:\s+(\d+) kB", client.api.exec_start(run["Id"]))
    return int(found[1]) * 1024 if found else None
