"""Starts other programs and reads their output line by line. Knows nothing about what the programs are for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from slipway.setup.console import Console, StageFailed

CAUSES = {
    re.compile("no space left|ENOSPC|disk full", re.IGNORECASE): (
        "There is no space left on the disk. Free some, then run the same command again."
    ),
    re.compile("CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)"): (
        "A proxy of this network seems to replace certificates. Name a file with its root certificate, in PIP_CERT for "
        "Python's packages and in NODE_EXTRA_CA_CERTS for the browser libraries, then run the same command again."
    ),
}
"""What to do about a failure, by what the program says. Programs share these words."""
NOISE = re.compile("npm (http|notice)")
"""Lines that don't explain a failure."""


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
        raise StageFailed(error, "".join(line for line in lines if not NOISE.match(line)), hint_for(output) or hint)
    return output


def hint_for(output: str) -> str:
    """Return what to do about a failure with this output, "" if that is not known."""
    return next((hint for said, hint in CAUSES.items() if said.search(output)), "")
