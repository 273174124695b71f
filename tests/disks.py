"""A real disk of a few megabytes, to be filled, emptied and made read-only. Mounting it needs root.

As another user, the test is run again in a user namespace, as its root.
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
    """A separate file system at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Write until the disk is full."""
        with (self.path / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            while filler.write(b"x" * 4096):
                pass
        assert os.statvfs(self.path).f_bavail == 0

    def free(self) -> None:
        """Remove what `fill` wrote."""
        (self.path / "filler").unlink()

    def mount(self, *options: str) -> None:
        """Mount the disk with these options; with "remount", change them."""
        subprocess.run(["mount", "-o", ",".join(options), *self._device(options), str(self.path)], check=True)

    def _device(self, options: tuple[str, ...]) -> list[str]:
        return [] if "remount" in options else ["-t", "tmpfs", "tmpfs"]


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """An empty disk of four megabytes."""
    if os.geteuid() != 0:
        namespace = ["unshare", "--user", "--map-root-user", "--mount"]
        subprocess.run([*namespace, *PYTEST, request.node.nodeid], cwd=ROOT, check=True)
        pytest.skip("it has passed in a user namespace")
    path = tmp_path / "disk"
    path.mkdir()
    mounted = Disk(path)
    mounted.mount("size=4m", "mode=0700")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
