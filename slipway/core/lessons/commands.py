"""Split a script into commands, each typed at one prompt.

Pure text; knows no terminal. A line that begins with `^` is input for the program that the line before it started, as
in proofs: `^C` and `^D` are those keys, `^ text` is that text and Enter.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

ENTER = "\r"
KEYS = {"^C": "\x03", "^D": "\x04"}

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_CONTINUES = re.compile(r"(\\|\||&&)\s*\Z")


@dataclass(frozen=True)
class Command:
    """One thing to type: `shown` is its text for people, `keys` is sent to the terminal, Enter included.

    With `to_program` a running program reads it, so it is sent without waiting for a prompt.
    """

    shown: str
    keys: str
    to_program: bool = False


def commands(script: str) -> tuple[Command, ...]:
    """Return the commands of `script`, in order.

    Lines that form one command (a here-document, a quoted text, a line that ends in a backslash) stay together; empty
    lines and comments are left out.
    """
    found: list[Command] = []
    pending: list[str] = []
    for line in script.splitlines():
        if not pending and line.startswith("^"):
            found.append(_program_input(line))
        elif pending or (line.strip() and not line.lstrip().startswith("#")):
            pending.append(line)
            if _is_complete("\n".join(pending)):
                found.append(_command(pending))
                pending = []
    return (*found, _command(pending)) if pending else tuple(found)


def _program_input(line: str) -> Command:
    if line in KEYS:
        return Command(f"Ctrl-{line[1:]}", KEYS[line], to_program=True)
    return Command(line[1:].strip(), line[1:].strip() + ENTER, to_program=True)


def _command(lines: list[str]) -> Command:
    return Command("\n".join(lines), "".join(line + ENTER for line in lines))


def _is_complete(text: str) -> bool:
    """Return whether a shell would run `text` rather than wait for another line."""
    here = _HEREDOC.search(text)
    if here:
        return here[2] in (line.strip() for line in text.splitlines()[1:])
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return _CONTINUES.search(text) is None
