"""Reading what a page sent: of the right shape, or a sentence about what is wrong with it."""

from __future__ import annotations

from typing import Any

from flask import abort, request

LONGEST = 200


class BadPayload(ValueError):
    """A payload is not what its event wants; the message is the sentence for the page."""


class Payload:
    """The one JSON object that an event carries; `given` is whatever arguments the client sent."""

    def __init__(self, given: tuple[Any, ...]) -> None:
        first = given[0] if given else {}
        self._values: dict[str, Any] = first if isinstance(first, dict) else {}

    def text(self, key: str, longest: int = LONGEST, least: int = 1) -> str:
        """The text under `key`, of `least` (usually one) to `longest` characters. Raises Garbled."""
        value = self._values.get(key)
        if not isinstance(value, str) or not least <= len(value) <= longest:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value

    def texts(self, key: str) -> list[str]:
        """The list of short texts under `key`, of 1 to 1000. Raises Garbled."""
        value = self._values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= 1000:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return [Payload(({key: one},)).text(key) for one in value]

    def yes(self, key: str) -> bool:
        """Whether `key` is true. Raises Garbled when it is neither true nor false."""
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value

    def number(self, key: str, default: int) -> int:
        """The small whole number under `key`, or `default` when there is none. Raises Garbled."""
        value = self._values.get(key, default)
        if type(value) is not int or not 0 <= value < 1000:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value


def body() -> Any:
    """The JSON that this request carries; None for none. Ends the request with 400 when it is nested beyond reading."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        abort(400)


def token_of(auth: Any) -> str:
    """The token in a Socket.IO `auth` payload, "" when there is none."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""
