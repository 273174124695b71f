"""Reads JSON that the engine answered without trusting its shape."""

from __future__ import annotations

from typing import Any


def as_object(value: Any) -> dict[str, Any]:
    """Return `value` if it is a JSON object, and an empty one for anything else that an engine might answer."""
    return value if isinstance(value, dict) else {}
