"""The container rules where the table in test_registry.py cannot express it: failed and pending calls, second runs."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.rules import containers
from slipway.core.rules.matchers import Match
from tests.core.docker_events import ScriptedEngine, texts


class TestCreated:
    def test_needs_an_answer_with_a_container(self, engine: ScriptedEngine) -> None:
        engine.call("container.create", status=409, body={})
        engine.call("container.create", status=201, body=None)
        engine.start_call("container.create", body={})
        assert not texts(containers.created(engine.advance(5).story))

    def test_create_and_run_are_indistinguishable_at_first(self, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo")
        assert not texts(containers.created(engine.story, by="create"))
        assert not texts(containers.created(engine.story, by="run"))
        assert texts(containers.created(engine.story)) == ["created greeter from busybox: echo"]

    @pytest.mark.parametrize("condition", [None, "next-exit", "removed"])
    def test_run_is_recognized_by_its_wait_for_the_next_exit(
        self, engine: ScriptedEngine, condition: str | None
    ) -> None:
        params: dict[str, Any] = {"condition": condition} if condition else {}
        engine.call("container.wait", engine.create("greeter"), **params)
        assert bool(texts(containers.created(engine.story, by="run"))) is (condition is not None)

    def test_text_mentions_the_images_own_command(self, engine: ScriptedEngine) -> None:
        engine.create("greeter")
        assert texts(containers.created(engine.story)) == ["created greeter from busybox: its own startup command"]

    @pytest.mark.parametrize("image", ["b4f6e2", "sha256:b4f6e2", "busybox@sha256:77aa", "docker.io/library/busybox"])
    def test_image_matches_by_any_name(self, engine: ScriptedEngine, image: str) -> None:
        cached = {"id": "sha256:b4f6e2c0", "tags": ["busybox:latest"], "size": 1}
        engine.emit(e.EngineSeen(engine.now, "26.1.5", (), (cached,)))
        engine.create("greeter", "echo", image=image)
        assert texts(containers.created(engine.story, image="busybox"))
        assert not texts(containers.created(engine.story, image="redis"))

    @pytest.mark.parametrize(
        "command",
        [
            "ping 1",
            "/bin/ping 1",
            "busybox ping 1",
            "docker-entrypoint.sh ping 1",
            "sh -c|ping 1",
            "/bin/sh -c|exec ping 1; true",
        ],
    )
    def test_finds_the_program_behind_a_shell(self, engine: ScriptedEngine, command: str) -> None:
        words, _, script = command.partition("|")
        engine.create("clock", *words.split(), *filter(None, [script]))
        assert texts(containers.created(engine.story, program="ping"))
        assert not texts(containers.created(engine.story, program="echo"))

    def test_program_is_not_a_part_of_a_word(self, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo hi there")
        assert not texts(containers.created(engine.story, program="echo"))


class TestStarted:
    def test_not_modified_and_failed_starts_do_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.call("container.start", clock, status=304)
        engine.call("container.start", clock, status=500)
        assert len(texts(containers.started(engine.story))) == 1

    def test_by_run_is_the_first_start_only(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        assert len(texts(containers.started(engine.story, by="run"))) == 1
        assert len(texts(containers.started(engine.story, by="start"))) == 1

    def test_unknown_container_is_started_by_start(self, engine: ScriptedEngine) -> None:
        engine.start(e.Target("old", "f" * 64, "old"))
        assert texts(containers.started(engine.story, by="start")) == ["started old"]

    def test_printed_needs_an_attached_terminal_and_its_end(self, engine: ScriptedEngine, clock: e.Target) -> None:
        assert not texts(containers.started(engine.story, printed=""))
        attach = engine.start_call("container.attach", clock, stdout="1", stream="1")
        engine.start(clock)
        assert not texts(containers.started(engine.story, printed=""))
        engine.end_call(attach, 101, out="tick")
        assert len(texts(containers.started(engine.story, printed=""))) == 1

    def test_attaching_afterwards_does_not_count(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.advance(1).call("container.attach", clock, stdout="1")
        assert texts(containers.started(engine.story, attached=False)) == ["started clock, with nobody watching"]

    def test_attaching_only_stdin_does_not_count(self, engine: ScriptedEngine) -> None:
        target = engine.create("greeter", "cat")
        engine.start_call("container.attach", target, stdin="1")
        engine.start(target)
        assert not texts(containers.started(engine.story, attached=True))


class TestLogsRead:
    def test_follow_ends_when_the_client_disconnects(self, engine: ScriptedEngine, clock: e.Target) -> None:
        reading = engine.start_call("container.logs", clock, follow="1")
        assert not texts(containers.logs_read(engine.story))
        engine.end_call(reading, 200, err="oh no", cut=True)
        assert texts(containers.logs_read(engine.story, contains="oh no")) == ["read the logs of clock"]


class TestExecuted:
    def test_text_has_command_and_container(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.execute(clock, "ls", "-l")
        assert texts(containers.executed(engine.story)) == ["ran ls -l inside clock"]

    def test_needs_an_exec_that_was_created_and_started(self, engine: ScriptedEngine, clock: e.Target) -> None:
        engine.execute(clock, "ls", status=409)
        assert not texts(containers.executed(engine.story))
        engine.end_call(engine.start_call("container.exec", clock, body={"Cmd": ["ls"]}), 201, result={"id": "e1"})
        assert not texts(containers.executed(engine.story))


class TestPulledFirst:
    def missed(self, engine: ScriptedEngine, pulled: int = 200) -> None:
        engine.call("container.create", status=404, body={"Image": "redis"})
        engine.call("image.pull", status=pulled, fromImage="redis", tag="latest")

    def pulled(self, engine: ScriptedEngine) -> list[Match]:
        return list(containers.created(engine.advance(5).story, image="redis", pulled=True))

    def test_missing_image_is_pulled_by_the_same_command(self, engine: ScriptedEngine) -> None:
        self.missed(engine)
        engine.create("store", image="redis")
        assert texts(self.pulled(engine))

    def test_next_create_uses_the_cache(self, engine: ScriptedEngine) -> None:
        self.missed(engine)
        engine.create("store", image="redis")
        engine.create("second", image="redis")
        assert len(self.pulled(engine)) == 1

    def test_separate_pull_does_not_count(self, engine: ScriptedEngine) -> None:
        engine.call("container.create", status=404, body={"Image": "redis"})
        engine.advance(9).call("image.pull", fromImage="redis", tag="latest")
        engine.create("store", image="redis")
        assert not self.pulled(engine)

    def test_separate_create_does_not_count(self, engine: ScriptedEngine) -> None:
        self.missed(engine)
        engine.advance(9).create("store", image="redis")
        assert not self.pulled(engine)

    def test_failed_pull_does_not_count(self, engine: ScriptedEngine) -> None:
        self.missed(engine, pulled=404)
        engine.create("store", image="redis")
        assert not self.pulled(engine)
