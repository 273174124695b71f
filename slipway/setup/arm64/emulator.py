"""Finds a static QEMU for arm64 programs, or unpacks Debian's into the state folder, after asking.

It is not installed: Debian's package registers itself with the kernel, at every boot. Static, because containers do not
have its libraries.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from slipway.engine.image_programs import read_interpreter
from slipway.setup import debian
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent

NAMES = ("qemu-aarch64-static", "qemu-aarch64")
PACKAGES = (("qemu-user-static", "usr/bin/qemu-aarch64-static"), ("qemu-user", "usr/bin/qemu-aarch64"))
"""Where Debian 12, and then 13, has it: the package, and its file."""
WHY = "This machine needs an emulator to start programs for arm64."
HINT = "As root on Debian or Ubuntu the command unpacks one. Elsewhere install qemu-user-static with its registration."


def ensure(state: Path, console: Console, consent: Consent) -> Path:
    """Return the path of the emulator. Raises StageFailed when there is none and none can be had."""
    kept = state / NAMES[1]
    if found := find(kept):
        return found
    if not debian.can_install():
        raise StageFailed(WHY, hint=HINT)
    if not consent.ask(f"{WHY} Unpack Debian's qemu-user-static into {state}?"):
        raise StageFailed(WHY, hint="Add --yes to have Debian's qemu-user-static unpacked.")
    with console.stage(f"Debian's qemu-user-static, unpacked into {state}"):
        debian.update(console)
        if not any(debian.unpack_file(console, package, file, kept) for package, file in PACKAGES):
            raise StageFailed(f"{WHY} Debian's packages have none for this machine.", hint=HINT)
    return kept


def find(kept: Path) -> Path | None:
    """Return a static emulator on the PATH, or the `kept` one; None without."""
    paths = (*(Path(path) for name in NAMES if (path := shutil.which(name))), kept)
    return next((path for path in paths if path.exists() and is_static(path)), None)


def is_static(program: Path) -> bool:
    """Whether an ELF program needs no interpreter."""
    with program.open("rb") as file:
        return read_interpreter(file) == ""
