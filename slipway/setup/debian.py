"""Installs Debian packages, after asking.

Decides nothing: which packages, and whether this system has them, is plan.py's.
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
    """Whether the person agreed to installations beforehand (`--yes`, or CI), or can be asked."""

    given: bool = False

    def ask(self, question: str) -> bool:
        """True when they agree; without a terminal nobody can."""
        if self.given:
            return True
        if not sys.stdin.isatty():
            return False
        return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")


def possible() -> bool:
    """Whether packages can be installed here at all: root, and apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(voice: Console, consent: Consent, packages: Sequence[str], why: str) -> None:
    """Installs `packages` with apt-get. Raises StageFailed without consent, or when apt-get fails."""
    by_hand = f"apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
    if not consent.ask(f"{why} Install Debian's {' '.join(packages)}?"):
        raise StageFailed(why, then=f"Agree with --yes, or run: {by_hand}")
    with voice.stage(f"Debian packages: {' '.join(packages)}"):
        then = f"Is this machine on a network? By hand: {by_hand}"
        processes.run(voice, [*APT, "update"], what="apt-get could not read its package lists.", then=then)
        processes.run(
            voice,
            [*APT, "install", "-y", "--no-install-recommends", *packages],
            what=f"apt-get could not install {' '.join(packages)}.",
            then=then,
        )
