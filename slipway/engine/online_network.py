"""The network of the sandboxes in a lab that was started with --online: a bridge that belongs to the install.

Sandboxes cannot reach each other on it, and nothing else is attached to it. The firewall rules that keep them out of
the machine's own network are set by the init script, in each sandbox's network namespace (sandbox/engine/firewall).
"""

from __future__ import annotations

import threading

import docker

_lock = threading.Lock()  # Docker accepts a second network of the same name, and then finds neither by name


def ensure_network(client: docker.DockerClient, install: str) -> str:
    """Create the install's network unless it exists, and return its name.

    One network serves all sandboxes: an engine has addresses for only some thirty networks.
    """
    name = f"slipway-{install}-outside"
    with _lock:
        if not client.api.networks(filters={"name": f"^{name}$"}):
            client.api.create_network(
                name,
                driver="bridge",
                options={"com.docker.network.bridge.enable_icc": "false"},
                labels={"slipway.install": install, "slipway.role": "outside"},
            )
    return name
