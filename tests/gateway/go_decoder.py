"""How the engine parses: Go's encoding/json and its query parser, where they tolerate more than the gateway."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_plus

_SIMPLE = {"\u017f": "s", "\u212a": "k"}
"""The two characters outside ASCII that Unicode's simple folding maps to ASCII: long s and the Kelvin sign."""


def folded(key: str) -> str:
    """Return a key as Go compares it with the names of a struct's fields."""
    return "".join(_SIMPLE.get(char, char.lower()) for char in key)


class Pairs(list[tuple[str, Any]]):
    """A JSON object with all its keys, duplicates included."""


def read(raw: bytes) -> Any:
    """Return JSON as Go decodes it into structs: keys folded, objects merged, else the last value wins, null keeps."""
    text = raw.decode("utf-8", "replace")
    value, _ = json.JSONDecoder(object_pairs_hook=Pairs).raw_decode(text.lstrip())
    return _merged(None, value)


def _merged(before: Any, value: Any) -> Any:
    if value is None:
        return before
    if not isinstance(value, Pairs):
        return [_merged(None, inner) for inner in value] if isinstance(value, list) else value
    result: dict[str, Any] = dict(before) if isinstance(before, dict) else {}
    for key, inner in value:
        result[folded(key)] = _merged(result.get(folded(key)), inner)
    return result


def query(raw: str) -> dict[str, str]:
    """Return a query as Go's server parses it: the first value of a name wins."""
    result: dict[str, str] = {}
    for part in filter(None, raw.split("&")):
        name, _, text = part.partition("=")
        result.setdefault(unquote_plus(name), unquote_plus(text))
    return result
