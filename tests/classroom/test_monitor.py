"""The class monitor: what dashboards get, and that each learner gets only what concerns them."""

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

MISTAKE = "It ran, but nobody was watching."
STEP = "01-life", "watch"


class FakeClass:
    """A class of three with a monitor, and a clock that the test sets."""

    def __init__(self, *history: Activity) -> None:
        self.now = 1000.0
        self.members = [Person(one, one.title(), instructor=False) for one in ("ada", "ben", "cem")]
        self.activities: list[Activity] = []
        self.failures = EngineFailures()
        mistake_names = {MISTAKE: "watched nothing"}
        self.monitor = ClassMonitor(self, self.record, history, mistake_names, lambda: self.now, self.failures.all)

    def people(self) -> list[Person]:
        return self.members

    def record(self, activity: Activity) -> None:
        self.activities.append(activity)
        self.monitor.on_activity(activity)

    def record_kinds(self, learner: str, *kinds: tuple[str, str]) -> None:
        for kind, text in kinds:
            self.now += 3
            self.record(Activity(learner, self.now, *STEP, kind, text))  # type: ignore[arg-type]

    def repeat_mistake(self, learner: str) -> None:
        """Record the same mistake twice."""
        again = ("command", "docker start box"), ("mistake", MISTAKE)
        self.record_kinds(learner, ("opened", ""), *again, *again)


class Page:
    """A page that queues its messages."""

    def __init__(self) -> None:
        self.messages: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        self.messages.put((name, payload))

    def next_message(self) -> tuple[str, dict[str, Any]]:
        return self.messages.get(timeout=10)


@pytest.fixture
def class_() -> FakeClass:
    return FakeClass()


@pytest.fixture
def dashboard(class_: FakeClass) -> Iterator[Page]:
    page = Page()
    yield page
    class_.monitor.unwatch(page)


def wait_for_state(page: Page, shown: dict[str, Any], who: str, state: str) -> dict[str, Any]:
    """Return the dashboard once it shows `who` in this state."""
    while shown["people"][who]["state"] != state:
        name, difference = page.next_message()
        assert name == "wall"
        shown = apply_diff(shown, difference)
    return shown


def test_dashboard_gets_everything_then_the_differences(class_: FakeClass, dashboard: Page) -> None:
    ada = Page()
    class_.monitor.connect("ada", ada)
    shown = class_.monitor.watch(dashboard)
    assert {who: one["state"] for who, one in shown["people"].items()} == {
        "ada": "working",
        "ben": "lost",
        "cem": "lost",
    }
    class_.repeat_mistake("ada")
    shown = wait_for_state(dashboard, shown, "ada", "stuck")
    groups = [(one["say"], one["label"], one["learners"]) for one in shown["groups"]]
    assert groups == [(MISTAKE, "watched nothing", ["ada"])]
    class_.monitor.disconnect("ada", ada)
    class_.now += 60
    assert wait_for_state(dashboard, shown, "ada", "lost")["groups"] == []


def test_learners_without_an_engine_are_on_the_dashboard_with_the_reason(class_: FakeClass, dashboard: Page) -> None:
    shown = class_.monitor.watch(dashboard)
    assert shown["engines"] == []
    for learner in ("ada", "stranger", "ben", INSTRUCTOR, SPARE):
        class_.failures.add(learner, IndexError("tuple index out of range"))
    shown = wait_for_failures(dashboard, shown, [["ada", "ben", INSTRUCTOR]])
    assert shown["engines"][0]["say"] == "Internal error of the lab (IndexError): its log has the details."
    for learner in ("ada", "stranger", INSTRUCTOR, SPARE):
        class_.failures.over(learner)
    shown = wait_for_failures(dashboard, shown, [["ben"]])
    class_.failures.add("ada", UserFacingError("All engines are in use."))
    shown = wait_for_failures(dashboard, shown, [["ben"], ["ada"]])
    class_.failures.over("ben")
    class_.failures.over("ada")
    wait_for_failures(dashboard, shown, [])


def wait_for_failures(page: Page, shown: dict[str, Any], learners: list[list[str]]) -> dict[str, Any]:
    """Return the dashboard once its rows show that these learners have no engine."""
    while [one["learners"] for one in shown["engines"]] != learners:
        name, difference = page.next_message()
        assert name == "wall"
        shown = apply_diff(shown, difference)
    return shown


