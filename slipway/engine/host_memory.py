"""The total and the free memory of the machine on which the host's engine runs, wherever that is.

The engine reports the total; the free memory is read in a container that runs there, which sees the kernel's figures
and not its own limit. Knows nothing of how much a sandbox needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import docker
from docker.errors import APIError

_GONE = (404, 409)  # removed, or ended


def total_memory(client: docker.DockerClient) -> int:
    """Return the total memory in bytes; 0 when the engine does not report it."""
    return int(client.info().get("MemTotal") or 0)


def free_memory(client: docker.DockerClient, containers: Iterable[str]) -> int | None:
    """Return the memory available to programs in bytes, as the first of these containers that still runs sees it.

    None when none of them does. Raises APIError when the engine fails for another reason.
    """
    for container in containers:
        try:
            run = client.api.exec_create(container, ["cat", "/proc/meminfo"])
            found = re.search(rb"MemAvailable:\s+(\d+) kB", client.api.exec_start(run["Id"]))
        except APIError as error:
            if error.status_code not in _GONE:
                raise
            continue
        if found:
            return int(found[1]) * 1024
    return None
