"""The river of one sandbox: its journal as events, what is past and what is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import docker

from slipway.core import events as e
from slipway.engine import journal, journal_parser
from slipway.engine.sandboxes import Sandbox


def journal_stream(client: docker.DockerClient, sandbox: Sandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
    """Everything that the journal tells so far, and then each event as it comes; nothing twice, nothing missing."""
    past = list(journal.lines(client, sandbox, follow=False))
    return tuple(_events(iter(past))), _events(_after(past, journal.lines(client, sandbox)))


def _after(past: Sequence[bytes], lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines that `past` has not; its last one is looked for, for some at its beginning may be gone by now."""
    last = past[-1] if past else None
    for number, line in enumerate(lines, 1):
        if number >= len(past) or line == last:
            yield from () if line == last else (line,)
            break
    yield from lines


def _events(lines: Iterator[bytes]) -> Iterator[e.Event]:
    return (event for line in lines if (event := journal_parser.read(line)) is not None)
