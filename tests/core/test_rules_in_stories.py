"""What the table of rules can't say: calls that fail or are still under way, second runs, and hands that interfere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from slipway.core import events as e
from slipway.core import rules
from slipway.core.fitting import Match
from slipway.core.signals import name_of_signal, number_of_signal
from slipway.core.story import Story
from tests.core.telling import ID, Engine


def texts(matches: Iterator[Match]) -> list[str]:
    return [one.text for one in matches]


@pytest.fixture
def clock(engine: Engine) -> e.Target:
    return engine.run_detached("clock", "ping")


class TestCreated:
    def test_asks_for_an_answer_that_is_a_container(self, engine: Engine) -> None:
        engine.call("container.create", status=409, body={})
        engine.call("container.create", status=201, body=None)
        engine.begin("container.create", body={})
        assert not texts(rules.created(engine.wait(5).story))

    def test_can_not_be_told_from_run_while_it_is_fresh(self, engine: Engine) -> None:
        engine.create("greeter", "echo")
        assert not texts(rules.created(engine.story, by="create"))
        assert not texts(rules.created(engine.story, by="run"))
        assert texts(rules.created(engine.story)) == ["created greeter from busybox: echo"]

    @pytest.mark.parametrize("condition", [None, "next-exit", "removed"])
    def test_by_run_is_told_by_the_wait_that_asks_for_the_next_exit(self, engine: Engine, condition: str) -> None:
        engine.call("container.wait", engine.create("greeter"), **({"condition": condition} if condition else {}))
        assert bool(texts(rules.created(engine.story, by="run"))) is (condition is not None)

    def test_names_the_startup_command_when_there_is_no_other(self, engine: Engine) -> None:
        engine.create("greeter")
        assert texts(rules.created(engine.story)) == ["created greeter from busybox: its own startup command"]

    @pytest.mark.parametrize("image", ["b4f6e2", "sha256:b4f6e2", "busybox@sha256:77aa", "docker.io/library/busybox"])
    def test_knows_its_image_by_any_name_for_it(self, engine: Engine, image: str) -> None:
        cached = {"id": "sha256:b4f6e2c0", "tags": ["busybox:latest"], "size": 1}
        engine.say(e.EngineSeen(engine.now, "26.1.5", (), (cached,)))
        engine.create("greeter", "echo", image=image)
        assert texts(rules.created(engine.story, image="busybox"))
        assert not texts(rules.created(engine.story, image="redis"))

    @pytest.mark.parametrize(
        "command", ["ping 1", "/bin/ping 1", "busybox ping 1", "sh -c|ping 1", "/bin/sh -c|exec ping 1; true"]
    )
    def test_finds_the_program_behind_a_shell(self, engine: Engine, command: str) -> None:
        words, _, script = command.partition("|")
        engine.create("clock", *words.split(), *filter(None, [script]))
        assert texts(rules.created(engine.story, program="ping"))
        assert not texts(rules.created(engine.story, program="echo"))

    def test_does_not_split_a_word_into_a_program(self, engine: Engine) -> None:
        engine.create("greeter", "echo hi there")
        assert not texts(rules.created(engine.story, program="echo"))


class TestStarted:
    def test_is_not_told_of_what_ran_already_or_failed(self, engine: Engine, clock: e.Target) -> None:
        engine.call("container.start", clock, status=304)
        engine.call("container.start", clock, status=500)
        assert len(texts(rules.started(engine.story))) == 1

    def test_by_run_is_the_first_start_only(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        assert len(texts(rules.started(engine.story, by="run"))) == 1
        assert len(texts(rules.started(engine.story, by="start"))) == 1

    def test_of_a_container_whose_birth_nobody_saw_is_by_start(self, engine: Engine) -> None:
        engine.start(e.Target("old", "f" * 64, "old"))
        assert texts(rules.started(engine.story, by="start")) == ["started old"]

    def test_printed_something_asks_for_a_watcher_and_an_end(self, engine: Engine, clock: e.Target) -> None:
        assert not texts(rules.started(engine.story, printed=""))
        attach = engine.begin("container.attach", clock, stdout="1", stream="1")
        engine.start(clock)
        assert not texts(rules.started(engine.story, printed=""))
        engine.end(attach, 101, out="tick")
        assert len(texts(rules.started(engine.story, printed=""))) == 1

    def test_attaching_afterwards_is_not_watching(self, engine: Engine, clock: e.Target) -> None:
        engine.wait(1).call("container.attach", clock, stdout="1")
        assert texts(rules.started(engine.story, attached=False)) == ["started clock, with nobody watching"]

    def test_attaching_the_keyboard_alone_is_not_watching(self, engine: Engine) -> None:
        target = engine.create("greeter", "cat")
        engine.begin("container.attach", target, stdin="1")
        engine.start(target)
        assert not texts(rules.started(engine.story, attached=True))


class TestLogsRead:
    def test_is_over_when_the_reader_leaves(self, engine: Engine, clock: e.Target) -> None:
        reading = engine.begin("container.logs", clock, follow="1")
        assert not texts(rules.logs_read(engine.story))
        engine.end(reading, 200, err="oh no", cut=True)
        assert texts(rules.logs_read(engine.story, contains="oh no")) == ["read the logs of clock"]


class TestStopped:
    def test_says_what_it_saw(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock)
        assert texts(rules.stopped(engine.story)) == [
            "SIGTERM to clock, nothing for 10.0 s, then SIGKILL: exit code 137"
        ]

    def test_by_itself_says_so(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        assert texts(rules.stopped(engine.story, forced=False)) == [
            "SIGTERM to clock, and it ended by itself after 0.2 s: exit code 0"
        ]

    def test_of_what_had_ended_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.wait(1).call("container.stop", clock, status=304)
        assert not texts(rules.stopped(engine.story))

    def test_without_a_signal_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.begin("container.stop", clock)
        engine.die(clock, 0)
        assert not texts(rules.stopped(engine.story))

    @pytest.mark.parametrize(("signal", "stops"), [("TERM", 1), ("9", 0), ("", 0)])
    def test_is_one_although_another_signal_was_sent_in_vain(
        self, engine: Engine, clock: e.Target, signal: str, stops: int
    ) -> None:
        engine.stop(clock)
        hand = e.CallStarted(engine.now - 5, "t-hand", "container.kill", "POST", "/kill", clock, {"signal": signal})
        engine.say(hand)
        assert len(texts(rules.stopped(engine.story, forced=True))) == stops

    def test_is_none_when_another_signal_ended_it(self, engine: Engine, clock: e.Target) -> None:
        engine.stop(clock, obeys=0)
        engine.say(e.CallStarted(engine.now - 0.1, "t-h", "container.kill", "POST", "/kill", clock, {"signal": "INT"}))
        assert not texts(rules.stopped(engine.story))

    def test_is_none_while_it_waits(self, engine: Engine, clock: e.Target) -> None:
        engine.begin("container.stop", clock)
        engine.say(e.SignalSent(engine.now, clock.id, 15))
        assert not texts(rules.stopped(engine.wait(6).story))

    def test_right_after_another_end_is_measured_by_its_own_signals(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.start(clock)
        engine.stop(clock)
        assert len(texts(rules.stopped(engine.story, forced=True, grace_at_least=9, grace_at_most=11.5))) == 1

    def test_with_a_kill_in_between_is_none(self, engine: Engine, clock: e.Target) -> None:
        stop = engine.begin("container.stop", clock)
        engine.say(e.SignalSent(engine.now, clock.id, 15))
        engine.wait(4).kill(clock)
        engine.end(stop, 204)
        assert not texts(rules.stopped(engine.story))


class TestKilled:
    def test_that_lives_on_is_known_after_two_seconds(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock, 15, None, signal="TERM")
        assert not texts(rules.killed(engine.story, signal="TERM", died=False))
        assert texts(rules.killed(engine.wait(2).story, signal="TERM", died=False)) == [
            "SIGTERM by docker kill to clock: it lives on"
        ]

    def test_may_take_its_time_on_a_busy_machine(self, engine: Engine, clock: e.Target) -> None:
        kill = engine.begin("container.kill", clock)
        engine.wait(5).die(clock, 137)
        engine.end(kill, 204)
        assert len(texts(rules.killed(engine.story, code=137))) == 1

    def test_says_how_it_ended(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        assert texts(rules.killed(engine.story)) == ["SIGKILL by docker kill to clock: exit code 137"]

    def test_of_what_does_not_run_is_none(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock)
        engine.call("container.kill", clock, status=409)
        assert len(texts(rules.killed(engine.story))) == 1

    def test_with_a_signal_that_is_none_never_fits(self, engine: Engine, clock: e.Target) -> None:
        engine.kill(clock, 9, 137, signal="NONSENSE")
        assert not texts(rules.killed(engine.story))


class TestRemoved:
    def test_counts_from_the_attempt_that_worked(self, engine: Engine, clock: e.Target) -> None:
        engine.call("container.remove", clock, status=409)
        began = engine.wait(60).now
        engine.remove(clock, force=True, running=True)
        assert [one.at for one in rules.removed(engine.story)] == [began]
        assert not texts(rules.removed(engine.story, forced=False))

    def test_by_the_engine_itself_after_run_rm(self, engine: Engine, clock: e.Target) -> None:
        engine.say(e.ContainerRemoved(engine.now, clock.id))
        assert texts(rules.removed(engine.story, forced=False)) == ["removed clock"]


class TestCalled:
    def test_waits_for_the_answer(self, engine: Engine) -> None:
        listing = engine.begin("container.list")
        assert not texts(rules.called(engine.story, call="container.list"))
        engine.end(listing, 200)
        assert texts(rules.called(engine.story, call="container.list")) == ["listed the running containers"]


class TestExecuted:
    def test_says_what_ran_where(self, engine: Engine, clock: e.Target) -> None:
        engine.execute(clock, "ls", "-l")
        assert texts(rules.executed(engine.story)) == ["ran ls -l inside clock"]

    def test_asks_for_an_exec_that_was_made_and_run(self, engine: Engine, clock: e.Target) -> None:
        engine.execute(clock, "ls", status=409)
        assert not texts(rules.executed(engine.story))
        engine.end(engine.begin("container.exec", clock, body={"Cmd": ["ls"]}), 201, result={"id": "e1"})
        assert not texts(rules.executed(engine.story))


class TestTyped:
    def test_is_known_before_it_ends(self, engine: Engine) -> None:
        engine.type("docker ps")
        assert texts(rules.typed(engine.story, matches="docker ps")) == ["typed docker ps"]
        assert not texts(rules.typed(engine.story, matches="docker ps", status=0))

    def test_ends_in_its_own_terminal(self, engine: Engine) -> None:
        engine.type("docker ps", terminal=2)
        engine.prompt(status=0, terminal=1)
        assert not texts(rules.typed(engine.story, matches="docker ps", status=0))


class TestAnImageThatHadToBePulled:
    def missed(self, engine: Engine, pulled: int = 200) -> None:
        engine.call("container.create", status=404, body={"Image": "redis"})
        engine.call("image.pull", status=pulled, fromImage="redis", tag="latest")

    def pulled(self, engine: Engine) -> list[rules.Match]:
        return list(rules.created(engine.wait(5).story, image="redis", pulled=True))

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
        assert list(rules.called(engine.story, call="image.pull", image="redis:7"))
        assert not list(rules.called(engine.story, call="image.pull", image="redis"))


class TestAStory:
    def test_calls_a_container_by_its_name_then_by_what_its_calls_knew_then_by_its_id(self, engine: Engine) -> None:
        engine.call("container.inspect", e.Target("x", "d" * 64, "ghost"))
        clock = engine.create("clock")
        names = [engine.story.name_of(id) for id in (clock.id, "d" * 64, "c" * 64)]
        assert names == ["clock", "ghost", "c" * 12]

    def test_knows_no_acts_on_nothing_and_no_end_of_what_never_began(self) -> None:
        story = Story((e.CallEnded(1.0, "c", "container.list", 200, 0.1),))
        assert not story.acts
        assert not story.acts_on("")
        assert story.creation(ID.format(1)) is None


def test_signals_have_names_and_numbers() -> None:
    assert [number_of_signal(text) for text in ("15", "TERM", "sigterm", "nonsense")] == [15, 15, 15, None]
    assert [name_of_signal(number) for number in (1, 9, 31, 0, 99)] == [
        *("SIGHUP", "SIGKILL", "SIGSYS"),
        *("signal 0", "signal 99"),
    ]
