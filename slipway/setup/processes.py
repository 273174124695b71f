"""Starts other programs and reads their output line by line. Knows nothing about what the programs are for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from slipway.setup.console import Console, StageFailed

NO_SPACE = re.compile("no space left|ENOSPC|disk full", re.IGNORECASE)
FREE_SPACE = "There is no space left on the disk. Free some, then run the same command again."


def start(command: Sequence[str], cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start a program without input, with stdout and stderr in one pipe of text."""
    return subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def read_lines(process: subprocess.Popen[str], on_line: Callable[[str], None]) -> None:
    """Call `on_line` with each line of the output, without its line break, until the output is closed."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            on_line(line.rstrip("\n"))


def run(
    console: Console,
    command: Sequence[str],
    *,
    error: str,
    hint: str,
    cwd: Path | None = None,
    summary: Callable[[str], str] = str,
) -> str:
    """Run a program, show its output as progress, each line as its `summary`, and return it.

    Raises StageFailed(error, its output, hint) when the program is missing or fails.
    """
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(f"{line}\n")
        if text := summary(line):
            console.progress(text)

    try:
        process = start(command, cwd)
    except OSError as failure:
        raise StageFailed(error, str(failure), hint) from None
    with process:
        try:
            read_lines(process, on_line)
        except BaseException:
            process.terminate()  # Ctrl-C reaches both processes, `./lab down` only this one
            raise
    output = "".join(lines)
    if process.returncode:
        raise StageFailed(error, output, FREE_SPACE if NO_SPACE.search(output) else hint)
    return output
