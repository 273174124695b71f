"""The lookout: where everybody is, told to whoever watches, and what each learner hears of it: only of themselves."""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from typing import Any

import pytest

from slipway.classroom.monitor import NOT_HERE, NOTHING_SAID, TOO_LONG, ClassMonitor
from slipway.core.classroom.activity import MAX_TEXT_LENGTH, Activity
from slipway.core.classroom.dashboard_diff import apply_diff
from slipway.core.classroom.members import INSTRUCTOR, Person
from slipway.core.errors import UserFacingError
from slipway.sessions.engine_failures import SPARE, EngineFailures

SLIP = "It ran, but nobody was watching."
STEP = "01-life", "watch"


class Room:
    """A class of three, its lookout, and the hands of a clock."""

    def __init__(self, *past: Activity) -> None:
        self.now = 1000.0
        self.known = [Person(one, one.title(), instructor=False) for one in ("ada", "ben", "cem")]
        self.deeds: list[Activity] = []
        self.failures = EngineFailures()
        shorts = {SLIP: "watched nothing"}
        self.monitor = ClassMonitor(self, self.record, past, shorts, lambda: self.now, self.failures.all)

    def people(self) -> list[Person]:
        return self.known

    def record(self, deed: Activity) -> None:
        self.deeds.append(deed)
        self.monitor.on_activity(deed)

    def makes(self, learner: str, *kinds: tuple[str, str]) -> None:
        for kind, text in kinds:
            self.now += 3
            self.record(Activity(learner, self.now, *STEP, kind, text))  # type: ignore[arg-type]

    def sticks(self, learner: str) -> None:
        """They make the same mistake twice."""
        again = ("command", "docker start box"), ("mistake", SLIP)
        self.makes(learner, ("opened", ""), *again, *again)


class Page:
    """Somebody who listens."""

    def __init__(self) -> None:
        self.told: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        self.told.put((name, payload))

    def hear(self) -> tuple[str, dict[str, Any]]:
        return self.told.get(timeout=10)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def wall(room: Room) -> Iterator[Page]:
    page = Page()
    yield page
    room.monitor.unwatch(page)


def until(page: Page, chart: dict[str, Any], who: str, state: str) -> dict[str, Any]:
    """The chart, when it shows `who` in this state."""
    while chart["people"][who]["state"] != state:
        name, told = page.hear()
        assert name == "wall"
        chart = apply_diff(chart, told)
    return chart


def test_a_wall_is_told_everything_and_then_what_changes(room: Room, wall: Page) -> None:
    ada = Page()
    room.monitor.connect("ada", ada)
    chart = room.monitor.watch(wall)
    assert {who: one["state"] for who, one in chart["people"].items()} == {
        "ada": "working",
        "ben": "lost",
        "cem": "lost",
    }
    room.sticks("ada")
    chart = until(wall, chart, "ada", "stuck")
    groups = [(one["say"], one["label"], one["learners"]) for one in chart["groups"]]
    assert groups == [(SLIP, "watched nothing", ["ada"])]
    room.monitor.disconnect("ada", ada)
    room.now += 60
    assert until(wall, chart, "ada", "lost")["groups"] == []


def test_who_has_no_engine_is_on_the_wall_with_the_reason_until_they_have_one(room: Room, wall: Page) -> None:
    chart = room.monitor.watch(wall)
    assert chart["engines"] == []
    for learner in ("ada", "stranger", "ben", INSTRUCTOR, SPARE):
        room.failures.add(learner, IndexError("tuple index out of range"))
    chart = until_without(wall, chart, [["ada", "ben", INSTRUCTOR]])
    assert chart["engines"][0]["say"] == "Internal error of the lab (IndexError): its log has the details."
    for learner in ("ada", "stranger", INSTRUCTOR, SPARE):
        room.failures.over(learner)
    chart = until_without(wall, chart, [["ben"]])
    room.failures.add("ada", UserFacingError("All engines are in use."))
    chart = until_without(wall, chart, [["ben"], ["ada"]])
    room.failures.over("ben")
    room.failures.over("ada")
    until_without(wall, chart, [])


def until_without(page: Page, chart: dict[str, Any], learners: list[list[str]]) -> dict[str, Any]:
    """The chart, when its rows show that these have no engine."""
    while [one["learners"] for one in chart["engines"]] != learners:
        name, told = page.hear()
        assert name == "wall"
        chart = apply_diff(chart, told)
    return chart


