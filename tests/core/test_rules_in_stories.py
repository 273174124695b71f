"""What the table of rules can't say: calls that fail or are still under way, and second runs."""

from __future__ import annotations

import pytest

from slipway.core import events as e
from slipway.core.rules import registry
from tests.core.docker_events import Engine, texts


class TestCreated:
    def test_asks_for_an_answer_that_is_a_container(self, engine: Engine) -> None:
        engine.call("container.create", status=409, body={})
        engine.call("container.create", status=201, body=None)
        engine.begin("container.create", body={})
        assert not texts(registry.created(engine.wait(5).story))

    def test_can_not_be_told_from_run_while_it_is_fresh(self, engine: Engine) -> None:
        engine.create("greeter", "echo")
        assert not texts(registry.created(engine.story, by="create"))
        assert not texts(registry.created(engine.story, by="run"))
        assert texts(registry.created(engine.story)) == ["created greeter from busybox: echo"]

    @pytest.mark.parametrize("condition", [None, "next-exit", "removed"])
    def test_by_run_is_told_by_the_wait_that_asks_for_the_next_exit(self, engine: Engine, condition: str) -> None:
        engine.call("container.wait", engine.create("greeter"), **({"condition": condition} if condition else {}))
        assert bool(texts(registry.created(engine.story, by="run"))) is (condition is not None)

    def test_names_the_startup_command_when_there_is_no_other(self, engine: Engine) -> None:
        engine.create("greeter")
        assert texts(registry.created(engine.story)) == ["created greeter from busybox: its own startup command"]

    @pytest.mark.parametrize("image", ["b4f6e2", "sha256:b4f6e2", "busybox@sha256:77aa", "docker.io/library/busybox"])
    def test_knows_its_image_by_any_name_for_it(self, engine: Engine, image: str) -> None:
        cached = {"id": "sha256:b4f6e2c0", "tags": ["busybox:latest"], "size": 1}
        engine.say(e.EngineSeen(engine.now, "26.1.5", (), (cached,)))
        engine.create("greeter", "echo", image=image)
        assert texts(registry.created(engine.story, image="busybox"))
        assert not texts(registry.created(engine.story, image="redis"))

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
    def test_finds_the_program_behind_a_shell(self, engine: Engine, command: str) -> None:
        words, _, script = command.partition("|")
        engine.create("clock", *words.split(), *filter(None, [script]))
        assert texts(registry.created(engine.story, program="ping"))
        assert not texts(registry.created(engine.story, program="echo"))

    def test_does_not_split_a_word_into_a_program(self, engine: Engine) -> None:
        engine.create("greeter", "echo hi there")
        assert not texts(registry.created(engine.story, program="echo"))


