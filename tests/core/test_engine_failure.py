"""Why a learner has no engine: what the learner and the instructor read, and which failures are of the same kind."""

from __future__ import annotations

from slipway.core.engine_failure import UNREACHABLE, EngineFailure, classify_failure, failure_rows
from slipway.core.errors import UserFacingError


def raised(error: Exception) -> Exception:
    """Return the same error, always raised at the same place: inside another function."""

    def fails() -> None:
        raise error

    try:
        fails()
    except Exception as caught:
        return caught
    return error


class ApiErrorLike(OSError):
    """Like docker-py's APIError: an error response of the engine, with the engine's own explanation."""

    def __init__(self, explanation: str) -> None:
        super().__init__("409 Client Error for http+docker://localhost/v1.41/containers")
        self.explanation = explanation


def test_error_with_a_sentence_is_shown_unchanged() -> None:
    found = classify_failure(UserFacingError("All 3 engines are in use."))
    assert (found.cause, found.state) == ("described", "gone")
    assert found.learner == found.instructor == "All 3 engines are in use."


def test_missing_full_stop_is_added() -> None:
    assert classify_failure(UserFacingError("A sandbox could not be started: no space left")).learner.endswith(
        "no space left."
    )


def test_unreachable_engine() -> None:
    found = classify_failure(ConnectionError("('Connection aborted.', FileNotFoundError(2, 'No such file'))"))
    assert (found.cause, found.state, found.learner) == ("unreachable", "lost", UNREACHABLE)
    assert found.instructor == "The lab can't reach its Docker engine."


def test_error_response_of_the_engine_is_not_called_unreachable() -> None:
    found = classify_failure(ApiErrorLike("a disk quota must be specified"))
    assert found.learner == "The lab's Docker engine answered with an error: a disk quota must be specified."
    assert (found.state, found.instructor) == ("lost", found.learner)


def test_any_other_error_is_internal_and_only_its_name_is_shown() -> None:
    found = classify_failure(raised(IndexError("tuple index out of range")))
    assert (found.cause, found.state) == ("internal", "gone")
    assert "internal error of the lab (IndexError)" in found.learner
    assert "Tell your instructor" in found.learner
    assert found.instructor == "Internal error of the lab (IndexError): its log has the details."
    for text in (found.learner, found.instructor):
        assert "tuple" not in text
        assert "reach" not in text


def test_builtin_runtime_errors_are_internal() -> None:
    for error in (RuntimeError("dictionary changed size during iteration"), RecursionError("maximum depth")):
        assert classify_failure(error).cause == "internal"


def test_internal_errors_raised_at_the_same_place_are_one_kind() -> None:
    first, again = (classify_failure(raised(IndexError(str(number)))) for number in range(2))
    elsewhere = classify_failure(IndexError("never raised"))
    assert first.kind == again.kind != elsewhere.kind
    assert classify_failure(raised(KeyError("0"))).kind != first.kind


def test_ids_are_removed_from_the_kind_and_the_instructors_text() -> None:
    first, again = (classify_failure(UserFacingError(f"The name slipway-ab12-{key}-engine is taken.")) for key in KEYS)
    assert first.kind == again.kind
    assert KEYS[0] in first.learner
    assert first.instructor == "The name slipway-ab12-…-engine is taken."


KEYS = "0123abcd", "4567cdef"


def test_rows_have_one_kind_with_all_affected_learners() -> None:
    full, away = classify_failure(UserFacingError("All engines are in use.")), classify_failure(ConnectionError())
    assert failure_rows({"ada": full, "ben": away, "cem": full}) == [
        {"say": "All engines are in use.", "learners": ["ada", "cem"]},
        {"say": "The lab can't reach its Docker engine.", "learners": ["ben"]},
    ]
    assert failure_rows({}) == []


def test_failure_of_a_spare_engine_affects_no_learner() -> None:
    one: EngineFailure = classify_failure(UserFacingError("No."))
    assert failure_rows({"": one}) == [{"say": "No.", "learners": []}]
    for waiting in (one, classify_failure(UserFacingError("Not yet."))):
        assert failure_rows({"": one, "ada": waiting}) == [{"say": waiting.instructor, "learners": ["ada"]}]
