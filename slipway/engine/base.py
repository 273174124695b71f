"""The image that all of ours stand on, `debian:trixie-slim`: found, pulled, or bootstrapped from Debian's mirror.

Knows nothing of what is built upon it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import APIError

from slipway.engine.build import ImageFailed, Say, present

BASE = "debian:trixie-slim"
BOOTSTRAPPER = "mmdebstrap"
PATIENCE = 10  # seconds for Docker Hub to say that it knows an image


def ensure_base(client: docker.DockerClient, say: Say, install: str = "") -> None:
    """Make sure that the host's engine has BASE. Raises ImageFailed with what to do when there is no way."""
    if had(client, say):
        return
    say(BASE, "Docker Hub does not answer: bootstrapping Debian from its mirror", None)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        archive = Path(folder) / "trixie.tar"
        _bootstrap(archive)
        _import(client, archive, install)


def had(client: docker.DockerClient, say: Say) -> bool:
    """Whether the engine has BASE, if need be by a pull."""
    return present(client, BASE) or pull(client, BASE, say)


def pull(client: docker.DockerClient, image: str, say: Say) -> bool:
    """Pull `image` (name:tag) if its registry answers in PATIENCE seconds; False when it does not."""
    try:
        with _patience(client, PATIENCE):
            client.images.get_registry_data(image)
        say(image, "pulling from Docker Hub", None)
        client.images.pull(image)
    except (APIError, OSError):
        return False
    return True


@contextmanager
def _patience(client: docker.DockerClient, seconds: int) -> Iterator[None]:
    before, client.api.timeout = client.api.timeout, seconds
    try:
        yield
    finally:
        client.api.timeout = before


def _bootstrap(archive: Path) -> None:
    if not shutil.which(BOOTSTRAPPER):
        raise ImageFailed(
            f"{BASE} can neither be pulled nor made here: connect to Docker Hub and run `docker pull {BASE}`, "
            f"or, as root on Debian or Ubuntu, run `apt-get install {BOOTSTRAPPER}` and try again."
        )
    # Debian's own keyring is found by apt; Debian 12's, from its point release 12.11 on, knows the keys of Debian 13.
    # Signatures are always checked.
    command = [BOOTSTRAPPER, "--variant=minbase", *_SLIM, "trixie", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImageFailed(f"mmdebstrap could not make Debian trixie:\n{done.stderr[-2000:]}")


def _import(client: docker.DockerClient, archive: Path, install: str) -> None:
    name, tag = BASE.split(":")
    labels = {"org.slipway.bootstrapped": "mmdebstrap", "slipway.install": install, "slipway.role": "build"}
    changes = ['CMD ["bash"]', *(f'LABEL {key}="{value}"' for key, value in labels.items())]
    # By path: docker-py's import_image_from_stream claims chunks and sends a length (7.2, "header line too long").
    answer = client.api.import_image(str(archive), repository=name, tag=tag, changes=changes)
    if not present(client, BASE):
        raise ImageFailed(f"The engine did not take the bootstrapped {BASE}: {answer!s:.500}")


# What Debian's own "slim" variant leaves out.
_SLIM = [
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
]
