"""What the web needs of the rest of the house, as small protocols.

The web is handed its collaborators by `app.py` and knows them only by these shapes, so that it never meets the engine
or the store. Answers are plain JSON values, ready for the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

Answer: TypeAlias = dict[str, Any]
Listener: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Called with the name (`story`, `step`, `seat`, `typing`) and the payload of what a page is to be told."""


class Progress(Protocol):
    """Where verdicts are kept."""

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """lesson → step → `{"verdict", "evidence", "why", …}`; what was never judged is absent."""
        ...


class Recordings(Protocol):
    """The recorded proofs of steps, by the slugs of lesson and step. What is not there is None."""

    def has(self, lesson: str, step: str, /) -> bool: ...
    def script(self, lesson: str, step: str, /) -> str | None: ...
    def cast(self, lesson: str, step: str, /) -> str | None: ...


class Seat(Protocol):
    """One learner's place: their sandbox and where they are in the course.

    Every answer is prompt (what takes long is told to the listeners later), and a ValueError carries the sentence for
    the learner. `open` tells the listeners where everything stands.
    """

    def join(self, listener: Listener) -> None: ...
    def leave(self, listener: Listener) -> None: ...
    def open(self, lesson: str) -> Answer: ...
    def turn(self, step: str) -> Answer: ...
    def run(self, block: str, id: str, terminal: int) -> Answer: ...
    def hint(self, step: str) -> Answer: ...
    def solution(self, step: str) -> Answer: ...
    def type(self, step: str, id: str, terminal: int) -> Answer: ...
    def still(self) -> Answer: ...
    def stage(self, step: str, id: str, terminal: int) -> Answer: ...
    def afresh(self) -> Answer: ...
    def again(self, lesson: str) -> Answer: ...


class House(Protocol):
    """All the seats."""

    def seat(self, learner: str) -> Seat: ...
