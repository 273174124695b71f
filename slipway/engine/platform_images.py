"""Builds every image for a given processor, from Debian's packages, under names of its own, and starts their programs.

For tests: the lab's own images, pins and tags are not touched. The engine's kernel must be able to start programs of
that processor. Knows nothing of what makes it able to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException

from slipway.engine.base_image import bootstrap
from slipway.engine.cleanup import remove_install
from slipway.engine.course_images import COURSE_IMAGES, CourseImage
from slipway.engine.image_build import Files, OnProgress, build, pack
from slipway.engine.image_programs import Program, image_programs
from slipway.engine.images import engine_files, terminal_files
from slipway.engine.registry import build_registry, stand_in_files

BASE_FILES: Files = {"Dockerfile": b'FROM scratch\nADD root.tar /\nCMD ["bash"]\n'}
NO_CHECK_OF_EMULATION = "--skip=check/qemu"
"""mmdebstrap's check needs one more package, arch-test. Without it the first program that can't start ends it."""


@dataclass(frozen=True)
class PlatformImages:
    """Builds images for `linux/ARCHITECTURE` (Debian's name of it, which is Docker's too for amd64 and arm64).

    They carry the label of the install `install`, and names with it.
    """

    client: docker.DockerClient
    architecture: str
    install: str
    say: OnProgress

    @property
    def platform(self) -> str:
        """Docker's name of the platform."""
        return f"linux/{self.architecture}"

    def build_base(self) -> str:
        """Bootstrap Debian for the platform and return the image's name. Raises ImageFailed."""
        name = self._name("debian")
        self.say(name, f"bootstrapping Debian for {self.architecture} from its mirror", None)
        with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
            archive = Path(folder) / "root.tar"
            bootstrap(archive, "", self.say, f"--architectures={self.architecture}", NO_CHECK_OF_EMULATION)
            with archive.open("rb") as root, pack(BASE_FILES, {"root.tar": root}) as context:
                build(self.client, name, "", context, self.say, self._labels("build"), self.platform)
        return name

    def build_all(self, base: str) -> dict[str, str]:
        """Build all images on `base` and return their names by what they are. Raises ImageFailed."""
        course: dict[str, str] = {}
        for image in COURSE_IMAGES:
            course[image.name] = self._build_stand_in(image, base, course)
        registry = self._name("hub")
        build_registry(self.client, registry, base, course, self.say, self._labels("hub"), self.platform)
        return course | {name: self._build_own(name, base, registry) for name in ("terminal", "engine")}

    def programs(self, image: str) -> list[Program]:
        """Return the ELF programs in an image."""
        return image_programs(self.client, image, self.platform)

    def start(self, image: str, command: Sequence[str], timeout: float) -> tuple[int, str]:
        """Start a program as root, without network; return its exit status and output, or -1 and why it has none."""
        container = self.client.containers.create(
            image,
            list(command[1:]),
            entrypoint=list(command[:1]),
            platform=self.platform,
            network_mode="none",
            user="0:0",
            labels=self._labels("test"),
        )
        try:
            container.start()
            status = container.wait(timeout=timeout)["StatusCode"]
            return int(status), container.logs().decode(errors="replace")
        except (DockerException, OSError) as error:
            return -1, str(error)
        finally:
            container.remove(force=True, v=True)

    def remove(self) -> None:
        """Remove the images, and the containers of programs that were started. Idempotent."""
        remove_install(self.client, self.install, lambda *_: None, images=True)

    def _build_stand_in(self, image: CourseImage, base: str, course: dict[str, str]) -> str:
        name, labels = self._name(image.name), self._labels("hub")
        arguments = {"BASE": base, "INSTALL": self.install}
        if image.based_on:
            arguments["BASED_ON"] = course[image.based_on]
        context = pack(stand_in_files(image))
        build(self.client, name, "", context, self.say, labels, self.platform, **arguments)
        return name

    def _build_own(self, target: str, base: str, registry: str) -> str:
        name, files = self._name(target), {**engine_files(), **terminal_files()}
        arguments = {"BASE": base, "REGISTRY": registry}
        build(self.client, name, target, pack(files), self.say, self._labels(target), self.platform, **arguments)
        return name

    def _name(self, what: str) -> str:
        return f"slipway-{self.architecture}-{what}:{self.install}"

    def _labels(self, role: str) -> dict[str, str]:
        return {"slipway.install": self.install, "slipway.role": role}
