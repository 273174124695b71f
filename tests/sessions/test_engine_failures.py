"""Failures to make an engine: each kind is logged with its traceback once, counted, and kept until it is over."""

from __future__ import annotations

import logging
import threading

import pytest

from slipway.core.errors import UserFacingError
from slipway.sessions.engine_failures import SPARE, EngineFailures


def broken() -> Exception:
    """An internal error, always raised at the same place."""
    nothing: tuple[str, ...] = ()
    try:
        return Exception(nothing[0])
    except IndexError as error:
        return error


def test_internal_error_is_logged_with_traceback_once_then_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = EngineFailures()
    for learner in ("ada", "ben", "ada"):
        failures.add(learner, broken())
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]
    assert caplog.text.count("Traceback") == 1
    assert [record.getMessage() for record in caplog.records] == [
        "No engine for ada, because of an internal error",
        "No engine for ben: IndexError: tuple index out of range (2 times so far)",
        "No engine for ada: IndexError: tuple index out of range (3 times so far)",
    ]


def test_simultaneous_failures_log_one_traceback(caplog: pytest.LogCaptureFixture) -> None:
    failures, at_once = EngineFailures(), threading.Barrier(20)

    def fail(learner: str) -> None:
        at_once.wait(10)
        failures.add(learner, broken())

    threads = [threading.Thread(target=fail, args=(f"learner{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caplog.text.count("Traceback") == 1
    assert len(failures.all()) == 20


def test_each_kind_of_internal_error_has_its_own_traceback(caplog: pytest.LogCaptureFixture) -> None:
    failures = EngineFailures()
    failures.add("ada", broken())
    failures.log("Housekeeping failed", KeyError("Id"))
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR] * 2


def test_error_with_a_sentence_is_logged_without_traceback(caplog: pytest.LogCaptureFixture) -> None:
    failures = EngineFailures()
    failures.add("ada", UserFacingError("All engines are in use."))
    failures.add(SPARE, UserFacingError("All engines are in use."))
    assert [record.getMessage() for record in caplog.records] == [
        "No engine for ada: All engines are in use.",
        "No spare engine: All engines are in use.",
    ]
    assert not any(record.exc_info for record in caplog.records)


def test_failure_is_kept_until_it_is_over() -> None:
    failures = EngineFailures()
    failures.add("ada", broken())
    failures.add("ben", UserFacingError("Full."))
    failures.add("ada", UserFacingError("Full."))
    assert {learner: one.cause for learner, one in failures.all().items()} == {"ada": "described", "ben": "described"}
    failures.over("ada")
    failures.over("nobody")
    assert list(failures.all()) == ["ben"]
