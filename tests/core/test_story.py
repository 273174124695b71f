"""What a story knows of a container that its rules ask for."""

from __future__ import annotations

from slipway.core import events as e
from slipway.core.story import Story
from tests.core.docker_events import ID, Engine


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
