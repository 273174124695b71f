"""The total and the free memory of the machine on which the host's engine runs, wherever that is.

The engine reports the total; the free memory is read in a container that runs there, which sees the kernel's figures
and not its own limit. Knows nothing of how much a sandbox needs.
"""

from __future__ import annotations

import re

import docker


def total_memory(client: docker.DockerClient) -> int:
    """Return the total memory in bytes; 0 when the engine does not report it."""
    return int(client.info().get("MemTotal") or 0)


def free_memory(client: docker.DockerClient, container: str) -> int | None:
    """Return the memory available to programs in bytes, as a running container sees it; None when it cannot be read."""
    run = client.api.exec_create(container, ["cat", "/proc/meminfo"])
    found = re.search(rb"MemAvailable:\s+(\d+) kB", client.api.exec_start(run["Id"]))
    return int(found[1]) * 1024 if found else None
