"""Installs Debian packages, after asking.

plan.py decides which packages, and whether this system has them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway.setup import processes
from slipway.setup.console import Console, StageFailed

APT = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1", "apt-get", "-o", "DPkg::Lock::Timeout=300"]


@dataclass(frozen=True)
class Consent:
    """Whether the user agreed to installations beforehand (`--yes`, or CI) or can be asked."""

    granted: bool = False

    def ask(self, question: str) -> bool:
        """Return True if the user agrees; False without a terminal."""
        if self.granted:
            return True
        if not sys.stdin.isatty():
            return False
        return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")


def can_install() -> bool:
    """Whether packages can be installed here: as root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(console: Console, consent: Consent, packages: Sequence[str], why: str) -> None:
    """Install `packages` with apt-get. Raises StageFailed without consent, or when apt-get fails."""
    by_hand = f"apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
    if not consent.ask(f"{why} Install Debian's {' '.join(packages)}?"):
        raise StageFailed(why, hint=f"Add --yes, or run: {by_hand}")
    with console.stage(f"Debian packages: {' '.join(packages)}"):
        hint = f"Check the network connection. By hand: {by_hand}"
        update(console, hint)
        processes.run(
            console,
            [*APT, "install", "-y", "--no-install-recommends", *packages],
            error=f"apt-get could not install {' '.join(packages)}.",
            hint=hint,
        )


def update(console: Console, hint: str = "Check the network connection.") -> None:
    """Update apt's package lists. Raises StageFailed."""
    processes.run(console, [*APT, "update"], error="apt-get could not update its package lists.", hint=hint)


def unpack_file(console: Console, package: str, file: str, target: Path) -> bool:
    """Download `package` without installing it, and write its regular file `file` to `target`, as a program.

    Returns False if the package has no such file. apt verifies signatures. Raises StageFailed when apt-get fails.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        error, hint = f"apt-get could not download {package}.", "Check the network connection."
        processes.run(console, [*APT, "download", package], error=error, hint=hint, cwd=Path(folder))
        archive = next(Path(folder).glob("*.deb"))
        return extract(archive, file, target)


def extract(archive: Path, file: str, target: Path) -> bool:
    """Write the regular file `file` of a Debian package to `target`, as a program; False if the package has none."""
    part = target.with_suffix(".part")
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as packed:
        assert packed.stdout is not None
        with tarfile.open(fileobj=packed.stdout, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.name == f"./{file}" and member.isreg() else None
                if content:
                    with part.open("wb") as output:
                        shutil.copyfileobj(content, output)
                    part.chmod(0o755)
    if not packed.returncode and part.exists():
        part.replace(target)
        return True
    return False
