"""What a presenter has the lab type: the next command of a step, or all commands that lead to where a step begins.

Remembers how far each step has been typed, and publishes what is being typed. Knows the AutoTyper, and nothing of
sessions or sandboxes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from slipway.core.lessons.commands import commands
from slipway.core.lessons.lesson import Lesson, Step
from slipway.presenting.autotyper import AutoTyper

TypingStatus: TypeAlias = dict[str, Any]
"""The payload of the `typing` message to a page (docs/architecture.md)."""


class Presenter:
    """`status` is the last one that `publish` was called with, {} before the first."""

    def __init__(self, autotyper: AutoTyper, publish: Callable[[TypingStatus], None]) -> None:
        self.status: TypingStatus = {}
        self._autotyper, self._publish = autotyper, publish
        self._typed: dict[str, int] = {}  # how many commands of each step were typed; replaced by `reset`
        self._lock = threading.RLock()

    def type_next(self, lesson: Lesson, step: Step, id: str, terminal: int) -> None:
        """Type the step's next command at a human pace, once for each `id`. The first one follows the last."""
        if self.status.get("id") == id:
            return
        script, key, typed = commands(step.solution), f"{lesson.slug}/{step.slug}", self._typed
        at = typed.get(key, 0) % len(script)

        def on_status(state: str, done: int, message: str) -> None:
            typed[key] = at + done
            status = {"state": state, "at": at + done, "of": len(script), "say": message}
            self._set_status(typed, id, step, status)

        self._autotyper.type(terminal, script[at], on_status)

    def prepare(
        self,
        lesson: Lesson,
        step: Step,
        id: str,
        terminal: int,
        on_empty: Callable[[], None],
        on_done: Callable[[], None],
    ) -> None:
        """Bring the sandbox to where the step begins, once for each `id`.

        `on_empty` is called when all containers are removed, `on_done` when the commands before the step were typed.
        """
        if self.status.get("id") == id:
            return
        script, typed = commands(lesson.stage_commands(step)), self._typed

        def on_status(state: str, done: int, message: str) -> None:
            status = {"state": state, "at": 0, "stage": [done, len(script)], "say": message}
            self._set_status(typed, id, step, status)

        def finish() -> None:
            typed.clear()
            on_done()

        self._autotyper.prepare(terminal, script, on_empty, finish, on_status)

    def stop(self) -> bool:
        """Stop typing. Whether anything was being typed."""
        return self._autotyper.stop()

    def reset(self) -> None:
        """Stop typing and forget what was typed: there is another sandbox, or the lesson starts over."""
        self._autotyper.stop()
        with self._lock:
            self._typed = {}
            if self.status:
                self.status = {"id": self.status["id"], "state": "free"}
                self._publish(self.status)

    def _set_status(self, typed: dict[str, int], id: str, step: Step, status: TypingStatus) -> None:
        """Publish a status, unless it is of a job that began before the last `reset`."""
        with self._lock:
            if typed is self._typed:
                self.status = {"id": id, "step": step.slug} | status
                self._publish(self.status)
