"""Which signals a process hears: the kernel says it of every process, to everybody.

A process that blocks a signal waits for it in its own way, so that counts as hearing it too. `docker-init` passes all
signals on, so what counts is what its child hears. Knows no engine.
"""

from __future__ import annotations

import re
from pathlib import Path

_MASKS = re.compile(r"^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$", re.MULTILINE)
_PASSES_ON = "Name:\tdocker-init\n"  # it sits in sigtimedwait, which the masks do not show (measured)
_SIGNALS = range(1, 65)


def of(pid: int, proc: Path = Path("/proc")) -> list[int] | None:
    """The numbers of the signals that process `pid` has a handler for; None when nobody can tell: it is not running,
    or its numbers are not ours."""
    try:
        status = (proc / str(pid) / "status").read_text("ascii", "replace") if pid > 0 else ""
        if status.startswith(_PASSES_ON):
            children = (proc / str(pid) / "task" / str(pid) / "children").read_text("ascii").split()
            status = (proc / children[0] / "status").read_text("ascii", "replace") if children else ""
    except OSError:
        return None
    return heard(status)


def heard(status: str) -> list[int] | None:
    """The same, from the text of `/proc/PID/status` (proc(5): masks of 64 bits in hexadecimal, bit 0 is signal 1)."""
    masks = [int(mask, 16) for mask in _MASKS.findall(status)]
    if not masks:
        return None
    return [number for number in _SIGNALS if any(mask >> (number - 1) & 1 for mask in masks)]
