"""Memory and processor time of a process, from /proc."""

from __future__ import annotations

import os
from pathlib import Path


def resident_memory(pid: int) -> int:
    """Return its resident memory in bytes."""
    return int(_read(pid, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak_memory(pid: int) -> int:
    """Return its peak resident memory in bytes."""
    return int(_read(pid, "status").partition("VmHWM:")[2].split()[0]) * 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor time that it has used, in seconds."""
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()
