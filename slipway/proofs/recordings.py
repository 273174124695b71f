"""The recordings of the course, from where `./lab prove` puts them: `lessons/NN-name/proof/NN-step.{jsonl,cast}`.

A recording is made for a page when it is asked for, and kept. Reads files; knows no page and no server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.recordings import asciicast, proof, recording
from slipway.proofs import course

KEPT = 80  # recordings in memory, some 70 kB each: the whole course


class Recordings:
    """Recordings by their lesson's and step's slugs. What is not there is None."""

    def __init__(self, lessons: Sequence[Lesson], folder: Path = course.LESSONS) -> None:
        self._steps = {(one.slug, step.slug): (one, step) for one in lessons for step in one.steps}
        self._folder = folder
        self.script = lru_cache(KEPT)(self._script)

    def has(self, lesson: str, step: str) -> bool:
        files = self._files(lesson, step)
        return files is not None and all(file.is_file() for file in files)

    def cast(self, lesson: str, step: str) -> str | None:
        """The terminal, as an asciicast."""
        files = self._files(lesson, step)
        return files[1].read_text(encoding="utf-8") if files and self.has(lesson, step) else None

    def lines(self, lesson: str, step: str) -> int | None:
        """How many lines the terminal needed for the step's solution."""
        text = self.cast(lesson, step)
        return None if text is None else asciicast.count_lines(asciicast.read(text))

    def _script(self, lesson: str, step: str) -> str | None:
        """The whole recording as a script that says `slipway:recording`: scripts can be loaded from a folder, too."""
        files, known = self._files(lesson, step), self._steps.get((lesson, step))
        if files is None or known is None or not self.has(lesson, step):
            return None
        told = json.dumps(_page(*known, *files), ensure_ascii=False, separators=(",", ":"))
        return f'dispatchEvent(new CustomEvent("slipway:recording", {{ detail: {told} }}))\n'

    def _files(self, lesson: str, step: str) -> tuple[Path, Path] | None:
        known = self._steps.get((lesson, step))
        if known is None:
            return None
        base = self._folder / lesson / "proof" / f"{known[1].number:02d}-{step}"
        return base.with_name(base.name + ".jsonl"), base.with_name(base.name + ".cast")


def _page(lesson: Lesson, step: Step, journal: Path, terminal: Path) -> dict[str, object]:
    plays = proof.read(journal.read_text(encoding="utf-8").splitlines())
    solution = next(one for one in plays if one.kind == "solution")
    return recording.recording_payload(lesson, step, solution, asciicast.read(terminal.read_text(encoding="utf-8")))
