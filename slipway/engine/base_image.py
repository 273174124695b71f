"""The base of all our images, Debian: pulled, found, or bootstrapped from Debian's mirror.

It is pinned once it was obtained, and so is everything else that is pulled from a registry. Knows nothing of what is
built on it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import docker

from slipway.engine.course_images import BASE
from slipway.engine.hub import HubFailed
from slipway.engine.image_build import ImageFailed, OnProgress, has_image
from slipway.engine.image_claims import BOOTSTRAPPED, claim
from slipway.engine.image_origins import Origin
from slipway.engine.image_pins import pinned_reference
from slipway.engine.image_sources import ImageSources

BOOTSTRAPPER = "mmdebstrap"
OWN_BASE = f"slipway-{BASE}"
"""The name of the bootstrapped image: the name of the real one may be the user's."""


def ensure_base(sources: ImageSources) -> Origin:
    """Return the image to build on, which the host's engine then has. Raises ImageFailed with what to do about it."""
    found = find_base(sources)
    if isinstance(found, Origin):
        return found
    sources.say(BASE, "bootstrapping Debian from its mirror", None)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        archive = Path(folder) / "trixie.tar"
        bootstrap(archive, str(found), sources.say)
        _import(sources.client, archive, sources.labels("build"))
    return _use(sources, OWN_BASE, found)


def find_base(sources: ImageSources) -> Origin | HubFailed:
    """Return the base image, pulled if necessary; or why it has to be bootstrapped."""
    try:
        return sources.get(BASE)
    except HubFailed as failure:
        for name in (OWN_BASE, BASE):
            if has_image(sources.client, name):
                return _use(sources, name, failure)
        return failure


def _use(sources: ImageSources, name: str, failure: HubFailed) -> Origin:
    """Pin the base to the engine's image `name`, because of `failure`."""
    if name == OWN_BASE:
        claim(sources.client, name, sources.install)
    sources.pins.set(BASE, pinned_reference(sources.client, name))
    image = sources.client.images.get(name)
    return Origin(BASE, str(image.id), "built" if BOOTSTRAPPED in image.labels else "found", why=str(failure))


def bootstrap(archive: Path, why: str, say: OnProgress, *options: str) -> None:
    """Write Debian's root filesystem to `archive` with mmdebstrap. Raises ImageFailed, with `why` it is needed."""
    if not shutil.which(BOOTSTRAPPER):
        raise ImageFailed(
            f"{BASE} can neither be pulled nor built here. {why} "
            f"Or, as root on Debian or Ubuntu, run `apt-get install {BOOTSTRAPPER}` and try again."
        )
    # apt finds Debian's own keyring; Debian 12's has the keys of Debian 13 from point release 12.11 on.
    # Signatures are always checked.
    command = [BOOTSTRAPPER, "--variant=minbase", *_SLIM, *options, "trixie", str(archive)]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                lines.append(line)
                say(BASE, line.removeprefix("I: ").strip(), None)
        except BaseException:
            # All its processes must know, and be heard to the end: then it unmounts and removes what it has made.
            os.killpg(process.pid, signal.SIGTERM)
            process.stderr.read()
            raise
    if process.returncode:
        raise ImageFailed(f"mmdebstrap could not build Debian trixie:\n{''.join(lines)[-2000:]}")


def _import(client: docker.DockerClient, archive: Path, labels: dict[str, str]) -> None:
    repository, tag = OWN_BASE.split(":")
    labels = {BOOTSTRAPPED: BOOTSTRAPPER} | labels
    changes = ['CMD ["bash"]', *(f'LABEL {key}="{value}"' for key, value in labels.items())]
    # By path: docker-py's import_image_from_stream announces chunks but sends a length (7.2, "header line too long").
    answer = client.api.import_image(str(archive), repository=repository, tag=tag, changes=changes)
    if not has_image(client, OWN_BASE):
        raise ImageFailed(f"The engine did not accept the bootstrapped {BASE}: {answer!s:.500}")


# What Debian's own "slim" variant leaves out; and as in Debian's own images, dpkg does not wait for the disk.
_SLIM = [
    "--dpkgopt=force-unsafe-io",
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
]
