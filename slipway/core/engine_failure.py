"""Why a learner has no engine, in words: for the learner, and for the instructor's dashboard. Pure.

Three causes are distinguished. An error may have its own sentence; an OSError means that the host's Docker engine
cannot be reached, or answered with an error; everything else is an internal error of the lab, of which only the name is
shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slipway.core.errors import UserFacingError

UNREACHABLE = "The lab can't reach its Docker engine just now. It keeps trying; your progress is saved."
UNREACHABLE_FOR_INSTRUCTOR = "The lab can't reach its Docker engine."
ENGINE_ERROR = "The lab's Docker engine answered with an error: {reason}"
INTERNAL = (
    "Your Docker engine could not be prepared because of an internal error of the lab ({name}). "
    "Tell your instructor or the person who runs this lab. Your progress is saved."
)
INTERNAL_FOR_INSTRUCTOR = "Internal error of the lab ({name}): its log has the details."

_ID = re.compile(r"\b[0-9a-f]{8,}\b")


@dataclass(frozen=True)
class EngineFailure:
    """Why an engine is not available; `learner` and `instructor` are the texts for each of them.

    `kind` is the same for all failures with the same cause, whichever learner they affect.
    """

    cause: Literal["described", "unreachable", "internal"]
    kind: str
    learner: str
    instructor: str

    @property
    def state(self) -> Literal["gone", "lost"]:
        """The state on the learner's page: a "lost" engine may still exist."""
        return "lost" if self.cause == "unreachable" else "gone"


def classify_failure(error: Exception) -> EngineFailure:
    """Return what this error means for a learner who waits for an engine."""
    if isinstance(error, UserFacingError):
        return _with_text("described", _sentence(str(error)))
    if isinstance(error, OSError):
        reason = getattr(error, "explanation", None)  # docker-py: what the engine answered
        if reason:
            return _with_text("unreachable", _sentence(ENGINE_ERROR.format(reason=reason)))
        return EngineFailure("unreachable", "unreachable", UNREACHABLE, UNREACHABLE_FOR_INSTRUCTOR)
    name = type(error).__name__
    texts = INTERNAL.format(name=name), INTERNAL_FOR_INSTRUCTOR.format(name=name)
    return EngineFailure("internal", f"{name} {_raised_at(error)}", *texts)


def failure_rows(failures: Mapping[str, EngineFailure]) -> list[dict[str, Any]]:
    """Return the failures as the dashboard shows them: one row for each kind, with all affected learners.

    The learner "" stands for a spare engine that was to be kept ready. It only gets a row if no learner waits.
    """
    rows: dict[str, dict[str, Any]] = {}
    for learner, failure in failures.items():
        row = rows.setdefault(failure.kind, {"say": failure.instructor, "learners": []})
        row["learners"] += [learner] if learner else []
    affecting = [row for row in rows.values() if row["learners"]]
    return affecting or list(rows.values())


def _with_text(cause: Literal["described", "unreachable"], text: str) -> EngineFailure:
    """Remove ids for the instructor: they differ between sandboxes of the same failure."""
    without_ids = _ID.sub("…", text)
    return EngineFailure(cause, without_ids, text, without_ids)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _raised_at(error: Exception) -> str:
    """Return file and line at which the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
