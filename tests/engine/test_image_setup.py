"""The images of an install, from the first set-up to the removal: on an empty engine, with a hub in all its moods.

The engine, the hub, pulls and builds are real. Only what is built is small: Dockerfiles that copy a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from slipway.engine import hub as hub_module
from slipway.engine import images, registry
from slipway.engine.cleanup import remove_install
from slipway.engine.course_images import CATALOGUE
from slipway.engine.hub import Hub
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_claims import BOOTSTRAPPED
from slipway.engine.image_origins import Origin, describe
from slipway.engine.image_pins import ImagePins
from slipway.engine.image_sources import ImageSources
from slipway.engine.sandboxes import Sandboxes
from tests.engine.docker_hub import NOT_FOUND, RATE_LIMIT, SILENT, DockerHub
from tests.engine.hub_fixtures import docker_hub, engine_beside

pytestmark = pytest.mark.engine

SetUp = Callable[..., dict[str, Origin]]
STAGE = "FROM ${BASE} AS build\nARG INSTALL\nLABEL slipway.install=${INSTALL} slipway.role=build\n"
SANDBOX = {
    "Dockerfile": "ARG BASE=x\nARG REGISTRY=scratch\nFROM ${BASE} AS terminal\nCOPY terminal/bashrc /\n"
    "FROM ${REGISTRY} AS registry\nFROM ${BASE} AS engine\nCOPY --from=registry /srv /srv\n",
    "terminal/bashrc": "",
    "engine/init": "",
    "registry/Dockerfile": f"ARG BASE=x\n{STAGE}COPY archives push-images /archives/\n"
    "FROM scratch\nCOPY --from=build /archives /srv\n",
    "registry/push-images": "",
    "registry/copy-program": "",
    **{
        f"registry/{name}/Dockerfile": f"ARG BASE=x\nARG BASED_ON=x\n{STAGE}COPY copy-program /{name}\n"
        f"FROM {'${BASED_ON}' if name in ('redis', 'nginx') else 'scratch'}\nCOPY --from=build /{name} /\n"
        for name in CATALOGUE
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[DockerHub]:
    with docker_hub(folder) as hub:
        yield hub


@pytest.fixture(scope="module")
def engine(
    request: pytest.FixtureRequest, served: DockerHub, folder: Path, sandboxes: Sandboxes
) -> Iterator[docker.DockerClient]:
    with engine_beside(served, folder, sandboxes, getattr(request, "param", "overlay2")) as client:
        yield client


@pytest.fixture(autouse=True)
def hub(served: DockerHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerHub]:
    """Publish all images anew, and build small things."""
    for name, text in SANDBOX.items():
        path = tmp_path / "sandbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(images, "SANDBOX", tmp_path / "sandbox")
    monkeypatch.setattr(registry, "SOURCES", tmp_path / "sandbox" / "registry")
    served.publish("debian", {"etc/debian_version": "13.0"}, tag="trixie-slim")
    for name in CATALOGUE:
        served.publish(name, {name: "first"}, {"more": name})
    yield served
    served.faults.clear()


@pytest.fixture
def set_up(engine: docker.DockerClient, served: DockerHub, tmp_path: Path) -> Iterator[SetUp]:
    """Set up the images of an install; return their origins by name."""
    before, installs = listing(engine), set()

    def run(install: str = "first", refresh: bool = False) -> dict[str, Origin]:
        installs.add(install)
        state = tmp_path / install
        state.mkdir(exist_ok=True)
        hub, pins = Hub(engine, served.prefix), ImagePins(state)
        images.ensure(ImageSources(engine, install, hub, pins, lambda *_: None, refresh))
        return {origin.image.partition(":")[0]: origin for origin in images.origins(engine)}

    yield run
    for install in installs:
        remove(engine, install)
    assert listing(engine) == before, "nothing is left, and nothing else is gone"


@pytest.fixture
def users_redis(engine: docker.DockerClient, served: DockerHub) -> Iterator[str]:
    """The user's own redis:latest, an older one than the hub has; yield its id."""
    name = f"{served.prefix}/redis"
    image = engine.images.pull(name, tag="latest")
    served.publish("redis", {"redis": "newer"}, {"more": "newer"})
    yield str(image.id)
    assert engine.images.get(f"{name}:latest").id == image.id, "its tag has not moved"
    engine.images.remove(f"{name}:latest")


