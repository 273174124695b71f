"""Image pins: the file, and a base image that no registry has."""

from __future__ import annotations

from pathlib import Path

import docker
import pytest

from slipway.engine.base_image import find_base
from slipway.engine.course_images import BASE
from slipway.engine.hub import Hub, HubFailed
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_origins import Origin
from slipway.engine.image_pins import FILE, ImagePins, pinned_reference
from slipway.engine.image_sources import ImageSources
from slipway.engine.sandboxes import Sandboxes


def ignore_progress(stage: str, text: str, fraction: float | None) -> None:
    """Ignore progress."""


@pytest.fixture
def pins(tmp_path: Path) -> ImagePins:
    return ImagePins(tmp_path)


def test_pins_are_kept_until_cleared(pins: ImagePins, tmp_path: Path) -> None:
    assert pins.get("debian:trixie-slim") is None
    assert pins.set("debian:trixie-slim", "debian@sha256:1") == "debian@sha256:1"
    pins.set("busybox:latest", "busybox@sha256:2")
    assert ImagePins(tmp_path).all() == {"debian:trixie-slim": "debian@sha256:1", "busybox:latest": "busybox@sha256:2"}
    pins.clear()
    pins.clear()
    assert pins.all() == {}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"busybox:latest": 1}'])
def test_damaged_file_is_an_error_that_names_it(pins: ImagePins, tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage)
    with pytest.raises(ImageFailed, match=f"{FILE} no longer lists .* Remove that file"):
        pins.get("busybox:latest")


@pytest.mark.engine
def test_base_without_a_registry_is_pinned_by_id(
    client: docker.DockerClient, sandboxes: Sandboxes, tmp_path: Path
) -> None:
    pins = ImagePins(tmp_path)
    here = ImageSources(client, sandboxes.settings.install, Hub(client, "127.0.0.1:1/library"), pins, ignore_progress)
    terminal = sandboxes.images.terminal
    assert pinned_reference(client, terminal) == client.images.get(terminal).id
    pins.set(BASE, pinned_reference(client, terminal))
    found = find_base(here)
    assert isinstance(found, Origin)
    assert (found.id, found.digest) == (client.images.get(terminal).id, "")
    pins.set(BASE, f"sha256:{'0' * 64}")
    with pytest.raises(HubFailed, match=r"cannot connect to 127\.0\.0\.1:1"):
        here.get(BASE)
