"""Waits for conditions on a machine that may be busy, and describes those that were not met."""

from __future__ import annotations

import inspect
import linecache
import reprlib
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

PATIENCE = 60.0
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict, _SHORT.maxstring, _SHORT.maxother = 4, 8, 12, 300, 300


def eventually(
    holds: Callable[[], object],
    what: str = "",
    saw: Callable[[], object] | None = None,
    *,
    seconds: float = PATIENCE,
    pause: float = 0.01,
) -> Any:
    """Return the first true result of `holds()`; on timeout fail with a description and the result of `saw()`."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() >= deadline:
            raise AssertionError(missed(holds, what, saw or (lambda: _outer(holds, answer)), seconds))
        time.sleep(pause)
    return answer


def at_rest(measure: Callable[[], object], what: str, *, looks: int = 10, pause: float = 0.1) -> Any:
    """Return the result of `measure()` once it has been the same `looks` times in a row."""
    seen: list[object] = []

    def rests() -> bool:
        seen.append(measure())
        return len(seen) > looks and len(set(seen[-looks:])) == 1

    eventually(rests, f"{what} to stand still", lambda: seen[-looks:], pause=pause)
    return seen[-1]


def missed(
    holds: Callable[[], object],
    what: str,
    saw: Callable[[], object],
    seconds: float,
) -> str:
    """Describe a failed wait, for the function that waited: without `what`, quote the call in its caller."""
    frame = inspect.currentframe()
    waiter = frame.f_back if frame else None
    awaited = what or _call(waiter.f_back if waiter else None)
    given = ", ".join(f"{name}={_short(value)}" for name, value in _values(holds).items() if _is_plain(value))
    return f"waited {seconds:g} s for: {awaited}{f' with {given}' if given else ''}\nsaw: {_seen(saw)}"


def _call(frame: FrameType | None) -> str:
    """Return the source of the call that a frame is in, on one line."""
    if frame is None:
        return "an unknown condition"
    first, last, _, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    first, last = first or frame.f_lineno, last or first or frame.f_lineno
    lines = (linecache.getline(frame.f_code.co_filename, number).strip() for number in range(first, last + 1))
    return f"{' '.join(lines)} ({frame.f_code.co_name}, line {first})"


def _values(holds: Callable[[], object]) -> dict[str, object]:
    """Return the variables that a condition closes over."""
    try:
        return dict(inspect.getclosurevars(holds).nonlocals)
    except (TypeError, ValueError):  # not a Python function
        return {}


def _outer(holds: Callable[[], object], answer: object) -> str:
    """Describe the result of a condition, and the objects that it uses."""
    owner = getattr(holds, "__self__", None)
    values = _values(holds) | ({"self": owner} if owner is not None else {})
    described = [f"{name}={_short(value)}" for name, value in values.items() if not _is_plain(value)]
    return "\n     ".join([_short(answer), *described])


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, bytes, int, float, type(None)))


def _short(value: object) -> str:
    if type(value).__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        return f"{type(value).__name__}({_SHORT.repr(vars(value))})"
    return _SHORT.repr(value)


def _seen(saw: Callable[[], object]) -> str:
    try:
        seen = saw()
    except Exception as error:  # report that it can't be inspected
        seen = error
    return seen if isinstance(seen, str) else repr(seen)
