"""Installs Debian packages, after asking.

plan.py decides which packages, and whether this system has them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

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
        processes.run(console, [*APT, "update"], error="apt-get could not update its package lists.", hint=hint)
        processes.run(
            console,
            [*APT, "install", "-y", "--no-install-recommends", *packages],
            error=f"apt-get could not install {' '.join(packages)}.",
            hint=hint,
        )
