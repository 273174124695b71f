"""The payload of a page's event: values of the expected types, or an error with a sentence."""

from __future__ import annotations

from typing import Any

from flask import abort, request

MAX_LENGTH = 200
"""Characters of a text, unless its event allows more."""


class BadPayload(ValueError):
    """A payload is not what its event expects; the message is a sentence for the page."""


class Payload:
    """The one JSON object that an event carries; `arguments` are all that the client sent."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        first = arguments[0] if arguments else {}
        self._values: dict[str, Any] = first if isinstance(first, dict) else {}

    def text(self, key: str, longest: int = MAX_LENGTH, least: int = 1) -> str:
        """Return the text under `key`, of `least` to `longest` characters. Raises BadPayload."""
        value = self._values.get(key)
        if not isinstance(value, str) or not least <= len(value) <= longest:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value

    def texts(self, key: str) -> list[str]:
        """Return the list of 1 to 1000 short texts under `key`. Raises BadPayload."""
        value = self._values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= 1000:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return [Payload(({key: item},)).text(key) for item in value]

    def boolean(self, key: str) -> bool:
        """Return the boolean under `key`. Raises BadPayload."""
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value

    def number(self, key: str, default: int) -> int:
        """Return the integer from 0 to 999 under `key`, or `default` if there is none. Raises BadPayload."""
        value = self._values.get(key, default)
        if type(value) is not int or not 0 <= value < 1000:
            raise BadPayload(f"The page sent no usable `{key}`.")
        return value


def json_body() -> Any:
    """Return the request's JSON, or None. Ends the request with 400 if it is nested too deeply to be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        abort(400)


def token_of(auth: Any) -> str:
    """Return the token in a Socket.IO `auth` payload, "" if there is none."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""