@pytest.fixture
def change_sources(tmp_path: Path) -> Callable[[], None]:
    """Return a function after which the registry's image has to be built again."""

    def change() -> None:
        with (tmp_path / "sandbox/registry/push-images").open("a") as file:
            file.write("# changed\n")

    return change


def remove_pulled(engine: docker.DockerClient, name: str) -> None:
    """Remove a pulled image behind the install's back."""
    for tag in engine.images.list(f"slipway-pulled-{name}")[0].tags:
        engine.images.remove(tag, force=True)
    for row in engine.api.images():
        for digest in row["RepoDigests"] or ():
            if f"/{name}@" in digest:
                engine.images.remove(digest, force=True)


def listing(engine: docker.DockerClient) -> list[tuple[str, list[str], list[str]]]:
    """Return every image with its names."""
    rows = engine.api.images(all=True)
    return sorted((row["Id"], sorted(row["RepoTags"] or ()), sorted(row["RepoDigests"] or ())) for row in rows)


def tags_of(engine: docker.DockerClient) -> set[str]:
    """Return all tags, without names by digest."""
    names = {name for row in engine.api.images() for name in row["RepoTags"] or ()}
    return {name for name in names if "@" not in name and name != "<none>:<none>"}


def remove(engine: docker.DockerClient, install: str) -> int:
    return remove_install(engine, install, lambda *_: None, images=True)


def kinds(origins: dict[str, Origin]) -> dict[str, str]:
    return {name: origin.kind for name, origin in origins.items()}


def test_real_images_come_by_digest_and_no_tag_of_the_user_moves(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp, users_redis: str
) -> None:
    origins = set_up()
    assert set(kinds(origins).values()) == {"pulled"}
    assert {origin.image: origin.digest for origin in origins.values()} == {
        f"{name}:{tag}": digest for (name, tag), digest in served.tags.items() if name in ("debian", *CATALOGUE)
    }
    assert origins["redis"].id != users_redis
    tags = tags_of(engine) - {f"{served.prefix}/redis:latest"}
    assert [tag for tag in tags if not tag.startswith("slipway-")] == []
    assert not [tag for tag in tags if tag.startswith("slipway-stand-in")]
    assert describe(tuple(origins.values())) == [
        f"From {origins['redis'].hub}: "
        + ", ".join(f"{origin.image} ({origin.digest[:19]})" for origin in origins.values())
        + "."
    ]


def test_image_that_the_user_had_already_stays(engine: docker.DockerClient, served: DockerHub, set_up: SetUp) -> None:
    name = f"{served.prefix}/nginx"
    theirs = engine.images.pull(name, tag="latest")
    before = listing(engine)
    assert set_up()["nginx"].id == theirs.id
    remove(engine, "first")
    assert listing(engine) == before
    engine.images.remove(f"{name}:latest")


