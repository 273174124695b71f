"""Parses JSON so strictly that no other parser can read it differently.

Go's decoder folds the case of keys (including Unicode folding), merges duplicates and tolerates invalid UTF-8. So
ambiguous JSON is refused, never repaired. Knows nothing about routes and fields. Pure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from slipway.gateway.policy.refusal import Refusal, printable

_MAX_VALUES = 5000
"""Values in one document. The models check each: 20 000 unknown keys took more than a second (measured)."""
_MAX_INTEGER = 2**63 - 1


def loads(raw: bytes, depth: int = 32) -> Any:
    """Return the one value in `raw`.

    Raises Refusal (400) for anything but strict UTF-8 JSON with ASCII keys that differ in more than case, at most
    `depth` levels, finite numbers, 64-bit integers, and nothing after the value.
    """
    try:
        text = raw.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except Refusal:
        raise
    except UnicodeError:
        raise _refuse("it is not clean UTF-8", "json:utf-8") from None
    except RecursionError:
        raise _too_deep(depth) from None
    except ValueError:
        raise _refuse("it is not JSON", "json:syntax") from None
    _check_shape(value, depth)
    return value


def _check_shape(value: Any, max_depth: int) -> None:
    """Check the parsed value, level by level: a regex over the raw text takes minutes for a text of escaped quotes."""
    level, count = [value], 0
    for _ in range(max_depth):
        level = [inner for outer in level for inner in _children(outer)]
        count += len(level)
        if count > _MAX_VALUES:
            raise _refuse(f"it holds more than {_MAX_VALUES} values", "json:count")
        if not level:
            return
    raise _too_deep(max_depth)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep(max_depth: int) -> Refusal:
    return _refuse(f"it is nested more than {max_depth} levels deep", "json:depth")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in pairs:
        if not key.isascii():
            raise _refuse(f"the key {printable(key)} is not plain ASCII", "json:key")
        if key.casefold() in seen:
            raise _refuse(f"the key {printable(key)} appears twice", "json:duplicate")
        seen.add(key.casefold())
    return dict(pairs)


def _constant(name: str) -> NoReturn:
    raise _refuse(f"{name} is not a JSON number", "json:number")


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > _MAX_INTEGER:
        raise _refuse("a number in it is too large", "json:number")
    return int(digits)


def _decimal(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise _refuse("a number in it is too large", "json:number")
    return value


def _refuse(why: str, reason: str) -> Refusal:
    return Refusal(400, f"The lab can't take this request's JSON: {why}.", reason)
