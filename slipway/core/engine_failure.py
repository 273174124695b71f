"""Why a learner has no engine, in words: for the learner, and for the instructor's dashboard. Pure.

Three causes are told apart. An error may bring its own sentence; an OSError means that the host's Docker engine is out
of reach, or answered with an error; everything else is an internal error of the lab, of which only the name is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slipway.core.errors import UserFacingError

UNREACHABLE = "The lab can't reach its Docker engine just now. It goes on trying; what you have done is kept."
UNREACHABLE_FOR_INSTRUCTOR = "The lab can't reach its Docker engine."
ENGINE_ERROR = "The lab's Docker engine answered with an error: {reason}"
INTERNAL = (
    "Your Docker engine could not be prepared because of an internal error of the lab ({name}). "
    "Tell your instructor, or whoever runs this lab. What you have done is kept."
)
INTERNAL_FOR_INSTRUCTOR = "Internal error of the lab ({name}): its log has the details."

_ID = re.compile(r"\b[0-9a-f]{8,}\b")


@dataclass(frozen=True)
class EngineFailure:
    """Why an engine could not be had; `learner` and `instructor` are what each of them reads.

    `kind` is the same for all failures with the same cause, whoever is concerned.
    """

    cause: Literal["told", "unreachable", "internal"]
    kind: str
    learner: str
    instructor: str

    @property
    def state(self) -> Literal["gone", "lost"]:
        """What the learner's page shows: an engine that is lost may be there still."""
        return "lost" if self.cause == "unreachable" else "gone"


def failure(error: Exception) -> EngineFailure:
    """What this error means for whoever waits for an engine."""
    if isinstance(error, UserFacingError):
        return _told("told", _sentence(str(error)))
    if isinstance(error, OSError):
        reason = getattr(error, "explanation", None)  # docker-py: what the engine answered
        if reason:
            return _told("unreachable", _sentence(ENGINE_ERROR.format(reason=reason)))
        return EngineFailure("unreachable", "unreachable", UNREACHABLE, UNREACHABLE_FOR_INSTRUCTOR)
    name = type(error).__name__
    texts = INTERNAL.format(name=name), INTERNAL_FOR_INSTRUCTOR.format(name=name)
    return EngineFailure("internal", f"{name} {_place(error)}", *texts)


def rows(failures: Mapping[str, EngineFailure]) -> list[dict[str, Any]]:
    """The failures by learner as the dashboard shows them: one row for each kind, with all learners concerned.

    The learner "" is nobody: an engine that was to be kept ready for whoever comes next. That one is not worth a row
    while somebody waits.
    """
    found: dict[str, dict[str, Any]] = {}
    for learner, one in failures.items():
        row = found.setdefault(one.kind, {"say": one.instructor, "learners": []})
        row["learners"] += [learner] if learner else []
    concerned = [row for row in found.values() if row["learners"]]
    return concerned or list(found.values())


def _told(cause: Literal["told", "unreachable"], text: str) -> EngineFailure:
    """Ids differ from one sandbox to the next, and are of no use to an instructor."""
    without_ids = _ID.sub("…", text)
    return EngineFailure(cause, without_ids, text, without_ids)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _place(error: Exception) -> str:
    """File and line at which the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
