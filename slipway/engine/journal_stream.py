"""The event stream of one sandbox: its journal as events, from the beginning and onwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import docker

from slipway.core import events as e
from slipway.engine import journal, journal_parser
from slipway.engine.sandboxes import Sandbox


def journal_stream(client: docker.DockerClient, sandbox: Sandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
    """Return the events in the journal so far, and an iterator over those to come; nothing twice, nothing missing."""
    history = list(journal.read_lines(client, sandbox, follow=False))
    return tuple(_parse(iter(history))), _parse(_skip_known(history, journal.read_lines(client, sandbox)))


def _skip_known(history: Sequence[bytes], lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines after `history`. Its last line is looked for, because the oldest may have been rotated away."""
    last = history[-1] if history else None
    for number, line in enumerate(lines, 1):
        if number >= len(history) or line == last:
            yield from () if line == last else (line,)
            break
    yield from lines


def _parse(lines: Iterator[bytes]) -> Iterator[e.Event]:
    return (event for line in lines if (event := journal_parser.parse_line(line)) is not None)
