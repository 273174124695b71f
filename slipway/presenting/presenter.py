"""What a presenter has the lab type: a step's next command, or all that leads to where a step begins.

Remembers how far each step has been typed, and tells what is being typed. Knows the stagehand that types, and nothing
of sessions or sandboxes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from slipway.core.lessons.commands import commands
from slipway.core.lessons.lesson import Lesson, Step
from slipway.presenting.autotyper import AutoTyper

TypingStatus = dict[str, Any]


class Presenter:
    """`status` is what is being typed, as the pages are told; {} before anything was."""

    def __init__(self, autotyper: AutoTyper, tell: Callable[[TypingStatus], None]) -> None:
        self.status: TypingStatus = {}
        self._autotyper, self._tell = autotyper, tell
        self._typed: dict[str, int] = {}
        self._turn = threading.RLock()

    def type_next(self, lesson: Lesson, one: Step, id: str, terminal: int) -> None:
        """Type the step's next command as a person would, once for each `id`. After the last one it begins anew."""
        script, key = commands(one.solution), f"{lesson.slug}/{one.slug}"
        if self.status.get("id") == id:
            return
        typed = self._typed
        at = typed.get(key, 0) % len(script)

        def say(state: str, done: int, words: str) -> None:
            typed[key] = at + done
            self._say(typed, id, one, {"state": state, "at": at + done, "of": len(script), "say": words})

        self._autotyper.type(terminal, script[at], say)

    def stop(self) -> bool:
        """Stop typing; whether anything was being typed."""
        return self._autotyper.stop()

    def reset(self) -> None:
        """Another sandbox, or the lesson once more: nothing has been typed there yet."""
        self._autotyper.stop()
        with self._turn:
            self._typed = {}
            if self.status:
                self.status = {"id": self.status["id"], "state": "free"}
                self._tell(self.status)

    def prepare(
        self, lesson: Lesson, one: Step, id: str, terminal: int, ready: Callable[[], None], begin: Callable[[], None]
    ) -> None:
        """Bring the sandbox to where the step begins, once for each `id`: `ready` when it is empty, `begin` last."""
        script, typed = commands(lesson.stage_commands(one)), self._typed
        if self.status.get("id") == id:
            return

        def say(state: str, done: int, words: str) -> None:
            self._say(typed, id, one, {"state": state, "at": 0, "stage": [done, len(script)], "say": words})

        def done() -> None:
            typed.clear()
            begin()

        self._autotyper.prepare(terminal, script, ready, done, say)

    def _say(self, typed: dict[str, int], id: str, one: Step, words: TypingStatus) -> None:
        """Tell it, unless it is of a play that began before all was `reset`."""
        with self._turn:
            if typed is self._typed:
                self.status = {"id": id, "step": one.slug} | words
                self._tell(self.status)
