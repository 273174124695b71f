"""A script taken apart into what somebody types at one prompt after the other.

Pure text. A line that begins with `^` is for the program that the line before it started, as in proofs: `^C` and `^D`
are those keys, `^ text` is that text and Enter. Knows no terminal.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

ENTER = "\r"
KEYS = {"^C": "\x03", "^D": "\x04"}

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_GOES_ON = re.compile(r"(\\|\||&&)\s*\Z")


@dataclass(frozen=True)
class Command:
    """One thing to type: `shown` is what a person reads of it, `keys` what goes to the terminal, Enter included.
    `inner` says that a running program takes it, so that no prompt is waited for before it."""

    shown: str
    keys: str
    inner: bool = False


def commands(script: str) -> tuple[Command, ...]:
    """What `script` types, in order. Several lines that are one command (a here-document, a quoted text, a line that
    ends in a backslash) stay together; empty lines and comments are nobody's command."""
    found: list[Command] = []
    held: list[str] = []
    for line in script.splitlines():
        if not held and line.startswith("^"):
            found.append(_inner(line))
        elif held or (line.strip() and not line.lstrip().startswith("#")):
            held.append(line)
            if _whole("\n".join(held)):
                found.append(_command(held))
                held = []
    return (*found, _command(held)) if held else tuple(found)


def _inner(line: str) -> Command:
    if line in KEYS:
        return Command(f"Ctrl-{line[1:]}", KEYS[line], inner=True)
    return Command(line[1:].strip(), line[1:].strip() + ENTER, inner=True)


def _command(lines: list[str]) -> Command:
    return Command("\n".join(lines), "".join(line + ENTER for line in lines))


def _whole(text: str) -> bool:
    """Whether a shell would run this now rather than ask for more."""
    here = _HEREDOC.search(text)
    if here:
        return here[2] in (line.strip() for line in text.splitlines()[1:])
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return _GOES_ON.search(text) is None
