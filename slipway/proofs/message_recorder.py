"""The messages of a session in the order in which it handled them, for the recording of a proof."""

from __future__ import annotations

import queue

from slipway.core.messages import HintTimerExpired, Message


class MessageRecorder:
    """Records the messages of a session, except expired hint timers: offered hints are no part of a proof."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.new: queue.Queue[Message] = queue.Queue()

    def on_message(self, message: Message) -> None:
        """Record a message; called by the session under its lock."""
        if not isinstance(message, HintTimerExpired):
            self.messages.append(message)
            self.new.put(message)

    def discard_new(self) -> None:
        """Empty the queue `new`."""
        while not self.new.empty():
            self.new.get_nowait()
