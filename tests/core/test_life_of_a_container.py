"""The first lesson: which steps each command passes, and which it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from slipway.core.events import CommandFinished, Target
from slipway.core.lessons.checks import Verdict, judge
from slipway.core.lessons.lesson import Lesson
from tests.core.docker_events import ScriptedEngine
from tests.core.lesson_transcripts import clock, greeter


def verdict(lesson: Lesson, number: int, engine: ScriptedEngine, since: float = 0.0) -> Verdict:
    step = lesson.steps[number - 1]
    return judge(step.check, step.mistakes, engine.story, since)


class TestCreate:
    def test_passes_when_the_prompt_is_back(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo", "hi there")
        assert verdict(life, 1, engine).value == "not-yet"
        engine.prompt()
        passed = verdict(life, 1, engine)
        assert passed.value == "passed"
        assert passed.evidence[0].text == "created greeter from busybox: echo hi there"

    def test_passes_after_a_second_of_silence_without_a_prompt(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo", "hi there")
        assert verdict(life, 1, engine.advance(1.0)).value == "passed"

    def test_prompt_before_the_journal_does_not_pass(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.create("greeter", "echo", "hi there")
        overtaken = replace(engine.story, events=(*engine.story.events, CommandFinished(engine.now + 1, 1, 0)))
        step = life.steps[0]
        assert judge(step.check, step.mistakes, overtaken, 0.0).value == "not-yet"

    def test_create_followed_by_start_passes(self, life: Lesson, engine: ScriptedEngine) -> None:
        target = engine.create("greeter", "echo", "hi there")
        engine.start_attached(target)
        assert verdict(life, 1, engine).value == "passed"

    @pytest.mark.parametrize("run", ["run", "run_detached"])
    def test_run_is_explained(self, life: Lesson, engine: ScriptedEngine, run: str) -> None:
        getattr(engine, run)("greeter", "echo", "hi there")
        engine.prompt()
        found = verdict(life, 1, engine)
        assert found.value == "not-yet"
        assert "create *and* start" in found.why

    def test_other_image_is_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.create("greeter", "/hello", image="hello-world")
        assert "another image" in verdict(life, 1, engine.prompt()).why

    def test_missing_command_is_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.create("greeter", "sh")
        assert "own startup command" in verdict(life, 1, engine.prompt()).why


class TestStartAttached:
    def test_start_a_with_output_passes(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.start_attached(greeter(engine))
        assert verdict(life, 2, engine).value == "passed"

    def test_start_without_a_is_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        target = greeter(engine)
        engine.start(target)
        engine.die(target)
        assert "nobody was watching" in verdict(life, 2, engine).why

    def test_run_of_another_is_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        greeter(engine)
        engine.run("other", "echo", "hi there")
        assert "new container" in verdict(life, 2, engine.prompt()).why

    def test_start_a_of_another_container_is_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        greeter(engine)
        engine.start_attached(engine.create("other", "sh"))
        assert "another container" in verdict(life, 2, engine.prompt()).why

    def test_container_created_again_counts(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.remove(greeter(engine))
        assert "removed it" in verdict(life, 2, engine).why
        engine.start_attached(greeter(engine))
        assert verdict(life, 2, engine).value == "passed"

    def test_missing_container_names_the_first_step(self, life: Lesson, engine: ScriptedEngine) -> None:
        assert "created a container" in verdict(life, 2, engine).why


class TestLogs:
    def test_start_then_logs_passes(self, life: Lesson, engine: ScriptedEngine) -> None:
        target = greeter(engine)
        engine.start(target)
        engine.die(target)
        engine.prompt().logs(target)
        assert verdict(life, 3, engine).value == "passed"

    def test_logs_alone_are_explained(self, life: Lesson, engine: ScriptedEngine) -> None:
        engine.logs(greeter(engine))
        assert "from before" in verdict(life, 3, engine).why

    def test_start_attached_does_not_pass(self, life: Lesson, engine: ScriptedEngine) -> None:
        target = greeter(engine)
        engine.start_attached(target)
        engine.logs(target)
        assert verdict(life, 3, engine).value == "not-yet"

    def test_half_done_names_the_missing_half(self, life: Lesson, engine: ScriptedEngine) -> None:
        target = greeter(engine)
        engine.start(target)
        found = verdict(life, 3, engine)
        assert "Started greeter, with nobody watching ✓" in found.why
        assert "have not been read" in found.why


Action = Callable[[ScriptedEngine, Target], None]

STOPS: dict[str, tuple[Action, set[int]]] = {
    "stop": (lambda engine, it: engine.stop(it), {5}),
    "stop -t 10": (lambda engine, it: engine.stop(it, t="10"), {5}),
    "stop -t 2": (lambda engine, it: engine.stop(it, grace=2, t="2"), set()),
    "stop -t 0": (lambda engine, it: engine.stop(it, grace=0, t="0"), set()),
    "stop -t 30": (lambda engine, it: engine.stop(it, grace=30, t="30"), set()),
    "kill": (lambda engine, it: engine.kill(it), {7}),
    "kill -s KILL": (lambda engine, it: engine.kill(it, signal="KILL"), {7}),
    "kill -s 9": (lambda engine, it: engine.kill(it, signal="9"), {7}),
    "kill -s TERM": (lambda engine, it: engine.kill(it, 15, None, signal="TERM"), set()),
    "kill -s INT, obeyed": (lambda engine, it: engine.kill(it, 2, 0, signal="INT"), set()),
    "rm -f": (lambda engine, it: engine.remove(it, force=True, running=True), set()),
    "pause": (lambda engine, it: engine.call("container.pause", it), set()),
}


@pytest.mark.parametrize("action", STOPS)
def test_each_way_to_stop_ping_passes_only_its_step(life: Lesson, engine: ScriptedEngine, action: str) -> None:
    run, expected = STOPS[action]
    run(engine, clock(engine))
    engine.prompt()
    passed = {number for number in (1, 2, 3, 5, 6, 7) if verdict(life, number, engine).value == "passed"}
    assert passed == expected


def test_pending_stop_does_not_pass(life: Lesson, engine: ScriptedEngine) -> None:
    target = clock(engine)
    engine.start_call("container.stop", target)
    found = verdict(life, 5, engine.advance(6))
    assert found.value == "not-yet"
    assert "Wait for the ring to close" in found.why


def test_kill_during_a_stop_does_not_pass(life: Lesson, engine: ScriptedEngine) -> None:
    target = clock(engine)
    stop = engine.start_call("container.stop", target)
    engine.advance(9.5)
    engine.kill(target)
    engine.end_call(stop, 204)
    assert verdict(life, 5, engine).value == "not-yet"


def test_trap_passes_only_its_step(life: Lesson, engine: ScriptedEngine) -> None:
    target = engine.run_detached("tidy", "sh", "-c", "trap …")
    engine.stop(target, obeys=0)
    assert [n for n in range(1, 8) if verdict(life, n, engine.prompt()).value == "passed"] == [6]


def test_events_before_the_step_do_not_count(life: Lesson, engine: ScriptedEngine) -> None:
    engine.kill(clock(engine))
    engine.prompt()
    assert verdict(life, 7, engine, since=0).value == "passed"
    assert verdict(life, 7, engine, since=engine.now).value == "not-yet"
