"""Ways through the lessons that are not in the lessons: right ones, which must pass, and wrong ones, which must not.

`NN.txt` is for lesson NN. `== 3 right` begins a right way for step 3, and `== 3 wrong: word` a wrong one, with a word
that must be in its sentence; the lines after it are typed as in a proof. `python -m tests.transcripts.play NN` types
them on a real sandbox and records what happened in `NN.jsonl`, which tests/core/test_transcripts.py replays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from slipway.core.lessons.lesson import Lesson
from slipway.core.recordings import proof
from slipway.core.recordings.proof import ProofRecord

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Transcript:
    """One way to go about a step. `word` must be in the sentence of a wrong one."""

    step: int
    right: bool
    word: str
    commands: str

    @property
    def kind(self) -> str:
        return "right" if self.right else "wrong"


def read(number: int) -> list[Transcript]:
    """The ways that are written down for a lesson, if any are. Raises ValueError for a head that can't be read."""
    path = HERE / f"{number:02d}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [_one(part) for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]]


def _one(part: str) -> Transcript:
    head, _, commands = part.partition("\n")
    match = re.fullmatch(r"(\d) (right|wrong)(?:: (.+))?", head)
    if match is None:
        raise ValueError(f"a way begins with `== 3 right` or `== 3 wrong: word`, not `== {head}`")
    return Transcript(int(match[1]), match[2] == "right", match[3] or "", commands.strip("\n"))


def recorded(number: int) -> list[ProofRecord]:
    """What was played of a lesson; nothing if nothing was."""
    path = HERE / f"{number:02d}.jsonl"
    return proof.read(path.read_text(encoding="utf-8").splitlines()) if path.exists() else []


def pairs(lesson: Lesson, played: Iterable[ProofRecord]) -> Iterator[tuple[Transcript, ProofRecord | None]]:
    """Each way that is written down, with its recording if there is one."""
    known = {(play.step, play.commands): play for play in played}
    return ((one, known.get((lesson.steps[one.step - 1].slug, one.commands))) for one in read(lesson.number))
