"""Who watches a terminal: the pages, in the order in which they were last used, and the place of the last that left.

Onlookers watch too, and count for nothing. Guarded by the terminal's lock. Knows viewers and the output that they read,
and no line.
"""

from __future__ import annotations

from slipway.engine.connection import CHUNK
from slipway.terminal.client import TerminalClient
from slipway.terminal.output import RING, Output
from slipway.terminal.resume import ClientOffset
from slipway.terminal.spectator import Spectator


class Clients:
    """The viewers. The last in the list is the one in use: its size and its pace are the terminal's."""

    def __init__(self) -> None:
        self._viewers: list[TerminalClient] = []
        self._onlookers: list[Spectator] = []
        self._seen: int | None = None

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def in_use(self) -> TerminalClient | None:
        return self._viewers[-1] if self._viewers else None

    def join(self, viewer: TerminalClient) -> None:
        """A page that is loaded is the one in use. Of those that come back, after a restart say, the first is: hidden
        ones are the last. But a page that was here all along may be what is left of the one that comes back.
        """
        late = viewer.came_back and self.in_use is not None and self.in_use.came_back
        self._viewers.insert(0 if late else len(self._viewers), viewer)

    def overlook(self, onlooker: Spectator) -> None:
        """Somebody looks on: never in use, never waited for."""
        self._onlookers.append(onlooker)

    def overlooked(self, onlooker: Spectator) -> None:
        """An onlooker has gone."""
        if onlooker in self._onlookers:
            self._onlookers.remove(onlooker)

    def use(self, viewer: TerminalClient) -> bool:
        """Put this one to use; False when it is already, or has gone."""
        if self.in_use is viewer or viewer not in self._viewers:
            return False
        self._viewers.remove(viewer)
        self._viewers.append(viewer)
        return True

    def pass_on(self) -> None:
        """The one in use stands still: the one that was in use before it is so again."""
        self._viewers.insert(0, self._viewers.pop())

    def leave(self, viewer: TerminalClient) -> None:
        """The last one's place is remembered: output waits for its return rather than be lost."""
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._seen = None if self._viewers else viewer.passed

    def returned(self) -> None:
        """Somebody reads again: the place of the last that left counts no longer."""
        self._seen = None

    def claims(self) -> list[ClientOffset]:
        """What those have who came back to a shell."""
        return [viewer.known for viewer in self._viewers if viewer.known]

    def stir(self) -> None:
        """Something changed: wake whom it concerns."""
        for viewer in self._viewers:
            viewer.stir()
        for onlooker in self._onlookers:
            onlooker.stir()

    def held(self, output: Output, window: int) -> bool:
        """Whether too much is unseen to read on: by the viewer in use, or by the last one that left.

        One that has yet to find its place in what has come waits for nothing but its turn.
        """
        viewer = self.in_use
        if viewer:
            unseen = output.ring.end - viewer.passed
            return viewer.generation != output.generation or unseen >= min(window, viewer.window)
        return self._seen is not None and output.ring.end - self._seen > RING - CHUNK
