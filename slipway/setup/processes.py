"""Runs another program for a stage: its output in a log, its last lines in the failure.

Knows nothing about what the programs are for.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from slipway.setup.console import Console, StageFailed


def run(voice: Console, command: Sequence[str], *, what: str, then: str, cwd: Path | None = None) -> str:
    """The program's output, shown as progress while it runs.

    Raises StageFailed with the last lines when it fails or is not there.
    """
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise StageFailed(what, str(error), then) from None
    with process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line)
                voice.progress(line.strip())
        except BaseException:
            process.terminate()  # Ctrl-C reaches both, but `./lab down` only us
            raise
    if process.returncode:
        raise StageFailed(what, "".join(lines), then)
    return "".join(lines)
