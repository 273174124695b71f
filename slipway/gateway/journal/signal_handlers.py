"""Which signals a process handles: the kernel shows it for every process, to every user.

A blocked signal counts as handled, because the process waits for it in its own way. `docker-init` passes all signals
on, so its child's handlers count. Knows nothing of the engine.
"""

from __future__ import annotations

import re
from pathlib import Path

_MASKS = re.compile(r"^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$", re.MULTILINE)
_DOCKER_INIT = "Name:\tdocker-init\n"  # it waits in sigtimedwait, which the masks do not show (measured)
_SIGNALS = range(1, 65)


def handled_signals(pid: int, proc: Path = Path("/proc")) -> list[int] | None:
    """Return the numbers of the signals that process `pid` handles; None if unknown, because it is not running or its
    pid belongs to another namespace."""
    try:
        status = (proc / str(pid) / "status").read_text("ascii", "replace") if pid > 0 else ""
        if status.startswith(_DOCKER_INIT):
            children = (proc / str(pid) / "task" / str(pid) / "children").read_text("ascii").split()
            status = (proc / children[0] / "status").read_text("ascii", "replace") if children else ""
    except OSError:
        return None
    return parse_handled_signals(status)


def parse_handled_signals(status: str) -> list[int] | None:
    """Return the same from the text of `/proc/PID/status` (proc(5): 64-bit masks in hexadecimal; bit 0 is signal 1)."""
    masks = [int(mask, 16) for mask in _MASKS.findall(status)]
    if not masks:
        return None
    return [number for number in _SIGNALS if any(mask >> (number - 1) & 1 for mask in masks)]
