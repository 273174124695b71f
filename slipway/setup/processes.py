"""Starts other programs and reads their output line by line. Knows nothing about what the programs are for."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from slipway.setup.console import Console, StageFailed


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


def run(console: Console, command: Sequence[str], *, error: str, hint: str, cwd: Path | None = None) -> str:
    """Run a program, show its output as progress, and return it.

    Raises StageFailed(error, its output, hint) when the program is missing or fails.
    """
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(f"{line}\n")
        console.progress(line.strip())

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
        raise StageFailed(error, output, hint)
    return output
