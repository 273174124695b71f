"""A sandbox that goes, or is left, and the next one; and an engine that is out of reach for a while."""

from __future__ import annotations

import pytest

from slipway.core.errors import UserFacingError
from tests.core.docker_events import Engine
from tests.eventually import eventually
from tests.session_fixtures import CREATE, WATCH, FakeProvider, FakeSandbox, MemoryProgress, Page, created, seated


def test_an_engine_that_goes_is_told_in_words_and_replaced() -> None:
    inn, notebook, reader = FakeProvider(), MemoryProgress(), Page()
    seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    inn.break_down()
    eventually(lambda: len(inn.beds) == 2 and reader.of("seat")[-1]["state"] == "ready")
    assert inn.left == ["bed1"]
    assert "gone" in {one["state"] for one in reader.of("seat")}
    assert "cannot-tell" in {one["verdict"] for one in reader.of("step") if one["step"] == WATCH}
    assert reader.verdict(CREATE) == "passed"


def test_afresh_is_a_new_sandbox_with_the_same_progress() -> None:
    inn, notebook, reader = FakeProvider(), MemoryProgress(), Page()
    seat = seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    seat.afresh()
    eventually(lambda: len(inn.beds) == 2 and reader.of("seat")[-1]["state"] == "ready")
    assert not seat.session.world.containers
    assert reader.verdict(CREATE) == "passed"


class FarInn(FakeProvider):
    """An inn that can be out of reach, as the host's engine is when it was killed."""

    away = False

    def settle(self, learner: str) -> FakeSandbox:
        self._check()
        return super().settle(learner)

    def alive(self, bed: FakeSandbox) -> bool:
        self._check()
        return super().alive(bed)

    def _check(self) -> None:
        if self.away:
            raise ConnectionError("no answer")


def test_what_went_while_the_hosts_engine_was_away_is_told_when_it_is_back() -> None:
    inn, notebook, reader = FarInn(), MemoryProgress(), Page()
    seated(inn, notebook, reader)
    inn.away = True
    inn.break_down()
    eventually(lambda: reader.of("seat")[-1]["state"] == "lost")
    assert [one.cause for one in inn.failures.all().values()] == ["unreachable"]
    inn.away = False
    eventually(lambda: reader.of("seat")[-1]["state"] == "ready")
    assert "Your Docker engine has gone" in [one["say"] for one in reader.of("seat") if one["state"] == "gone"][-1]
    assert inn.left == ["bed1"]


class BrokenInn(FakeProvider):
    """An inn that gives nobody a bed while there is an `error`."""

    error: Exception | None = None

    def settle(self, learner: str) -> FakeSandbox:
        if self.error:
            raise self.error
        return super().settle(learner)


def fails_twice(inn: BrokenInn, reader: Page, error: Exception) -> list[str]:
    """What the learner is told of a new engine that can't be had, until it can."""
    seated(inn, MemoryProgress(), reader)
    inn.error = error
    inn.break_down()
    told = [one["say"] for one in reader.of("seat")]
    eventually(lambda: len(found(reader, len(told))) >= 2)
    assert list(inn.failures.all()) == ["me"]
    inn.error = None
    eventually(lambda: reader.of("seat")[-1]["state"] == "ready" and len(inn.beds) == 2)
    return found(reader, len(told))


def found(reader: Page, since: int) -> list[str]:
    return [one["say"] for one in reader.of("seat")[since:] if "Trying again" in one["say"]]


def test_an_internal_error_is_called_that_and_logged_with_its_traceback_once(caplog: pytest.LogCaptureFixture) -> None:
    inn, reader = BrokenInn(), Page()
    said = fails_twice(inn, reader, IndexError("tuple index out of range"))
    assert said[0].startswith("Your Docker engine could not be prepared because of an internal error of the lab")
    assert "(IndexError)" in said[0]
    assert "Tell your instructor" in said[0]
    assert [one.rpartition(". ")[2] for one in said[:2]] == ["Trying again in 1 s.", "Trying again in 2 s."]
    assert not any("reach" in one["say"] or "tuple" in one["say"] for one in reader.of("seat"))
    assert caplog.text.count("Traceback") == 1
    assert "(2 times so far)" in caplog.text
    assert inn.failures.all() == {}


def test_a_failure_with_a_sentence_is_told_in_that_sentence(caplog: pytest.LogCaptureFixture) -> None:
    inn, reader = BrokenInn(), Page()
    said = fails_twice(inn, reader, UserFacingError("A sandbox could not be started: no space left on device"))
    assert said[0] == "A sandbox could not be started: no space left on device. Trying again in 1 s."
    assert "Traceback" not in caplog.text
    assert inn.failures.all() == {}


def test_the_failure_of_a_seat_that_is_closed_is_over() -> None:
    inn, reader = BrokenInn(), Page()
    seat = seated(inn, MemoryProgress(), reader)
    inn.error = KeyError("Id")
    inn.break_down()
    eventually(lambda: list(inn.failures.all()) == ["me"])
    seat.close()
    eventually(lambda: inn.failures.all() == {})
