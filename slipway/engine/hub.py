"""Docker Hub, or a mirror of it (SLIPWAY_HUB), as the host's engine reaches it: resolves tags, and pulls by digest.

The engine makes every request, so its proxy, its mirrors and its trusted certificates apply, also on a remote machine.
No tag is ever pulled: a tag of that name may be the user's own. Knows nothing of pins and stand-ins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import docker
from docker.errors import APIError, DockerException

from slipway.engine.hub_faults import HubFault, explain, timed_out
from slipway.engine.image_build import OnProgress, has_image

RESOLVE_SECONDS = 10
"""How long the registry may take to resolve a tag."""
MB = 1_000_000


class HubFailed(Exception):
    """An image could not be had; `fault` says why."""

    def __init__(self, fault: HubFault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


class Hub:
    """One registry during one set-up. Once it could not be reached, it is not asked again."""

    def __init__(self, client: docker.DockerClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._down: HubFault | None = None

    @property
    def host(self) -> str:
        """The registry's host, with its port."""
        return self._prefix.partition("/")[0]

    def resolve(self, image: str) -> str:
        """Return the digest of `image` (name:tag) in the registry. Raises HubFailed."""
        with self._explained(image), self._timeout(RESOLVE_SECONDS):
            return str(self._client.images.get_registry_data(f"{self._prefix}/{image}").id)

    def reference(self, image: str, digest: str) -> str:
        """Return the name that `image` (name:tag) of this digest has on the engine."""
        return f"{self._prefix}/{image.rpartition(':')[0]}@{digest}"

    def pull(self, image: str, digest: str, say: OnProgress) -> str:
        """Pull `image` (name:tag) by its digest unless the engine has it; return its reference. Raises HubFailed."""
        reference = self.reference(image, digest)
        if not has_image(self._client, reference):
            say(image, "pulling", None)
            with self._explained(image):
                repository = reference.partition("@")[0]
                lines = self._client.api.pull(repository, tag=digest, stream=True, decode=True)
                _follow(lines, image, say)
        return reference

    @contextmanager
    def _explained(self, image: str) -> Iterator[None]:
        """Turn the engine's exceptions into HubFailed, at once if the registry is known to be out of reach."""
        if self._down:
            raise HubFailed(self._down)
        try:
            yield
        except (DockerException, OSError, RuntimeError) as error:
            fault = self._fault(error, image)
            self._down = fault if fault.concerns_all else None
            raise HubFailed(fault) from error

    def _fault(self, error: Exception, image: str) -> HubFault:
        if isinstance(error, APIError):
            return explain(str(error.explanation or error), int(error.status_code or 0), self.host, image)
        if isinstance(error, OSError) and "timed out" in str(error):
            return timed_out(self.host, image, self._client.api.timeout or RESOLVE_SECONDS)
        return explain(str(error), 0, self.host, image)

    @contextmanager
    def _timeout(self, seconds: int) -> Iterator[None]:
        before, self._client.api.timeout = self._client.api.timeout, seconds
        try:
            yield
        finally:
            self._client.api.timeout = before


def _follow(lines: Iterable[dict[str, Any]], image: str, say: OnProgress) -> None:
    """Report the progress of a pull, to its end. Raises RuntimeError with the engine's own words when it fails."""
    layers: dict[str, tuple[int, int]] = {}
    error = ""
    for line in lines:
        error = line.get("error") or error  # the last line; but only a response that is read to its end is closed
        detail = line.get("progressDetail") or {}
        if line.get("status") == "Downloading" and detail.get("total"):
            layers[line["id"]] = detail["current"], detail["total"]
            done, total = (sum(column) for column in zip(*layers.values(), strict=True))
            say(image, f"pulling, {done / MB:.0f} of {total / MB:.0f} MB", done / total)
    if error:
        raise RuntimeError(error)
