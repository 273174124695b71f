"""The image that all of ours stand on, `debian:trixie-slim`: found, pulled, or bootstrapped from Debian's mirror.

Once it was had it is pinned, as is whatever else is fetched from a registry. Knows nothing of what is built upon it.
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

from slipway.engine.image_build import ImageFailed, OnProgress, present
from slipway.engine.image_pins import ImagePins, reference

BASE = "debian:trixie-slim"
BOOTSTRAPPER = "mmdebstrap"
PATIENCE = 10  # seconds for Docker Hub to say that it knows an image


def ensure_base(client: docker.DockerClient, pins: ImagePins, say: OnProgress, install: str = "") -> str:
    """What to build on, which the host's engine then has. Raises ImageFailed with what to do when there is no way."""
    if found := had(client, pins, say):
        return found
    say(BASE, "Docker Hub does not answer: bootstrapping Debian from its mirror", None)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        archive = Path(folder) / "trixie.tar"
        _bootstrap(archive)
        _import(client, archive, install)
    return pins.keep(BASE, reference(client, BASE))


def had(client: docker.DockerClient, pins: ImagePins, say: OnProgress) -> str | None:
    """The base that the engine has, if need be by a pull; None where it is to be made, or made again."""
    pinned = pins.of(BASE)
    if pinned and "@" not in pinned:  # it was made here: no registry has it
        return pinned if present(client, pinned) else None
    found = fetch(client, BASE, pins, say)
    return found or (pins.keep(BASE, reference(client, BASE)) if present(client, BASE) else None)


def fetch(client: docker.DockerClient, name: str, pins: ImagePins, say: OnProgress) -> str | None:
    """The image `name` as its registry had it the first time; None when it was never had, and none answers.

    Raises ImageFailed when it was had and can't be had again: another one in its place would be a silent change.
    """
    pinned = pins.of(name)
    if pinned is None:
        return pins.keep(name, reference(client, name)) if pull(client, name, say) else None
    if present(client, pinned) or pull(client, pinned, say):
        return pinned
    raise ImageFailed(
        f"This lab was built on {pinned}, which is neither here nor to be had from its registry now. "
        "Connect to it and run the same command again, or run ./lab down --images to begin with newer images."
    )


def pull(client: docker.DockerClient, image: str, say: OnProgress) -> bool:
    """Pull `image` (name:tag, or name@digest) if its registry answers in PATIENCE seconds; False when it does not."""
    try:
        with _patience(client, PATIENCE):
            client.images.get_registry_data(image)
        say(image, "pulling", None)
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
