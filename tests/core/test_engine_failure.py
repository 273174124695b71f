"""Why a learner has no engine: what the learner and the instructor read, and which failures are of one kind."""

from __future__ import annotations

from slipway.core.engine_failure import UNREACHABLE, EngineFailure, failure, rows
from slipway.core.errors import UserFacingError


def raised(error: Exception) -> Exception:
    """The same error, always raised at the same place: within another function."""

    def fails() -> None:
        raise error

    try:
        fails()
    except Exception as caught:
        return caught
    return error


class Refused(OSError):
    """As docker-py's: an answer of the engine that is an error, with the engine's own explanation."""

    def __init__(self, explanation: str) -> None:
        super().__init__("409 Client Error for http+docker://localhost/v1.41/containers")
        self.explanation = explanation


def test_an_error_with_a_sentence_is_told_as_it_is() -> None:
    found = failure(UserFacingError("All 3 engines are in use."))
    assert (found.cause, found.state) == ("told", "gone")
    assert found.learner == found.instructor == "All 3 engines are in use."


def test_a_sentence_ends_with_a_full_stop_also_where_the_engine_wrote_none() -> None:
    assert failure(UserFacingError("A sandbox could not be started: no space left")).learner.endswith("no space left.")


def test_an_engine_that_is_out_of_reach_is_called_that() -> None:
    found = failure(ConnectionError("('Connection aborted.', FileNotFoundError(2, 'No such file'))"))
    assert (found.cause, found.state, found.learner) == ("unreachable", "lost", UNREACHABLE)
    assert found.instructor == "The lab can't reach its Docker engine."


def test_an_engine_that_answers_with_an_error_is_not_called_out_of_reach() -> None:
    found = failure(Refused("a disk quota must be specified"))
    assert found.learner == "The lab's Docker engine answered with an error: a disk quota must be specified."
    assert (found.state, found.instructor) == ("lost", found.learner)


def test_any_other_error_is_an_internal_one_of_which_only_the_name_is_told() -> None:
    found = failure(raised(IndexError("tuple index out of range")))
    assert (found.cause, found.state) == ("internal", "gone")
    assert "internal error of the lab (IndexError)" in found.learner
    assert "Tell your instructor" in found.learner
    assert found.instructor == "Internal error of the lab (IndexError): its log has the details."
    for said in (found.learner, found.instructor):
        assert "tuple" not in said
        assert "reach" not in said


def test_pythons_own_runtime_errors_bring_no_sentence() -> None:
    for error in (RuntimeError("dictionary changed size during iteration"), RecursionError("maximum depth")):
        assert failure(error).cause == "internal"


def test_internal_errors_are_of_one_kind_when_they_were_raised_at_the_same_place() -> None:
    first, again = (failure(raised(IndexError(str(number)))) for number in range(2))
    elsewhere = failure(IndexError("never raised"))
    assert first.kind == again.kind != elsewhere.kind
    assert failure(raised(KeyError("0"))).kind != first.kind


def test_ids_of_sandboxes_make_no_kinds_of_their_own_and_are_not_for_the_instructor() -> None:
    first, again = (failure(UserFacingError(f"The name slipway-ab12-{key}-engine is taken.")) for key in KEYS)
    assert first.kind == again.kind
    assert KEYS[0] in first.learner
    assert first.instructor == "The name slipway-ab12-…-engine is taken."


KEYS = "0123abcd", "4567cdef"


def test_the_dashboard_has_a_row_for_each_kind_with_all_learners_concerned() -> None:
    full, away = failure(UserFacingError("All engines are in use.")), failure(ConnectionError())
    assert rows({"ada": full, "ben": away, "cem": full}) == [
        {"say": "All engines are in use.", "learners": ["ada", "cem"]},
        {"say": "The lab can't reach its Docker engine.", "learners": ["ben"]},
    ]
    assert rows({}) == []


def test_an_engine_that_nobody_waits_for_concerns_no_learner() -> None:
    one: EngineFailure = failure(UserFacingError("No."))
    assert rows({"": one}) == [{"say": "No.", "learners": []}]
    for waits in (one, failure(UserFacingError("Not yet."))):
        assert rows({"": one, "ada": waits}) == [{"say": waits.instructor, "learners": ["ada"]}]
