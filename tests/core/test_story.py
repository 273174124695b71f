"""What a story tells the rules about a container."""

from __future__ import annotations

from slipway.core import events as e
from slipway.core.story import Story
from tests.core.docker_events import ID, ScriptedEngine


class TestAStory:
    def test_container_name_is_from_the_world_then_from_calls_then_the_id(self, engine: ScriptedEngine) -> None:
        engine.call("container.inspect", e.Target("x", "d" * 64, "ghost"))
        clock = engine.create("clock")
        names = [engine.story.container_name(id) for id in (clock.id, "d" * 64, "c" * 64)]
        assert names == ["clock", "ghost", "c" * 12]

    def test_end_without_a_start_is_not_a_call(self) -> None:
        story = Story((e.CallEnded(1.0, "c", "container.list", 200, 0.1),))
        assert not story.calls
        assert not story.calls_on("")
        assert story.creation_call(ID.format(1)) is None
