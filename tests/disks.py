"""A real disk of a few megabytes, to be filled, emptied and made read-only. Mounting one takes root.

Who is not root runs the test once more in a user namespace, where they are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slipway.settings import ROOT

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-cov"]


class Disk:
    """A file system of its own at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Write until there is room for nothing more."""
        with (self.path / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            while filler.write(b"x" * 4096):
                pass
        assert os.statvfs(self.path).f_bavail == 0

    def free(self) -> None:
        (self.path / "filler").unlink()

    def mount(self, *options: str) -> None:
        subprocess.run(["mount", "-o", ",".join(options), *self._kind(options), str(self.path)], check=True)

    def _kind(self, options: tuple[str, ...]) -> list[str]:
        return [] if "remount" in options else ["-t", "tmpfs", "tmpfs"]


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """A disk of four megabytes, with nothing on it."""
    if os.geteuid() != 0:
        namespace = ["unshare", "--user", "--map-root-user", "--mount"]
        subprocess.run([*namespace, *PYTEST, request.node.nodeid], cwd=ROOT, check=True)
        pytest.skip("it has passed in a namespace of its own")
    path = tmp_path / "disk"
    path.mkdir()
    made = Disk(path)
    made.mount("size=4m", "mode=0700")
    try:
        yield made
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
