"""Whether the sandboxes of an online lab reach Docker Hub, found by asking from inside one of them."""

from __future__ import annotations

import json
from typing import Literal

import docker
from docker.errors import DockerException

from slipway.settings import Settings

Fault = Literal["", "name", "certificate", "proxy", "connection"]
SENTENCES: dict[Fault, str] = {
    "": "reached from the sandboxes",
    "name": "its name can't be looked up: this machine has no internet, or its engine's name servers do not answer",
    "certificate": "something in between shows a certificate that neither Debian's roots nor this machine's extra ones "
    "sign, as company proxies do",
    "proxy": "the proxy of this machine's engine does not pass requests on",
    "connection": "it does not answer",
}
HINTS: dict[Fault, str] = {
    "": "",
    "name": "docker run --rm busybox nslookup registry-1.docker.io shows the same on this machine",
    "certificate": "put the proxy's root (PEM) into /usr/local/share/ca-certificates/NAME.crt, or name its file in "
    "SSL_CERT_FILE; then ./lab down, and ./lab up --online",
    "proxy": "docker info shows the proxy (HTTPS Proxy); docker pull hello-world tries it on this machine",
    "connection": "a firewall may want a proxy: give HTTPS_PROXY to the Docker engine, and sandboxes use it, too",
}


def online_fault(client: docker.DockerClient, settings: Settings) -> tuple[Fault, str] | None:
    """Return what keeps a sandbox of this install from Docker Hub, and the error. None if no online sandbox runs."""
    label = [f"slipway.install={settings.install}", "slipway.role=engine", "slipway.sandbox", "slipway.online"]
    running = client.api.containers(filters={"label": label, "status": "running"}, limit=1)
    if not running:
        return None
    try:
        made = client.api.exec_create(running[0]["Id"], ["/usr/local/sbin/online-check"])
        told = json.loads(client.api.exec_start(made["Id"]))
    except (DockerException, OSError, ValueError):  # removed meanwhile
        return None
    return told["fault"], told["detail"]
