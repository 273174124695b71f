"""Finds out whether the processor's virtualisation works here, by using it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

DEVICE = "/dev/kvm"
TRIAL_TIMEOUT = 60.0
"""Seconds for a trial that takes ten when emulated; where the device is broken, qemu aborts or its kernel hangs."""


def works(kernel: Path) -> bool:
    """Whether a Linux kernel without a disk gets as far under KVM as it can: to its panic, with which qemu ends."""
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return False
    try:
        done = subprocess.run(trial_command(kernel), capture_output=True, timeout=TRIAL_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and b"Kernel panic" in done.stdout


def trial_command(kernel: Path) -> list[str]:
    """Return the command that boots `kernel` under KVM, with its messages on standard output."""
    return [
        *("qemu-system-x86_64", "-machine", "q35", "-accel", "kvm", "-cpu", "host", "-m", "512"),
        *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-kernel", str(kernel), "-append", "console=ttyS0 panic=-1"),
    ]
