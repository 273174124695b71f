"""The call rules where the table in test_registry.py cannot express it: pending calls and several terminals."""

from __future__ import annotations

from slipway.core.rules import calls
from tests.core.docker_events import ScriptedEngine, texts


class TestCalled:
    def test_waits_for_the_answer(self, engine: ScriptedEngine) -> None:
        listing = engine.start_call("container.list")
        assert not texts(calls.called(engine.story, call="container.list"))
        engine.end_call(listing, 200)
        assert texts(calls.called(engine.story, call="container.list")) == ["listed the running containers"]

    def test_image_of_a_pull_call(self, engine: ScriptedEngine) -> None:
        engine.call("image.pull", fromImage="docker.io/library/redis", tag="7")
        assert list(calls.called(engine.story, call="image.pull", image="redis:7"))
        assert not list(calls.called(engine.story, call="image.pull", image="redis"))


class TestTyped:
    def test_matches_before_the_command_ends(self, engine: ScriptedEngine) -> None:
        engine.type("docker ps")
        assert texts(calls.typed(engine.story, matches="docker ps")) == ["typed docker ps"]
        assert not texts(calls.typed(engine.story, matches="docker ps", status=0))

    def test_status_is_from_the_same_terminal(self, engine: ScriptedEngine) -> None:
        engine.type("docker ps", terminal=2)
        engine.prompt(status=0, terminal=1)
        assert not texts(calls.typed(engine.story, matches="docker ps", status=0))
