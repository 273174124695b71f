"""Ends the app at a chosen call: the n-th call of all wrapped objects does not return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NoReturn

Moment = Literal["before", "after"]


class Crash(BaseException):
    """The app ended here. A BaseException, so that no `except Exception` continues."""


def crash() -> NoReturn:
    raise Crash


class CrashPoint:
    """Ends the app `before` or `after` the effect of call `number`, counted from 0 over all wrapped objects.

    `end` ends the app: by an exception here, by SIGKILL in a process of its own. `calls` has the names of the calls so
    far.
    """

    def __init__(self, number: int, moment: Moment, end: Callable[[], object] = crash) -> None:
        self.calls: list[str] = []
        self._number, self._moment, self._end = number, moment, end

    def wrap(self, target: Any) -> Any:
        return _Wrapped(target, self)

    def during(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        here = self._is_here()
        if here and self._moment == "before":
            self._end()
        yield
        if here and self._moment == "after":
            self._end()

    def _is_here(self) -> bool:
        return len(self.calls) - 1 == self._number


class _Wrapped:
    def __init__(self, target: Any, point: CrashPoint) -> None:
        self._target, self._point = target, point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def call(*given: Any) -> Any:
            for _ in self._point.during(name):
                result = found(*given)
            return result

        return call
