"""The recordings of the course, from the files that `./lab prove` writes: `lessons/NN-name/proof/NN-step.{jsonl,cast}`.

A recording is prepared for the page when it is first requested, and cached. Knows no page and no server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.recordings import asciicast, proof, recording
from slipway.proofs import course

CACHED = 80  # recordings in memory, some 70 kB each: the whole course


class Recordings:
    """Recordings by the slugs of lesson and step; None where there is none. `script` is cached."""

    def __init__(self, lessons: Sequence[Lesson], folder: Path = course.LESSONS) -> None:
        self._steps = {(lesson.slug, step.slug): (lesson, step) for lesson in lessons for step in lesson.steps}
        self._folder = folder
        self.script = lru_cache(CACHED)(self._script)

    def has(self, lesson: str, step: str) -> bool:
        """Whether the step has a recording."""
        files = self._files(lesson, step)
        return files is not None and all(file.is_file() for file in files)

    def cast(self, lesson: str, step: str) -> str | None:
        """Return the recording of the terminal, as an asciicast."""
        files = self._files(lesson, step)
        return files[1].read_text(encoding="utf-8") if files and self.has(lesson, step) else None

    def lines(self, lesson: str, step: str) -> int | None:
        """Return how many lines the terminal needed for the step's solution."""
        text = self.cast(lesson, step)
        return None if text is None else asciicast.count_lines(asciicast.read(text))

    def _script(self, lesson: str, step: str) -> str | None:
        """Return the recording as a script that dispatches `slipway:recording`; scripts load from folders, too."""
        files, known = self._files(lesson, step), self._steps.get((lesson, step))
        if files is None or known is None or not self.has(lesson, step):
            return None
        detail = json.dumps(_payload(*known, *files), ensure_ascii=False, separators=(",", ":"))
        return f'dispatchEvent(new CustomEvent("slipway:recording", {{ detail: {detail} }}))\n'

    def _files(self, lesson: str, step: str) -> tuple[Path, Path] | None:
        known = self._steps.get((lesson, step))
        if known is None:
            return None
        base = self._folder / lesson / "proof" / f"{known[1].number:02d}-{step}"
        return base.with_name(base.name + ".jsonl"), base.with_name(base.name + ".cast")


def _payload(lesson: Lesson, step: Step, journal: Path, terminal: Path) -> dict[str, object]:
    records = proof.read(journal.read_text(encoding="utf-8").splitlines())
    solution = next(record for record in records if record.kind == "solution")
    return recording.recording_payload(lesson, step, solution, asciicast.read(terminal.read_text(encoding="utf-8")))
