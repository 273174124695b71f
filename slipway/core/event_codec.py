"""Events as plain JSON values, and back, for pages and recordings. Knows their fields, but not what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from slipway.core.events import KINDS, Event, Target


def encode(event: Event) -> dict[str, Any]:
    """Return the event as plain JSON values, its class name under `kind`; `decode` is the exact inverse."""
    return {"kind": type(event).__name__} | asdict(event)


def decode(data: Mapping[str, Any]) -> Event:
    """Return the event that `encode` wrote.

    Raises ValueError if the kind is unknown, or a field is missing, misspelt or superfluous.
    """
    kind = KINDS.get(data.get("kind", ""))
    if kind is None:
        raise ValueError(f"unknown event kind {data.get('kind')!r}; known: {', '.join(sorted(KINDS))}")
    values = {key: value for key, value in data.items() if key != "kind"}
    unknown = values.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    for key in values.keys() & _SHAPES.keys():
        values[key] = _SHAPES[key](values[key])
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _target(value: Mapping[str, Any] | None) -> Target | None:
    if value is None:
        return None
    hears = value.get("hears")
    shaped = {"command": tuple(value.get("command", ())), "hears": None if hears is None else tuple(hears)}
    return Target(**{**value, **shaped})


_SHAPES: dict[str, Any] = {"target": _target, "containers": tuple, "images": tuple, "layers": tuple}