def test_many_activities_are_sent_in_few_updates(class_: FakeClass, dashboard: Page) -> None:
    class_.monitor.connect("ada", Page())
    shown = class_.monitor.watch(dashboard)
    class_.record_kinds("ada", ("opened", ""), *[("command", f"echo {number}") for number in range(500)])
    updates = 0
    while shown["people"]["ada"]["command"] != "echo 499":
        shown = apply_diff(shown, dashboard.next_message()[1])
        updates += 1
    assert updates < 50


def test_activities_before_a_restart_are_known() -> None:
    class_ = FakeClass(Activity("ada", 900.0, *STEP, "opened"), Activity("ada", 910.0, *STEP, "help"))
    page = Page()
    told = class_.monitor.watch(page)["people"]["ada"]
    class_.monitor.unwatch(page)
    assert (told["step"], told["hand"]) == ("watch", 910.0)
    assert class_.monitor.learner_status("ada")["help"] == "asked"


def test_closing_one_of_several_pages_is_not_a_disconnect(class_: FakeClass, dashboard: Page) -> None:
    first, second = Page(), Page()
    class_.monitor.connect("ada", first)
    class_.monitor.connect("ada", second)
    class_.monitor.disconnect("ada", first)
    class_.now += 60
    assert class_.monitor.watch(dashboard)["people"]["ada"]["state"] == "working"
    class_.monitor.send_message(["ada"], *STEP, "Try -a.")
    assert second.next_message()[0] == "pushed"
    assert first.messages.empty()


def test_message_reaches_exactly_its_recipients(class_: FakeClass) -> None:
    pages = {one: Page() for one in ("ada", "ben", "cem")}
    for who, page in pages.items():
        class_.monitor.connect(who, page)
    assert class_.monitor.send_message(["ada", "cem", "stranger"], *STEP, " Try `-a`. ") == 2
    for who in ("ada", "cem"):
        told = pages[who].next_message()[1]["told"]
        assert [(one["lesson"], one["step"], one["text"]) for one in told] == [(*STEP, "Try `-a`.")]
    assert pages["ben"].messages.empty()
    assert [(one.learner, one.kind) for one in class_.activities] == [("ada", "told"), ("cem", "told")]


@pytest.mark.parametrize(
    ("to", "text", "say"),
    [
        (["ada"], "  ", NOTHING_SAID),
        (["ada"], "x" * (MAX_TEXT_LENGTH + 1), TOO_LONG),
        (["stranger"], "Hello.", NOT_HERE),
    ],
)
def test_invalid_message_raises_a_sentence(class_: FakeClass, to: list[str], text: str, say: str) -> None:
    with pytest.raises(ValueError, match=re.escape(say)):
        class_.monitor.send_message(to, *STEP, text)
    assert class_.activities == []


def test_message_stays_until_it_is_read(class_: FakeClass) -> None:
    class_.monitor.send_message(["ada"], *STEP, "Try -a.")
    [note] = class_.monitor.learner_status("ada")["told"]
    class_.monitor.record("ada", "read", "another")
    assert class_.monitor.learner_status("ada")["told"] == [note]
    class_.monitor.record("ada", "read", note["id"])
    assert class_.monitor.learner_status("ada")["told"] == []


def test_help_request_is_seen_and_can_be_withdrawn(class_: FakeClass) -> None:
    ada = Page()
    class_.monitor.connect("ada", ada)
    for kind, stands in (("help", "asked"), ("help", "asked"), ("seen", "seen"), ("settled", "none"), ("seen", "none")):
        class_.monitor.record("ada", kind)  # type: ignore[arg-type]
        assert class_.monitor.learner_status("ada")["help"] == stands
    assert [one.kind for one in class_.activities] == ["help", "seen", "settled"]
    assert [ada.next_message()[1]["help"] for _ in range(3)] == ["asked", "seen", "none"]


def test_learner_gets_nothing_of_others(class_: FakeClass) -> None:
    ada = Page()
    class_.monitor.connect("ada", ada)
    class_.repeat_mistake("ben")
    class_.monitor.record("ben", "help")
    class_.monitor.send_message(["ben"], *STEP, "Try -a.")
    class_.monitor.connect("cem", Page())
    assert ada.messages.empty()
    assert set(class_.monitor.learner_status("ada")) == {"help", "told"}
