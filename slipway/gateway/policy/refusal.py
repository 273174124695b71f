"""The one way to say no: a status, a sentence for the learner, and a short reason for the journal."""

from __future__ import annotations

SENTENCE = 300
"""A refusal is one or two sentences; the docker client prints it on one line."""


class Refusal(ValueError):
    """A request that does not pass. It is a ValueError so that pydantic hands it through from a validator.

    `status` is the HTTP status, `message` what the docker client prints, `reason` a key such as
    `field:HostConfig.Privileged`; "" when the caller knows the place better.
    """

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message if len(message) <= SENTENCE else message[: SENTENCE - 1] + "…"
        self.reason = reason


def shown(text: str, length: int = 40) -> str:
    """Text of the learner's as it may stand in a sentence: printable ASCII, short."""
    safe = "".join(char if " " <= char <= "~" else "?" for char in text)
    return safe if len(safe) <= length else safe[:length] + "…"