def test_mixture_is_replaced_by_real_images_when_they_are_refreshed(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp
) -> None:
    served.faults |= {"redis": RATE_LIMIT, "hello-world": NOT_FOUND}
    origins = set_up()
    real = dict.fromkeys(("debian", "busybox", "nginx"), "pulled")
    assert kinds(origins) == real | {"hello-world": "built", "redis": "built"}
    assert "(429)" in origins["redis"].why
    assert "(404)" in origins["hello-world"].why
    built = {tag.partition(":")[0] for tag in tags_of(engine)}
    assert "slipway-stand-in-redis" in built
    assert "slipway-stand-in-nginx" not in built, "only what is missing is built"

    served.faults.clear()
    served.requests.clear()
    assert set_up() == origins, "a later start asks nobody"
    assert served.requests == []
    used = engine.api.create_container(images.image_names().engine, ["-"], labels={"slipway.install": "first"})
    old = engine.images.get(images.image_names().engine).id

    assert set(kinds(set_up(refresh=True)).values()) == {"pulled"}
    assert engine.images.get(images.image_names().engine).id != old
    assert engine.images.get(str(old)), "a sandbox uses it"
    engine.api.remove_container(used)
    set_up()
    assert old not in {row["Id"] for row in engine.api.images()}
    assert not [tag for tag in tags_of(engine) if tag.startswith("slipway-stand-in")]


def test_refresh_follows_a_tag_and_keeps_what_it_has_when_the_hub_fails(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp, tmp_path: Path
) -> None:
    first = set_up()
    engine_image = engine.images.get(images.image_names().engine).id
    served.faults[""] = RATE_LIMIT
    assert set_up(refresh=True) == first
    served.faults.clear()
    assert set_up(refresh=True) == first
    assert engine.images.get(images.image_names().engine).id == engine_image, "nothing has changed"

    newer = served.publish("busybox", {"busybox": "second"})
    second = set_up(refresh=True)
    assert second["busybox"].digest == newer
    assert {name for name in second if second[name] != first[name]} == {"busybox"}
    assert first["busybox"].id not in {row["Id"] for row in engine.api.images()}, "the old one is removed"


def test_pins_hold_or_are_an_error(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp, change_sources: Callable[[], None]
) -> None:
    first = set_up()
    newer = served.publish("nginx", {"nginx": "newer"})
    remove_pulled(engine, "nginx")
    change_sources()
    assert set_up() == first, "its tag has moved, but the image has not changed"

    served.faults["nginx"] = NOT_FOUND
    remove_pulled(engine, "nginx")
    change_sources()
    with pytest.raises(ImageFailed, match=r"built on nginx:latest \(sha256:\w+\), which is neither here .* \(404\)"):
        set_up()
    served.faults.clear()
    assert set_up(refresh=True)["nginx"].digest == newer


def test_silent_hub_is_asked_once_for_all_images(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "RESOLVE_SECONDS", 1)
    own = engine.images.pull(f"{served.prefix}/debian", tag="trixie-slim")
    own.tag("debian", "trixie-slim")
    served.faults[""] = SILENT
    served.requests.clear()
    origins = set_up()
    assert kinds(origins) == {"debian": "found"} | dict.fromkeys(CATALOGUE, "built")
    assert len({origin.why for origin in origins.values()}) == 1
    assert "does not answer in time" in origins["debian"].why
    assert len(served.asked("/v2/")) == 1
    for name in ("debian:trixie-slim", f"{served.prefix}/debian:trixie-slim"):
        engine.images.remove(name)


def test_images_stay_until_the_last_install_is_removed(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp
) -> None:
    labels = [f"LABEL {BOOTSTRAPPED}=mmdebstrap slipway.install=first"]  # inherited from an image of ours
    engine.api.import_image_from_data(b"", repository="mine", tag="1", changes=labels)
    before = listing(engine)
    set_up("first")
    set_up("second")
    names = images.image_names()
    remove(engine, "first")
    assert engine.images.get(names.engine)
    assert engine.images.get(names.terminal)
    remove(engine, "second")
    assert listing(engine) == before
    engine.images.remove("mine:1")


@pytest.mark.parametrize("engine", ["containerd"], indirect=True)
def test_mixture_is_replaced_and_removed_with_the_containerd_store(
    engine: docker.DockerClient, served: DockerHub, set_up: SetUp
) -> None:
    test_mixture_is_replaced_by_real_images_when_they_are_refreshed(engine, served, set_up)
