"""Reading what a page sent: of the right shape, or a sentence about what is wrong with it."""

from __future__ import annotations

from typing import Any

LONGEST = 200


class Garbled(ValueError):
    """A payload is not what its event wants; the message is the sentence for the page."""


class Payload:
    """The one JSON object that an event carries; `given` is whatever arguments the client sent."""

    def __init__(self, given: tuple[Any, ...]) -> None:
        first = given[0] if given else {}
        self._values: dict[str, Any] = first if isinstance(first, dict) else {}

    def text(self, key: str, longest: int = LONGEST) -> str:
        """The text under `key`, of at least one and at most `longest` characters. Raises Garbled."""
        value = self._values.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise Garbled(f"The page sent no usable `{key}`.")
        return value

    def number(self, key: str, default: int) -> int:
        """The small whole number under `key`, or `default` when there is none. Raises Garbled."""
        value = self._values.get(key, default)
        if type(value) is not int or not 0 <= value < 1000:
            raise Garbled(f"The page sent no usable `{key}`.")
        return value


def token_of(auth: Any) -> str:
    """The token in a Socket.IO `auth` payload, "" when there is none."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""
