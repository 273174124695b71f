"""The base of all our images, `debian:trixie-slim`: found, pulled, or bootstrapped from Debian's mirror.

It is pinned once it was obtained, and so is everything else that is pulled from a registry. Knows nothing of what is
built on it.
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

from slipway.engine.image_build import ImageFailed, OnProgress, has_image
from slipway.engine.image_pins import ImagePins, pinned_reference

BASE = "debian:trixie-slim"
BOOTSTRAPPER = "mmdebstrap"
REGISTRY_SECONDS = 10  # how long Docker Hub may take to say that it has an image


def ensure_base(client: docker.DockerClient, pins: ImagePins, say: OnProgress, install: str = "") -> str:
    """Return the image to build on, which the host's engine then has. Raises ImageFailed with what to do about it."""
    if found := find_base(client, pins, say):
        return found
    say(BASE, "Docker Hub does not answer: bootstrapping Debian from its mirror", None)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        archive = Path(folder) / "trixie.tar"
        _bootstrap(archive)
        _import(client, archive, install)
    return pins.set(BASE, pinned_reference(client, BASE))


def find_base(client: docker.DockerClient, pins: ImagePins, say: OnProgress) -> str | None:
    """Return the base image, pulled if necessary; None when it has to be bootstrapped, also once more."""
    pinned = pins.get(BASE)
    if pinned and "@" not in pinned:  # it was bootstrapped here: no registry has it
        return pinned if has_image(client, pinned) else None
    found = pull_pinned(client, BASE, pins, say)
    return found or (pins.set(BASE, pinned_reference(client, BASE)) if has_image(client, BASE) else None)


def pull_pinned(client: docker.DockerClient, name: str, pins: ImagePins, say: OnProgress) -> str | None:
    """Return the image `name` as its registry had it the first time; None when it was never pulled and cannot be now.

    Raises ImageFailed when it was pulled before and cannot be again: another image would be a silent change.
    """
    pinned = pins.get(name)
    if pinned is None:
        return pins.set(name, pinned_reference(client, name)) if pull(client, name, say) else None
    if has_image(client, pinned) or pull(client, pinned, say):
        return pinned
    raise ImageFailed(
        f"This lab was built on {pinned}, which is neither here nor available from its registry now. "
        "Connect to it and run the same command again, or run ./lab down --images to begin with newer images."
    )


def pull(client: docker.DockerClient, image: str, say: OnProgress) -> bool:
    """Pull `image` (name:tag or name@digest); return False if its registry does not answer within REGISTRY_SECONDS."""
    try:
        with _timeout(client, REGISTRY_SECONDS):
            client.images.get_registry_data(image)
        say(image, "pulling", None)
        client.images.pull(image)
    except (APIError, OSError):
        return False
    return True


@contextmanager
def _timeout(client: docker.DockerClient, seconds: int) -> Iterator[None]:
    before, client.api.timeout = client.api.timeout, seconds
    try:
        yield
    finally:
        client.api.timeout = before


def _bootstrap(archive: Path) -> None:
    if not shutil.which(BOOTSTRAPPER):
        raise ImageFailed(
            f"{BASE} can neither be pulled nor built here: connect to Docker Hub and run `docker pull {BASE}`, "
            f"or, as root on Debian or Ubuntu, run `apt-get install {BOOTSTRAPPER}` and try again."
        )
    # apt finds Debian's own keyring; Debian 12's has the keys of Debian 13 from point release 12.11 on.
    # Signatures are always checked.
    command = [BOOTSTRAPPER, "--variant=minbase", *_SLIM, "trixie", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImageFailed(f"mmdebstrap could not build Debian trixie:\n{done.stderr[-2000:]}")


def _import(client: docker.DockerClient, archive: Path, install: str) -> None:
    name, tag = BASE.split(":")
    labels = {"org.slipway.bootstrapped": "mmdebstrap", "slipway.install": install, "slipway.role": "build"}
    changes = ['CMD ["bash"]', *(f'LABEL {key}="{value}"' for key, value in labels.items())]
    # By path: docker-py's import_image_from_stream announces chunks but sends a length (7.2, "header line too long").
    answer = client.api.import_image(str(archive), repository=name, tag=tag, changes=changes)
    if not has_image(client, BASE):
        raise ImageFailed(f"The engine did not accept the bootstrapped {BASE}: {answer!s:.500}")


# What Debian's own "slim" variant leaves out.
_SLIM = [
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
]
