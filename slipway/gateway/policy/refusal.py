"""A refusal: a status, a message for the learner, and a short reason for the journal."""

from __future__ import annotations

MAX_MESSAGE = 300
"""Characters: one or two sentences, which the docker client prints on one line."""


class Refusal(ValueError):
    """A request is refused. It is a ValueError so that pydantic passes it through from a validator.

    `status` is the HTTP status, `message` what the docker client prints, `reason` a key such as
    `field:HostConfig.Privileged`; "" if the caller knows the field.
    """

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"
        self.reason = reason


def printable(text: str, length: int = 40) -> str:
    """Return a learner's text for use in a message: printable ASCII, at most `length` characters."""
    safe = "".join(char if " " <= char <= "~" else "?" for char in text)
    return safe if len(safe) <= length else safe[:length] + "…"
