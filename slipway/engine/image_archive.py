"""Writes images of the host's engine to files that `docker load` reads."""

from __future__ import annotations

from pathlib import Path

import docker


def save_image(client: docker.DockerClient, name: str, path: Path) -> None:
    """Write the image `name` to `path`, like `docker save`. Raises DockerException, OSError."""
    with path.open("wb") as file:
        for part in client.api.get_image(name):
            file.write(part)
