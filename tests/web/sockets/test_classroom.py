"""The `/class` namespace, with real Socket.IO clients: the class dashboard, and a learner's requests for help."""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
import requests
import socketio
from socketio.exceptions import ConnectionError as Refused

from tests.disks import Disk
from tests.eventually import eventually
from tests.web.lab_server import Running
from tests.web.sockets.test_lab import TOKEN

Class: TypeAlias = tuple[Running, dict[str, str]]
LIFE, WATCH = "01-the-life-of-a-container", "start-it-and-watch"
NOT_YOURS = {"ok": False, "say": "Only the instructor can do that."}


class ClassClient:
    """A Socket.IO client on `/class`."""

    def __init__(self, lab: Running, token: str) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.session = requests.Session()
        self.client = socketio.Client(reconnection=False, http_session=self.session)
        self.client.on("*", lambda name, *payload: self.heard.put((name, payload[0])), namespace="/class")
        try:
            self.client.connect(
                lab.url, auth={"token": token}, namespaces=["/class"], transports=["websocket"], wait_timeout=10
            )
        except Refused:
            self.close()
            raise

    def ask(self, name: str, payload: Any = None) -> Any:
        return self.client.call(name, payload, namespace="/class", timeout=10)

    def hear(self, wanted: str) -> Any:
        """The next payload of this name."""
        while True:
            name, payload = self.heard.get(timeout=10)
            if name == wanted:
                return payload

    def close(self) -> None:
        self.client.disconnect()
        self.session.close()


def test_full_disk_refuses_changes_but_shows_requests_for_help(classroom_on_disk: Class, disk: Disk) -> None:
    lab, secrets = classroom_on_disk
    instructor, ada, who = ClassClient(lab, TOKEN), ClassClient(lab, secrets["Ada"]), learner(secrets["Ada"])
    wall = instructor.ask("wall")
    disk.fill()
    for event, payload in (("anew", None), ("rename", {"learner": who, "name": "Eve"}), ("remove", {"learner": who})):
        answer = instructor.ask(event, payload)
        assert (answer["ok"], "no space left on its disk" in answer["say"]) == (False, True)
    assert ada.ask("help", {"ask": True})["help"] == "asked"
    assert instructor.hear("wall")["people"][who]["hand"] > 0
    assert instructor.ask("wall")["order"] == wall["order"]
    assert "dismissed" not in lab.log
    assert "Traceback" not in lab.log

    disk.free()
    assert instructor.ask("rename", {"learner": who, "name": "Eve"}) == {"ok": True, "name": "Eve"}
    eventually(lambda: "1 waiting activities are written" in lab.log)
    for page in (instructor, ada):
        page.close()


@pytest.fixture
def pages(classroom: Class) -> Iterator[dict[str, ClassClient]]:
    """A page of each learner and of the `instructor`."""
    lab, secrets = classroom
    made = {name: ClassClient(lab, secret) for name, secret in {"instructor": TOKEN, **secrets}.items()}
    yield made
    for page in made.values():
        page.close()


def learner(secret: str) -> str:
    return secret.partition(".")[0]


def test_instructor_gets_the_dashboard_with_all_learners(classroom: Class, pages: dict[str, ClassClient]) -> None:
    wall = pages["instructor"].ask("wall")
    assert wall["ok"]
    assert [wall["people"][who]["name"] for who in wall["order"]] == ["Ada", "Ben", "Cem"]
    assert {one["state"] for one in wall["people"].values()} == {"working"}
    assert wall["engines"] == []


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("wall", None),
        ("hints", {"lesson": LIFE, "step": WATCH}),
        ("push", {"learners": ["x"], "lesson": LIFE, "step": WATCH, "text": "Hello."}),
        ("seen", {"learner": "x"}),
        ("settled", {"learner": "x"}),
        ("member", {"learner": "x"}),
        ("rename", {"learner": "x", "name": "X"}),
        ("remove", {"learner": "x"}),
        ("anew", None),
    ],
)
def test_instructor_events_are_refused_for_learners(pages: dict[str, ClassClient], event: str, payload: Any) -> None:
    assert pages["Ada"].ask(event, payload) == NOT_YOURS


def test_learner_gets_no_news_of_others(classroom: Class, pages: dict[str, ClassClient]) -> None:
    pages["Ada"].ask("wall")
    pages["instructor"].ask("wall")
    pages["Ben"].ask("help", {"ask": True})
    assert pages["instructor"].hear("wall")["people"]
    pages["instructor"].ask("push", push([classroom[1]["Ben"]], "Try -a."))
    pages["Cem"].close()
    assert pages["Ben"].hear("pushed")["told"]
    assert pages["Ada"].ask("standing") == {"ok": True, "help": "none", "told": [], "name": "Ada", "instructor": False}
    assert pages["Ada"].heard.empty()


def push(secrets: list[str], text: str) -> dict[str, Any]:
    return {"learners": [learner(one) for one in secrets], "lesson": LIFE, "step": WATCH, "text": text}


def test_request_for_help_is_shown_and_acknowledged(classroom: Class, pages: dict[str, ClassClient]) -> None:
    instructor, ada, who = pages["instructor"], pages["Ada"], learner(classroom[1]["Ada"])
    instructor.ask("wall")
    assert ada.ask("help", {"ask": True})["help"] == "asked"
    assert instructor.hear("wall")["people"][who]["hand"] > 0
    assert instructor.ask("seen", {"learner": who}) == {"ok": True}
    assert [ada.hear("help")["help"] for _ in range(2)] == ["asked", "seen"]
    assert ada.ask("help", {"ask": False})["help"] == "none"


