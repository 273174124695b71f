"""The river of one sandbox: its journal as events, what is past and what is to come."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import docker

from slipway.core import events as e
from slipway.engine import journal, wire
from slipway.engine.sandbox import Sandbox


def river(client: docker.DockerClient, sandbox: Sandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
    """Everything that the journal tells so far, and then each event as it comes; nothing twice, nothing missing."""
    past = list(journal.lines(client, sandbox, follow=False))
    onwards = islice(journal.lines(client, sandbox), len(past), None)
    return tuple(_events(iter(past))), _events(onwards)


def _events(lines: Iterator[bytes]) -> Iterator[e.Event]:
    return (event for line in lines if (event := wire.read(line)) is not None)
