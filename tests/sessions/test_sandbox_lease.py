"""A sandbox that is lost or replaced, and a host's engine that is unreachable for a while."""

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
    """A provider that can be unreachable, like a host's engine that was killed."""

    unreachable = False

    def assign_sandbox(self, learner: str) -> FakeSandbox:
        self._check()
        return super().assign_sandbox(learner)

    def is_running(self, sandbox: FakeSandbox) -> bool:
        self._check()
        return super().is_running(sandbox)

    def _check(self) -> None:
        if self.unreachable:
            raise ConnectionError("no answer")


def test_sandbox_lost_while_the_host_was_unreachable_is_announced_afterwards() -> None:
    provider, store, page = UnreachableProvider(), MemoryProgress(), Page()
    new_session(provider, store, page)
    provider.unreachable = True
    provider.kill()
    eventually(lambda: page.of("seat")[-1]["state"] == "lost")
    assert [one.cause for one in provider.failures.all().values()] == ["unreachable"]
    provider.unreachable = False
    eventually(lambda: page.of("seat")[-1]["state"] == "ready")
    assert "Your Docker engine was lost" in [one["say"] for one in page.of("seat") if one["state"] == "gone"][-1]
    assert provider.removed == ["sandbox1"]


class FailingProvider(FakeProvider):
    """A provider that fails to assign sandboxes while there is an `error`."""

    error: Exception | None = None

    def assign_sandbox(self, learner: str) -> FakeSandbox:
        if self.error:
            raise self.error
        return super().assign_sandbox(learner)


def fail_twice(provider: FailingProvider, page: Page, error: Exception) -> list[str]:
    """Kill the sandbox, let two assignments fail, and return the sentences about them."""
    new_session(provider, MemoryProgress(), page)
    provider.error = error
    provider.kill()
    seen = [one["say"] for one in page.of("seat")]
    eventually(lambda: len(retry_sentences(page, len(seen))) >= 2)
    assert list(provider.failures.all()) == ["me"]
    provider.error = None
    eventually(lambda: page.of("seat")[-1]["state"] == "ready" and len(provider.sandboxes) == 2)
    return retry_sentences(page, len(seen))


def retry_sentences(page: Page, since: int) -> list[str]:
    return [one["say"] for one in page.of("seat")[since:] if "Trying again" in one["say"]]


def test_internal_error_is_named_and_logged_with_traceback_once(caplog: pytest.LogCaptureFixture) -> None:
    provider, page = FailingProvider(), Page()
    sentences = fail_twice(provider, page, IndexError("tuple index out of range"))
    assert sentences[0].startswith("Your Docker engine could not be prepared because of an internal error of the lab")
    assert "(IndexError)" in sentences[0]
    assert "Tell your instructor" in sentences[0]
    assert [one.rpartition(". ")[2] for one in sentences[:2]] == ["Trying again in 1 s.", "Trying again in 2 s."]
    assert not any("reach" in one["say"] or "tuple" in one["say"] for one in page.of("seat"))
    assert caplog.text.count("Traceback") == 1
    assert "(2 times so far)" in caplog.text
    assert provider.failures.all() == {}


def test_failure_with_a_sentence_is_shown_as_that_sentence(caplog: pytest.LogCaptureFixture) -> None:
    provider, page = FailingProvider(), Page()
    sentences = fail_twice(provider, page, UserFacingError("A sandbox could not be started: no space left on device"))
    assert sentences[0] == "A sandbox could not be started: no space left on device. Trying again in 1 s."
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
