"""Command sequences that are not in the lessons: right ones, which must pass, and wrong ones, which must not.

`NN.txt` is for lesson NN. `== 3 right` begins a right sequence for step 3, and `== 3 wrong: word` a wrong one, with a
word that the verdict's text must contain; the lines after it are typed as in a proof. `python -m tests.transcripts.play
NN` types them in a real sandbox and records the events in `NN.jsonl`, which tests/core/test_transcripts.py replays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from slipway.core.lessons.lesson import Lesson
from slipway.core.recordings import proof
from slipway.core.recordings.proof import ProofRecord

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Transcript:
    """One command sequence for a step. The text of a wrong one's verdict must contain `word`."""

    step: int
    right: bool
    word: str
    commands: str

    @property
    def kind(self) -> str:
        return "right" if self.right else "wrong"


def read(number: int) -> list[Transcript]:
    """Return the transcripts of a lesson, if there are any. Raises ValueError for an invalid header."""
    path = FOLDER / f"{number:02d}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [_parse(part) for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]]


def _parse(part: str) -> Transcript:
    header, _, commands = part.partition("\n")
    match = re.fullmatch(r"(\d) (right|wrong)(?:: (.+))?", header)
    if match is None:
        raise ValueError(f"a transcript begins with `== 3 right` or `== 3 wrong: word`, not `== {header}`")
    return Transcript(int(match[1]), match[2] == "right", match[3] or "", commands.strip("\n"))


def read_recordings(number: int) -> list[ProofRecord]:
    """Return the recordings of a lesson's transcripts, if there are any."""
    path = FOLDER / f"{number:02d}.jsonl"
    return proof.read(path.read_text(encoding="utf-8").splitlines()) if path.exists() else []


def with_recordings(
    lesson: Lesson, recordings: Iterable[ProofRecord]
) -> Iterator[tuple[Transcript, ProofRecord | None]]:
    """Yield each transcript of the lesson with its recording, or None."""
    known = {(one.step, one.commands): one for one in recordings}
    return ((one, known.get((lesson.steps[one.step - 1].slug, one.commands))) for one in read(lesson.number))
