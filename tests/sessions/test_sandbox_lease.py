"""A sandbox that goes, or is left, and the next one; and an engine that is out of reach for a while."""

from __future__ import annotations

import pytest

from slipway.core.errors import UserFacingError
from tests.core.docker_events import ScriptedEngine
from tests.eventually import eventually
from tests.session_fixtures import CREATE, WATCH, FakeProvider, FakeSandbox, MemoryProgress, Page, created, new_session


def test_lost_sandbox_is_announced_and_replaced() -> None:
    provider, store, page = FakeProvider(), MemoryProgress(), Page()
    new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    provider.kill()
    eventually(lambda: len(provider.sandboxes) == 2 and page.of("seat")[-1]["state"] == "ready")
    assert provider.removed == ["sandbox1"]
    assert "gone" in {one["state"] for one in page.of("seat")}
    assert "cannot-tell" in {one["verdict"] for one in page.of("step") if one["step"] == WATCH}
    assert page.verdict(CREATE) == "passed"


def test_replaced_sandbox_keeps_progress() -> None:
    provider, store, page = FakeProvider(), MemoryProgress(), Page()
    session = new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    session.replace_sandbox()
    eventually(lambda: len(provider.sandboxes) == 2 and page.of("seat")[-1]["state"] == "ready")
    assert not session.state.world.containers
    assert page.verdict(CREATE) == "passed"


class UnreachableProvider(FakeProvider):
    """An provider that can be out of reach, as the host's engine is when it was killed."""

    away = False

    def assign_sandbox(self, learner: str) -> FakeSandbox:
        self._check()
        return super().assign_sandbox(learner)

    def is_running(self, sandbox: FakeSandbox) -> bool:
        self._check()
        return super().is_running(sandbox)

    def _check(self) -> None:
        if self.away:
            raise ConnectionError("no answer")


def test_sandbox_lost_while_the_host_was_unreachable_is_announced_afterwards() -> None:
    provider, store, page = UnreachableProvider(), MemoryProgress(), Page()
    new_session(provider, store, page)
    provider.away = True
    provider.kill()
    eventually(lambda: page.of("seat")[-1]["state"] == "lost")
    assert [one.cause for one in provider.failures.all().values()] == ["unreachable"]
    provider.away = False
    eventually(lambda: page.of("seat")[-1]["state"] == "ready")
    assert "Your Docker engine was lost" in [one["say"] for one in page.of("seat") if one["state"] == "gone"][-1]
    assert provider.removed == ["sandbox1"]


class FailingProvider(FakeProvider):
    """An provider that gives nobody a sandbox while there is an `error`."""

    error: Exception | None = None

    def assign_sandbox(self, learner: str) -> FakeSandbox:
        if self.error:
            raise self.error
        return super().assign_sandbox(learner)


def fails_twice(provider: FailingProvider, page: Page, error: Exception) -> list[str]:
    """What the learner is told of a new engine that can't be had, until it can."""
    new_session(provider, MemoryProgress(), page)
    provider.error = error
    provider.kill()
    told = [one["say"] for one in page.of("seat")]
    eventually(lambda: len(found(page, len(told))) >= 2)
    assert list(provider.failures.all()) == ["me"]
    provider.error = None
    eventually(lambda: page.of("seat")[-1]["state"] == "ready" and len(provider.sandboxes) == 2)
    return found(page, len(told))


def found(page: Page, since: int) -> list[str]:
    return [one["say"] for one in page.of("seat")[since:] if "Trying again" in one["say"]]


def test_internal_error_is_named_and_logged_with_traceback_once(caplog: pytest.LogCaptureFixture) -> None:
    provider, page = FailingProvider(), Page()
    said = fails_twice(provider, page, IndexError("tuple index out of range"))
    assert said[0].startswith("Your Docker engine could not be prepared because of an internal error of the lab")
    assert "(IndexError)" in said[0]
    assert "Tell your instructor" in said[0]
    assert [one.rpartition(". ")[2] for one in said[:2]] == ["Trying again in 1 s.", "Trying again in 2 s."]
    assert not any("reach" in one["say"] or "tuple" in one["say"] for one in page.of("seat"))
    assert caplog.text.count("Traceback") == 1
    assert "(2 times so far)" in caplog.text
    assert provider.failures.all() == {}


def test_failure_with_a_sentence_is_shown_as_that_sentence(caplog: pytest.LogCaptureFixture) -> None:
    provider, page = FailingProvider(), Page()
    said = fails_twice(provider, page, UserFacingError("A sandbox could not be started: no space left on device"))
    assert said[0] == "A sandbox could not be started: no space left on device. Trying again in 1 s."
    assert "Traceback" not in caplog.text
    assert provider.failures.all() == {}


def test_failure_is_over_when_the_session_is_closed() -> None:
    provider, page = FailingProvider(), Page()
    session = new_session(provider, MemoryProgress(), page)
    provider.error = KeyError("Id")
    provider.kill()
    eventually(lambda: list(provider.failures.all()) == ["me"])
    session.close()
    eventually(lambda: provider.failures.all() == {})
