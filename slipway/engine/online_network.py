"""The way out of the sandboxes of a lab that was started with --online: a bridge of the install's own.

On it no two sandboxes reach each other, and nothing else stands on it. That they reach nothing of the machine's own
network either is the init script's doing (sandbox/engine/firewall), from within each sandbox's network namespace.
"""

from __future__ import annotations

import threading

import docker

_making = threading.Lock()  # Docker takes a second network of the same name, and then knows neither


def ensure_network(client: docker.DockerClient, install: str) -> str:
    """The name of the install's network, which is made if it is not there.

    One for all sandboxes, not one for each: an engine has addresses for some thirty networks.
    """
    name = f"slipway-{install}-outside"
    with _making:
        if not client.api.networks(filters={"name": f"^{name}$"}):
            client.api.create_network(
                name,
                driver="bridge",
                options={"com.docker.network.bridge.enable_icc": "false"},
                labels={"slipway.install": install, "slipway.role": "outside"},
            )
    return name
