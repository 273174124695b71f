"""What a seat asks of the rest of the house, as small protocols: a sandbox and its river, and somebody who keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from slipway.core import events as e
from slipway.core.deeds import Deed


class SandboxLike(Protocol):
    """Somebody's private engine."""

    @property
    def key(self) -> str: ...


class Keeper(Protocol):
    """Where verdicts and openings are kept (slipway/store)."""

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]: ...
    def keep_verdict(
        self, learner: str, lesson: str, step: str, verdict: str, evidence: list[dict[str, Any]], why: str, at: float
    ) -> None: ...
    def opened(self, learner: str, lesson: str) -> float | None: ...
    def keep_opened(self, learner: str, lesson: str, at: float) -> None: ...


class Lodging(Protocol):
    """A sandbox, its river, and hands at its terminals."""

    def turn(self, learner: str) -> int:
        """0 when the learner may settle, else their place in line; to be asked again and again. Prompt."""
        ...

    def settle(self, learner: str) -> SandboxLike:
        """The learner's sandbox, an old or a new one. Blocks; raises OSError or RuntimeError with a sentence."""
        ...

    def river(self, sandbox: Any) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
        """All that has happened in the sandbox, and what happens from now on; the latter ends with it."""
        ...

    def alive(self, sandbox: Any) -> bool: ...
    def leave(self, learner: str, sandbox: Any) -> None: ...
    def type(self, learner: str, terminal: int, text: str, id: str) -> bool: ...
    def press(self, learner: str, terminal: int, keys: str) -> bool: ...

    def did(self, deed: Deed) -> None:
        """Note a deed of the learner's. Prompt, and raises nothing that is the seat's business."""
        ...
