"""What a process takes of the machine, as the kernel counts it. Knows ids, and no servers."""

from __future__ import annotations

import os
from pathlib import Path


def resident(pid: int) -> int:
    """Bytes of memory that it has now."""
    return int(_of(pid, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def most(pid: int) -> int:
    """The most bytes of memory that it has ever had."""
    return int(_of(pid, "status").partition("VmHWM:")[2].split()[0]) * 1024


def processor(pid: int) -> float:
    """Seconds of processor time that it has used so far."""
    fields = _of(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _of(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()
