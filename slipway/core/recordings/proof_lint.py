"""The rules about the proofs of a lesson: each step has one, it is of today's lesson, and it still gets its verdict.

`./lab check` runs them on lessons that can be read; a proof is recorded by `./lab prove`. Pure: the text of the files
is handed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from slipway.core import session
from slipway.core.lessons.checks import PASSED
from slipway.core.lessons.finding import Finding
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.lessons.lint import LintContext, LintRule, about
from slipway.core.messages import EventReceived, LessonOpened, LessonReset, StepSelected
from slipway.core.recordings.proof import ProofRecord, read, replay

MAX_STAGING = 8.0  # seconds that an audience waits for the lab to do the steps before
SUFFIXES = (".jsonl", ".cast")
KEPT = 128  # parsed proofs: the whole course


def missing_proof(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """Each step is proved: a journal with verdicts, and the solution's terminal for "Show me"."""
    for step in lesson.steps:
        missing = [f"proof/{_stem(step)}{suffix}" for suffix in SUFFIXES if _stem(step) + suffix not in context.proof]
        if missing:
            yield about(step, f"not proved: there is no {' and no '.join(missing)}; {_prove(lesson)}")


def stray_proof(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """A proof belongs to a step: one that is left over from a renamed step would never be replayed."""
    stems = [_stem(step) for step in lesson.steps]
    for name in sorted(context.proof.keys() - {stem + suffix for stem in stems for suffix in SUFFIXES}):
        yield Finding(f"proof/{name} belongs to no step; delete it (the steps' files are {', '.join(stems)})")


def unreadable_proof(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """Each proof file can be read."""
    for step in lesson.steps:
        error = _parse(context.proof.get(f"{_stem(step)}.jsonl", ""))[1]
        if error:
            yield about(step, f"proof/{_stem(step)}.jsonl cannot be read: {error}; {_prove(lesson)}")


def outdated_proof(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """Exactly the ways and the mistakes of the step have been played."""
    for step in lesson.steps:
        records = _records(step, context)
        wanted, played = _plays(step), {_play(record) for record in records}
        for kind, commands, _ in sorted(wanted - played) if records else ():
            yield about(step, f"this {kind} is not in the proof: {_first_line(commands)}; {_prove(lesson)}")
        for kind, commands, _ in sorted(played - wanted):
            yield about(
                step, f"the proof has a {kind} that the step has not: {_first_line(commands)}; {_prove(lesson)}"
            )


def changed_verdict(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """A recorded play still gets the verdict that was recorded."""
    for step in lesson.steps:
        for record in (record for record in _records(step, context) if record.step == step.slug):
            verdict = replay(lesson, record)
            if (verdict.value, verdict.why) != (record.verdict, record.why):
                was, now = _in_words(record.verdict, record.why), _in_words(verdict.value, verdict.why)
                what = f"the {record.kind} {_first_line(record.commands)}"
                yield about(step, f"{what} was {was} when it was recorded, and is now {now}; {_prove(lesson)}")


def mistake_on_the_way(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """A learner who does what the lesson says never sees the sentence of a mistake, however briefly."""
    for step in lesson.steps:
        sentences = {mistake.mistake.say for mistake in step.common_mistakes}
        for record in _solutions(step, context):
            for sentence in sorted(sentences.intersection(_sentences_shown(lesson, record))):
                yield about(
                    step, f"the solution is called a mistake on the way: “{sentence}”; make its `when` stricter"
                )


def slow_stage(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """Preparing a sandbox for the step takes less than MAX_STAGING, because a presenter's audience waits for it."""
    for step in lesson.steps:
        for record in _solutions(step, context):
            seconds = _staging(record)
            if seconds >= MAX_STAGING:
                advice = f"write a `stage` block that takes less than {MAX_STAGING:.0f} s"
                yield about(step, f"it takes {seconds:.0f} s to bring a sandbox to this step; {advice}")


PROOF_RULES: tuple[LintRule, ...] = (
    missing_proof,
    stray_proof,
    unreadable_proof,
    outdated_proof,
    changed_verdict,
    mistake_on_the_way,
    slow_stage,
)


def _stem(step: Step) -> str:
    return f"{step.number:02d}-{step.slug}"


def _prove(lesson: Lesson) -> str:
    return f"run ./lab prove {lesson.number:02d}"


@lru_cache(KEPT)
def _parse(text: str) -> tuple[tuple[ProofRecord, ...], str]:
    """Return the records of a proof file, and what is wrong with it ("" for nothing)."""
    try:
        return (tuple(read(text.splitlines())) if text else ()), ""
    except (ValueError, TypeError, KeyError) as error:  # edited by hand, or by a merge
        return (), str(error) or type(error).__name__


def _records(step: Step, context: LintContext) -> tuple[ProofRecord, ...]:
    return _parse(context.proof.get(f"{_stem(step)}.jsonl", ""))[0]


def _solutions(step: Step, context: LintContext) -> list[ProofRecord]:
    records = _records(step, context)
    return [record for record in records if record.kind == "solution" and record.step == step.slug]


def _plays(step: Step) -> set[tuple[str, str, str]]:
    """Return what a proof of the step plays: kind, commands, and the sentence that a mistake gets."""
    right = {("solution", step.solution, ""), *(("way", way, "") for way in step.ways)}
    return right | {("mistake", mistake.commands, mistake.mistake.say) for mistake in step.common_mistakes}


def _play(record: ProofRecord) -> tuple[str, str, str]:
    return record.kind, record.commands, record.why if record.kind == "mistake" else ""


def _first_line(commands: str) -> str:
    return f"`{commands.strip().partition(chr(10))[0]}`"


def _in_words(verdict: str, why: str) -> str:
    return f"{verdict} (“{why}”)" if why and verdict != PASSED else verdict


def _sentences_shown(lesson: Lesson, record: ProofRecord) -> Iterator[str]:
    """Yield what the step says after each message from the moment it begins."""
    state, _ = session.step(session.Session(), LessonOpened(lesson, 0.0, {}))
    begun = record.step == lesson.steps[0].slug
    for message in record.messages:
        state, _ = session.step(state, message)
        begun = begun or isinstance(message, StepSelected)
        if begun:
            yield state.verdict(record.step).why


def _staging(record: ProofRecord) -> float:
    """Return the seconds from the beginning of the lesson to the beginning of the step."""
    began, now = 0.0, 0.0
    for message in record.messages:
        match message:
            case LessonReset(since):
                began = now = since
            case StepSelected():
                return now - began
            case EventReceived(event):
                now = max(now, event.at)
            case _:
                pass
    return 0.0
