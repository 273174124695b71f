"""What the command line prints of an exception."""

from __future__ import annotations

from requests.exceptions import ReadTimeout

from slipway import cli


def test_engine_that_answers_too_late_is_told_without_a_traceback() -> None:
    failure = cli._as_failure(ReadTimeout("Read timed out. (read timeout=60)"))
    assert failure.message.startswith("The Docker engine answers too late: this machine is overloaded")
    assert "Traceback" not in failure.details