def test_a_flood_is_told_in_a_few_words(room: Room, wall: Page) -> None:
    room.monitor.connect("ada", Page())
    chart = room.monitor.watch(wall)
    room.makes("ada", ("opened", ""), *[("command", f"echo {number}") for number in range(500)])
    heard = 0
    while chart["people"]["ada"]["command"] != "echo 499":
        chart = apply_diff(chart, wall.hear()[1])
        heard += 1
    assert heard < 50


def test_what_was_done_before_the_lab_was_started_again_is_known() -> None:
    room = Room(Activity("ada", 900.0, *STEP, "opened"), Activity("ada", 910.0, *STEP, "help"))
    page = Page()
    told = room.monitor.watch(page)["people"]["ada"]
    room.monitor.unwatch(page)
    assert (told["step"], told["hand"]) == ("watch", 910.0)
    assert room.monitor.learner_status("ada")["help"] == "asked"


def test_a_page_more_or_less_of_one_learner_is_not_their_going(room: Room, wall: Page) -> None:
    first, second = Page(), Page()
    room.monitor.connect("ada", first)
    room.monitor.connect("ada", second)
    room.monitor.disconnect("ada", first)
    room.now += 60
    assert room.monitor.watch(wall)["people"]["ada"]["state"] == "working"
    room.monitor.send_message(["ada"], *STEP, "Try -a.")
    assert second.hear()[0] == "pushed"
    assert first.told.empty()


def test_a_sentence_goes_to_exactly_those_who_are_meant(room: Room) -> None:
    pages = {one: Page() for one in ("ada", "ben", "cem")}
    for who, page in pages.items():
        room.monitor.connect(who, page)
    assert room.monitor.send_message(["ada", "cem", "stranger"], *STEP, " Try `-a`. ") == 2
    for who in ("ada", "cem"):
        told = pages[who].hear()[1]["told"]
        assert [(one["lesson"], one["step"], one["text"]) for one in told] == [(*STEP, "Try `-a`.")]
    assert pages["ben"].told.empty()
    assert [(one.learner, one.kind) for one in room.deeds] == [("ada", "told"), ("cem", "told")]


@pytest.mark.parametrize(
    ("to", "text", "say"),
    [
        (["ada"], "  ", NOTHING_SAID),
        (["ada"], "x" * (MAX_TEXT_LENGTH + 1), TOO_LONG),
        (["stranger"], "Hello.", NOT_HERE),
    ],
)
def test_what_can_not_be_sent_is_a_sentence(room: Room, to: list[str], text: str, say: str) -> None:
    with pytest.raises(ValueError, match=re.escape(say)):
        room.monitor.send_message(to, *STEP, text)
    assert room.deeds == []


def test_a_note_stays_until_it_is_put_away(room: Room) -> None:
    room.monitor.send_message(["ada"], *STEP, "Try -a.")
    [note] = room.monitor.learner_status("ada")["told"]
    room.monitor.record("ada", "read", "another")
    assert room.monitor.learner_status("ada")["told"] == [note]
    room.monitor.record("ada", "read", note["id"])
    assert room.monitor.learner_status("ada")["told"] == []


def test_asking_for_help_is_seen_and_can_be_taken_back(room: Room) -> None:
    ada = Page()
    room.monitor.connect("ada", ada)
    for kind, stands in (("help", "asked"), ("help", "asked"), ("seen", "seen"), ("settled", "none"), ("seen", "none")):
        room.monitor.record("ada", kind)  # type: ignore[arg-type]
        assert room.monitor.learner_status("ada")["help"] == stands
    assert [one.kind for one in room.deeds] == ["help", "seen", "settled"]
    assert [ada.hear()[1]["help"] for _ in range(3)] == ["asked", "seen", "none"]


def test_a_learner_hears_nothing_of_what_the_others_do(room: Room) -> None:
    ada = Page()
    room.monitor.connect("ada", ada)
    room.sticks("ben")
    room.monitor.record("ben", "help")
    room.monitor.send_message(["ben"], *STEP, "Try -a.")
    room.monitor.connect("cem", Page())
    assert ada.told.empty()
    assert set(room.monitor.learner_status("ada")) == {"help", "told"}
