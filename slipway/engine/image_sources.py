"""Gets images from elsewhere: by their pins, or from the hub, by digest; knows which of them the engine had before.

Knows nothing of what is done with the images, or instead of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import docker
from docker.errors import ImageNotFound

from slipway.engine.hub import Hub, HubFailed
from slipway.engine.image_build import ImageFailed, OnProgress
from slipway.engine.image_claims import BOOTSTRAPPED, claim_pulled, is_pulled
from slipway.engine.image_origins import Origin
from slipway.engine.image_pins import ImagePins
from slipway.settings import Settings


@dataclass(frozen=True)
class ImageSources:
    """What one set-up of an install gets its images with. `refresh`: ask the hub also for what is pinned."""

    client: docker.DockerClient
    install: str
    hub: Hub
    pins: ImagePins
    say: OnProgress
    refresh: bool = False
    failures: list[HubFailed] = field(default_factory=list)
    """Why images could not be pulled, so far."""

    def get(self, image: str) -> Origin:
        """Return the image `image` (name:tag), which the engine then has: as pinned, else as the hub has it now.

        Raises HubFailed with the reason when it is not pinned and cannot be pulled. Raises ImageFailed when it is
        pinned and cannot be had: another image would be a silent change.
        """
        pinned = self.pinned(image)
        if pinned and not self.refresh:
            return pinned
        try:
            return self._pull(image, self._pinned_digest(image) or self.hub.resolve(image))
        except HubFailed as failure:
            self.failures.append(failure)
            if pinned:
                return replace(pinned, why=str(failure))
            if pin := self._pinned_digest(image):
                raise _unavailable(image, pin, failure) from None
            raise

    def pinned(self, image: str) -> Origin | None:
        """Return the pinned image if the engine has it."""
        pin = self.pins.get(image)
        if pin is None:
            return None
        digest = pin.partition("@")[2]
        names = (pin, self.hub.reference(image, digest)) if digest else (pin,)
        return next((self._origin(image, digest, name) for name in names if self._id(name)), None)

    def labels(self, role: str) -> dict[str, str]:
        """Return the labels of an image that this install builds."""
        return {"slipway.install": self.install, "slipway.role": role}

    def _pinned_digest(self, image: str) -> str:
        return "" if self.refresh else (self.pins.get(image) or "").partition("@")[2]

    def _pull(self, image: str, digest: str) -> Origin:
        reference = self.hub.reference(image, digest)
        before = self._id(reference)
        self.hub.pull(image, digest, self.say)
        if not before or is_pulled(self.client, reference):
            claim_pulled(self.client, reference, self.install)
        self.pins.set(image, f"{image.rpartition(':')[0]}@{digest}")
        return self._origin(image, digest, reference)

    def _origin(self, image: str, digest: str, name: str) -> Origin:
        found = self.client.images.get(name)
        if digest:
            return Origin(image, str(found.id), "pulled", self.hub.host, digest, size=found.attrs["Size"])
        return Origin(image, str(found.id), "built" if BOOTSTRAPPED in found.labels else "found")

    def _id(self, name: str) -> str:
        try:
            return str(self.client.images.get(name).id)
        except ImageNotFound:
            return ""


def sources(client: docker.DockerClient, settings: Settings, say: OnProgress, refresh: bool = False) -> ImageSources:
    """Return the sources of the install with these settings."""
    hub = Hub(client, settings.hub)
    return ImageSources(client, settings.install, hub, ImagePins(settings.state), say, refresh)


def _unavailable(image: str, digest: str, failure: HubFailed) -> ImageFailed:
    return ImageFailed(
        f"This lab was built on {image} ({digest}), which is neither here nor available from its registry now. "
        f"{failure} Then run the same command again, or ./lab up --refresh-images to go on with newer images."
    )
