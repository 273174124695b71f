"""The external images on which this install is built, each pinned by digest or by id when it was first used.

A tag moves; a lab's images must not, until newer ones are requested (`./lab down --images`). Knows the file in the
state folder and the engine's names for images, and not how they are pulled or built.
"""

from __future__ import annotations

import json
from pathlib import Path

import docker

from slipway.engine.image_build import ImageFailed
from slipway.install.state_folder import reason, write_private

FILE = "pins.json"


class ImagePins:
    """`name:tag` → `name@sha256:…` if it came from a registry, else the id of the image that was built here."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE

    def all(self) -> dict[str, str]:
        """Return all pins. Raises ImageFailed when the file is damaged: a guess would build on another image."""
        try:
            pins = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ImageFailed(f"{self._path} cannot be read: {reason(error)}.") from None
        except ValueError:
            pins = None
        if not isinstance(pins, dict) or not all(isinstance(pin, str) for pin in pins.values()):
            raise ImageFailed(
                f"{self._path} no longer lists the images that this lab was built on. "
                "Remove that file to choose them again, then run the same command again."
            )
        return pins

    def get(self, name: str) -> str | None:
        """Return the image that `name` is pinned to; None when it is not pinned yet."""
        return self.all().get(name)

    def set(self, name: str, reference: str) -> str:
        """Pin `name` to `reference`, and return that. Raises StateError."""
        write_private(self._path, json.dumps(self.all() | {name: reference}, indent=2) + "\n")
        return reference

    def clear(self) -> None:
        """Remove all pins: the next set-up pins the images of that time."""
        self._path.unlink(missing_ok=True)


def pinned_reference(client: docker.DockerClient, name: str) -> str:
    """Return the permanent name of the engine's image `name`: its registry digest, or its id if it has none."""
    image = client.images.get(name)
    repository = name.rpartition(":")[0]
    digests = [digest for digest in image.attrs.get("RepoDigests") or () if digest.startswith(f"{repository}@")]
    return str(digests[0] if digests else image.id)
