"""Which images from elsewhere this install is built on: each as it was the first time, by digest or by id.

A tag moves; what a lab was set up with must not, until somebody asks for newer images (`./lab down --images`). Knows
the file in the state directory and the engine's names for images, and not how they are pulled or made.
"""

from __future__ import annotations

import json
from pathlib import Path

import docker

from slipway.engine.image_build import ImageFailed
from slipway.install.state_folder import reason, write_private

FILE = "pins.json"


class ImagePins:
    """`name:tag` → `name@sha256:…` where a registry has it, else the id of the image that was made here."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE

    def all(self) -> dict[str, str]:
        """All of them. Raises ImageFailed when the file is damaged: guessing would build on something else."""
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ImageFailed(f"{self._path} can't be read: {reason(error)}.") from None
        except ValueError:
            kept = None
        if not isinstance(kept, dict) or not all(isinstance(one, str) for one in kept.values()):
            raise ImageFailed(
                f"{self._path} does not say any longer which images this lab was built on. "
                "Remove that file to have them chosen anew, then run the same command again."
            )
        return kept

    def of(self, name: str) -> str | None:
        """What `name` was the first time; None when this is the first time."""
        return self.all().get(name)

    def keep(self, name: str, reference: str) -> str:
        """From now on `name` is this image; answers with `reference`. Raises StateError."""
        write_private(self._path, json.dumps(self.all() | {name: reference}, indent=2) + "\n")
        return reference

    def forget(self) -> None:
        """The next set-up chooses anew."""
        self._path.unlink(missing_ok=True)


def reference(client: docker.DockerClient, name: str) -> str:
    """What the engine's image `name` is called for good: its registry's digest, or its id where it has none."""
    image = client.images.get(name)
    repository = name.rpartition(":")[0]
    digests = [digest for digest in image.attrs.get("RepoDigests") or () if digest.startswith(f"{repository}@")]
    return str(digests[0] if digests else image.id)