class TestStarted:
    def test_is_not_told_of_what_ran_already_or_failed(self, engine: Engine, clock: e.Target) -> None:
        engine.call("container.start", clock, status=304)
        engine.call("container.start", clock, status=500)
        assert len(texts(registry.started(engine.story))) == 1

    def test_by_run_is_the_first_start_only(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        assert len(texts(registry.started(engine.story, by="run"))) == 1
        assert len(texts(registry.started(engine.story, by="start"))) == 1

    def test_of_a_container_whose_birth_nobody_saw_is_by_start(self, engine: Engine) -> None:
        engine.start(e.Target("old", "f" * 64, "old"))
        assert texts(registry.started(engine.story, by="start")) == ["started old"]

    def test_printed_something_asks_for_a_watcher_and_an_end(self, engine: Engine, clock: e.Target) -> None:
        assert not texts(registry.started(engine.story, printed=""))
        attach = engine.begin("container.attach", clock, stdout="1", stream="1")
        engine.start(clock)
        assert not texts(registry.started(engine.story, printed=""))
        engine.end(attach, 101, out="tick")
        assert len(texts(registry.started(engine.story, printed=""))) == 1

    def test_attaching_afterwards_is_not_watching(self, engine: Engine, clock: e.Target) -> None:
        engine.wait(1).call("container.attach", clock, stdout="1")
        assert texts(registry.started(engine.story, attached=False)) == ["started clock, with nobody watching"]

    def test_attaching_the_keyboard_alone_is_not_watching(self, engine: Engine) -> None:
        target = engine.create("greeter", "cat")
        engine.begin("container.attach", target, stdin="1")
        engine.start(target)
        assert not texts(registry.started(engine.story, attached=True))


class TestLogsRead:
    def test_is_over_when_the_reader_leaves(self, engine: Engine, clock: e.Target) -> None:
        reading = engine.begin("container.logs", clock, follow="1")
        assert not texts(registry.logs_read(engine.story))
        engine.end(reading, 200, err="oh no", cut=True)
        assert texts(registry.logs_read(engine.story, contains="oh no")) == ["read the logs of clock"]


class TestCalled:
    def test_waits_for_the_answer(self, engine: Engine) -> None:
        listing = engine.begin("container.list")
        assert not texts(registry.called(engine.story, call="container.list"))
        engine.end(listing, 200)
        assert texts(registry.called(engine.story, call="container.list")) == ["listed the running containers"]


class TestExecuted:
    def test_says_what_ran_where(self, engine: Engine, clock: e.Target) -> None:
        engine.execute(clock, "ls", "-l")
        assert texts(registry.executed(engine.story)) == ["ran ls -l inside clock"]

    def test_asks_for_an_exec_that_was_made_and_run(self, engine: Engine, clock: e.Target) -> None:
        engine.execute(clock, "ls", status=409)
        assert not texts(registry.executed(engine.story))
        engine.end(engine.begin("container.exec", clock, body={"Cmd": ["ls"]}), 201, result={"id": "e1"})
        assert not texts(registry.executed(engine.story))


class TestTyped:
    def test_is_known_before_it_ends(self, engine: Engine) -> None:
        engine.type("docker ps")
        assert texts(registry.typed(engine.story, matches="docker ps")) == ["typed docker ps"]
        assert not texts(registry.typed(engine.story, matches="docker ps", status=0))

    def test_ends_in_its_own_terminal(self, engine: Engine) -> None:
        engine.type("docker ps", terminal=2)
        engine.prompt(status=0, terminal=1)
        assert not texts(registry.typed(engine.story, matches="docker ps", status=0))


class TestAnImageThatHadToBePulled:
    def missed(self, engine: Engine, pulled: int = 200) -> None:
        engine.call("container.create", status=404, body={"Image": "redis"})
        engine.call("image.pull", status=pulled, fromImage="redis", tag="latest")

    def pulled(self, engine: Engine) -> list[registry.Match]:
        return list(registry.created(engine.wait(5).story, image="redis", pulled=True))

    def test_the_client_asks_hears_no_pulls_and_asks_again(self, engine: Engine) -> None:
        self.missed(engine)
        engine.create("store", image="redis")
        assert texts(self.pulled(engine))

    def test_the_next_one_comes_from_the_cache(self, engine: Engine) -> None:
        self.missed(engine)
        engine.create("store", image="redis")
        engine.create("second", image="redis")
        assert len(self.pulled(engine)) == 1

    def test_a_pull_by_hand_is_another_command(self, engine: Engine) -> None:
        engine.call("container.create", status=404, body={"Image": "redis"})
        engine.wait(9).call("image.pull", fromImage="redis", tag="latest")
        engine.create("store", image="redis")
        assert not self.pulled(engine)

    def test_a_create_by_hand_is_another_command(self, engine: Engine) -> None:
        self.missed(engine)
        engine.wait(9).create("store", image="redis")
        assert not self.pulled(engine)

    def test_a_pull_that_failed_brought_nothing(self, engine: Engine) -> None:
        self.missed(engine, pulled=404)
        engine.create("store", image="redis")
        assert not self.pulled(engine)

    def test_is_what_a_pull_was_about(self, engine: Engine) -> None:
        engine.call("image.pull", fromImage="docker.io/library/redis", tag="7")
        assert list(registry.called(engine.story, call="image.pull", image="redis:7"))
        assert not list(registry.called(engine.story, call="image.pull", image="redis"))
