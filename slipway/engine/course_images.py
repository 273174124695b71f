"""The images from elsewhere: the base of all our images, and the images of the course.

The one list of them. An image of the course needs a folder of its name in sandbox/registry with the Dockerfile of its
stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseImage:
    """An image of the course; the stand-in for it is built on the stand-in `based_on`, or from nothing."""

    name: str
    tag: str = "latest"
    based_on: str = ""

    @property
    def reference(self) -> str:
        """The name with its tag."""
        return f"{self.name}:{self.tag}"


BASE = "debian:trixie-slim"
COURSE_IMAGES = (
    CourseImage("hello-world"),
    CourseImage("busybox"),
    CourseImage("redis", based_on="busybox"),
    CourseImage("nginx", based_on="busybox"),
)
CATALOGUE = tuple(image.name for image in COURSE_IMAGES)
"""The names that a sandbox's registry serves."""


def course_image(name: str) -> CourseImage:
    """Return the image of the course with this name."""
    return next(image for image in COURSE_IMAGES if image.name == name)