def test_message_reaches_its_recipients_and_can_be_dismissed(classroom: Class, pages: dict[str, ClassClient]) -> None:
    secrets = classroom[1]
    answer = pages["instructor"].ask("push", push([secrets["Ada"], secrets["Cem"]], "Try `-a`."))
    assert answer == {"ok": True, "to": 2}
    for name in ("Ada", "Cem"):
        [note] = pages[name].hear("pushed")["told"]
        assert (note["step"], note["text"]) == (WATCH, "Try `-a`.")
    assert pages["Ben"].ask("standing")["told"] == []
    [own] = pages["Ada"].ask("standing")["told"]
    assert pages["Ada"].ask("read", {"id": own["id"]}) == {"ok": True}
    assert pages["Ada"].ask("standing")["told"] == []
    assert pages["Cem"].ask("standing")["told"] == [note]


def test_hints_of_a_step_are_offered_for_sending(pages: dict[str, ClassClient]) -> None:
    assert pages["instructor"].ask("hints", {"lesson": LIFE, "step": WATCH})["hints"]
    assert pages["instructor"].ask("hints", {"lesson": "99-none", "step": WATCH})["hints"] == []
    assert pages["instructor"].ask("hints", {"lesson": LIFE, "step": "none"})["hints"] == []


@pytest.mark.parametrize(
    ("event", "payload", "say"),
    [
        ("push", push([], "Hello."), "The page sent no usable `learners`."),
        ("push", push(["x"], ""), "The page sent no usable `text`."),
        ("push", push(["x"], " "), "There is nothing to send yet. Write a message first."),
        ("push", push(["x"], "Hello."), "None of these learners is in this class any more."),
        ("help", {"ask": True}, "You are the instructor; only learners can ask for help."),
        ("help", {"ask": 1}, "The page sent no usable `ask`."),
    ],
)
def test_refusal_is_a_sentence(pages: dict[str, ClassClient], event: str, payload: Any, say: str) -> None:
    if event == "help" and payload["ask"] is not True:
        assert pages["Ada"].ask(event, payload) == {"ok": False, "say": say}
    else:
        assert pages["instructor"].ask(event, payload) == {"ok": False, "say": say}


def test_instructor_looks_up_codes_and_corrects_names(classroom: Class, pages: dict[str, ClassClient]) -> None:
    instructor, ada = pages["instructor"], learner(classroom[1]["Ada"])
    code = instructor.ask("member", {"learner": ada})["personal"]
    assert re.fullmatch(r"\w{4}-\w{4}", code)
    assert instructor.ask("member", {"learner": "nobody"}) == {"ok": True, "personal": ""}
    assert instructor.ask("rename", {"learner": ada, "name": " Ada  L. "}) == {"ok": True, "name": "Ada L."}
    assert instructor.ask("wall")["people"][ada]["name"] == "Ada L."
    assert instructor.ask("rename", {"learner": ada, "name": ""})["say"].startswith("Enter a visible name")


def test_removed_learner_loses_pages_and_sandbox_and_nobody_else_does(
    classroom: Class, pages: dict[str, ClassClient]
) -> None:
    lab, secrets = classroom
    ada = learner(secrets["Ada"])
    assert pages["instructor"].ask("remove", {"learner": ada}) == {"ok": True}
    eventually(lambda: not pages["Ada"].client.connected)
    eventually(lambda: f"dismissed {ada}" in lab.log)
    assert ada not in pages["instructor"].ask("wall")["order"]
    with pytest.raises(Refused):
        ClassClient(lab, secrets["Ada"])
    assert pages["Ben"].ask("standing")["ok"]
    for nobody in (ada, "me"):
        assert pages["instructor"].ask("remove", {"learner": nobody}) == {"ok": True}
    assert pages["instructor"].ask("wall")["ok"]
    assert lab.log.count("dismissed") == 1


def test_new_class_has_no_members_of_the_last_one(classroom: Class, pages: dict[str, ClassClient]) -> None:
    lab, secrets = classroom
    assert pages["instructor"].ask("anew") == {"ok": True}
    eventually(lambda: not any(pages[name].client.connected for name in secrets))
    eventually(lambda: lab.log.count("dismissed") == len(secrets))
    assert pages["instructor"].ask("wall")["order"] == []


def test_unknown_token_is_refused(classroom: Class) -> None:
    lab, secrets = classroom
    for token in ("", "wrong", f"x{secrets['Ada']}"):
        with pytest.raises(Refused):
            ClassClient(lab, token)


def test_request_for_help_survives_a_reconnect(classroom: Class, pages: dict[str, ClassClient]) -> None:
    lab, secrets = classroom
    pages["Ada"].ask("help", {"ask": True})
    pages["Ada"].close()
    back = ClassClient(lab, secrets["Ada"])
    assert back.ask("standing")["help"] == "asked"
    back.close()


def test_rate_limit_is_refused_with_a_sentence(pages: dict[str, ClassClient]) -> None:
    answers = [pages["Ada"].ask("standing") for _ in range(60)]
    assert answers[0]["ok"]
    assert {one["say"] for one in answers if not one["ok"]} == {
        "Too many requests at once. Wait a moment, then try again."
    }


def test_events_named_like_library_methods_are_harmless(pages: dict[str, ClassClient]) -> None:
    pages["Ada"].client.emit("connect", {"token": TOKEN}, namespace="/class")
    pages["Ada"].client.emit("trigger_event", {"a": 1}, namespace="/class")
    assert pages["Ada"].ask("wall")["ok"] is False
