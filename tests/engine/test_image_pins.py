"""Image pins: the file, and pulling from a real registry whose tag moves."""

from __future__ import annotations

import io
import secrets
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import docker
import pytest
from docker.errors import APIError, ImageNotFound

from slipway.engine import host, images
from slipway.engine.base_image import find_base, pull_pinned
from slipway.engine.client import connect
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_pins import FILE, ImagePins, pinned_reference
from slipway.settings import Settings, engine_from_env

REGISTRY = """
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: /tmp/hub}}\nhttp: {addr: ":5000"}\n' > /tmp/hub.yml
exec docker-registry serve /tmp/hub.yml
"""
Publish = Callable[[str, str], str]


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


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[docker.DockerClient]:
    settings = Settings(install="test", token=secrets.token_hex(), state=tmp_path, **engine_from_env())
    with closing(connect(host.with_engine_address(settings))) as client:
        yield client


@pytest.fixture
def registry(engine: docker.DockerClient) -> Iterator[str]:
    """Yield the address of an empty registry."""
    container = engine.containers.run(  # type: ignore[call-overload]  # None: any free port
        images.image_names().engine,
        ["-c", REGISTRY],
        entrypoint="sh",
        detach=True,
        auto_remove=True,
        ports={"5000/tcp": ("127.0.0.1", None)},
    )
    container.reload()
    yield f"127.0.0.1:{container.ports['5000/tcp'][0]['HostPort']}"
    container.remove(force=True)


@pytest.fixture
def publish(engine: docker.DockerClient, registry: str) -> Iterator[Publish]:
    """Yield a function that pushes an image with one file, removes it from the engine, and returns its name."""
    image_ids: list[str] = []

    def put(name: str, content: str) -> str:
        address = f"{registry}/{name}:latest"
        engine.api.import_image_from_data(_archive(content), repository=f"{registry}/{name}", tag="latest")
        image_ids.append(str(engine.images.get(address).id))
        _push(engine, address)
        _drop(engine, image_ids[-1])
        return address

    yield put
    for image in image_ids:
        _drop(engine, image)


def _archive(content: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("file")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content.encode()))
    return packed.getvalue()


def _push(engine: docker.DockerClient, address: str) -> None:
    for _ in range(60):  # the registry may still be starting
        if "errorDetail" not in (answer := engine.images.push(address)):
            return
        time.sleep(0.5)
    raise AssertionError(answer)


def _drop(engine: docker.DockerClient, image: str) -> None:
    with suppress(ImageNotFound, APIError):
        engine.images.remove(image, force=True)


@pytest.mark.engine
def test_moved_tag_does_not_change_the_pinned_image(
    engine: docker.DockerClient, pins: ImagePins, publish: Publish
) -> None:
    name = publish("thing", "first")
    pinned = pull_pinned(engine, name, pins, ignore_progress)
    assert pinned is not None
    assert pinned.startswith(f"{name.removesuffix(':latest')}@sha256:")
    first = engine.images.get(pinned).id
    _drop(engine, str(first))

    assert publish("thing", "second") == name
    assert pull_pinned(engine, name, pins, ignore_progress) == pinned
    assert engine.images.get(pinned).id == first

    pins.clear()
    newer = pull_pinned(engine, name, pins, ignore_progress)
    assert newer != pinned
    _drop(engine, str(engine.images.get(str(newer)).id))


@pytest.mark.engine
def test_unavailable_pinned_image_is_an_error_and_not_replaced(
    engine: docker.DockerClient, pins: ImagePins, registry: str, publish: Publish
) -> None:
    name = publish("thing", "there")
    missing = f"{name.removesuffix(':latest')}@sha256:{'0' * 64}"
    pins.set(name, missing)
    with pytest.raises(ImageFailed, match=f"built on {missing}, which is neither here .* ./lab down --images"):
        pull_pinned(engine, name, pins, ignore_progress)
    assert pins.get(name) == missing
    assert pull_pinned(engine, f"{registry}/never-there:latest", pins, ignore_progress) is None


@pytest.mark.engine
def test_bootstrapped_base_is_pinned_by_id(engine: docker.DockerClient, pins: ImagePins) -> None:
    terminal = images.image_names().terminal
    assert pinned_reference(engine, terminal) == engine.images.get(terminal).id
    pins.set("debian:trixie-slim", pinned_reference(engine, terminal))
    assert find_base(engine, pins, ignore_progress) == engine.images.get(terminal).id
    pins.set("debian:trixie-slim", f"sha256:{'0' * 64}")
    assert find_base(engine, pins, ignore_progress) is None, "it is bootstrapped again"
