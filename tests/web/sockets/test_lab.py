"""The `/lab` namespace, with a real Socket.IO client over a real connection."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import socketio
from socketio.exceptions import ConnectionError as Refused

from tests.web.lab_server import Running

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


class LabClient:
    """A Socket.IO client on `/lab`."""

    def __init__(self, lab: Running, token: str = TOKEN, transports: tuple[str, ...] = ("websocket",)) -> None:
        self.heard: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.session = requests.Session()
        self.client = socketio.Client(reconnection=False, http_session=self.session)
        for name in ("story", "step", "seat"):
            self.client.on(name, lambda payload, name=name: self.heard.put((name, payload)), namespace="/lab")
        try:
            self.client.connect(
                lab.url, auth={"token": token}, namespaces=["/lab"], transports=list(transports), wait_timeout=10
            )
        except Refused:
            self.close()
            raise

    def ask(self, name: str, payload: Any = None) -> Any:
        return self.client.call(name, payload, namespace="/lab", timeout=10)

    def hear(self) -> tuple[str, dict[str, Any]]:
        return self.heard.get(timeout=10)

    def close(self) -> None:
        self.client.disconnect()
        self.session.close()


@pytest.fixture
def tab(running: Running) -> Iterator[LabClient]:
    tab = LabClient(running)
    yield tab
    tab.close()


def test_opening_a_lesson_sends_the_whole_state(tab: LabClient) -> None:
    assert tab.ask("open", {"lesson": "01-life"}) == {"ok": True, "current": "create"}
    assert [tab.hear()[0] for _ in range(3)] == ["step", "seat", "story"]


def test_refusal_is_a_sentence(tab: LabClient) -> None:
    assert tab.ask("open", {"lesson": "07-none"}) == {"ok": False, "say": "There is no lesson 07-none."}


@pytest.mark.parametrize("payload", [None, {}, [], "01-life", {"lesson": 7}, {"lesson": ""}, {"lesson": "x" * 300}])
def test_malformed_payload_is_refused_with_a_sentence(tab: LabClient, payload: Any) -> None:
    assert tab.ask("open", payload) == {"ok": False, "say": "The page sent no usable `lesson`."}


def test_a_click_names_its_block_and_its_terminal(tab: LabClient) -> None:
    answer = tab.ask("run", {"block": "create.0", "id": "u-1", "terminal": 2})
    assert answer == {"ok": True, "typed": ["create.0", "u-1", 2]}
    assert tab.ask("run", {"block": "create.0", "id": "u-1", "terminal": True})["ok"] is False


def test_storage_error_has_its_own_sentence(tab: LabClient) -> None:
    assert tab.ask("solution", {"step": "on a full disk"}) == {"ok": False, "say": "There is no space left."}


def test_hints_and_solutions_are_safe_html(tab: LabClient) -> None:
    hint = tab.ask("hint", {"step": "create"})
    assert (hint["ok"], hint["left"]) == (True, 2)
    assert "<code>docker create</code>" in hint["html"]
    assert "<script" not in hint["html"]
    solution = tab.ask("solution", {"step": "create"})
    assert 'data-block="create.solution"' in solution["html"]
    assert "&amp;&amp; echo '&lt;done&gt;'" in solution["html"]
    assert "text" not in solution


def test_internal_error_is_logged_but_not_sent_with_details(tab: LabClient, running: Running) -> None:
    answer = tab.ask("afresh", {})
    assert (answer["ok"], "secret" in answer["say"]) == (False, False)
    assert "RuntimeError: a secret of the lab" in running.log
    assert tab.ask("open", {"lesson": "01-life"})["ok"]


def test_rate_limit_is_refused_with_a_sentence(running: Running) -> None:
    tab, answers = LabClient(running), queue.Queue[dict[str, Any]]()
    for _ in range(300):
        tab.client.emit("hint", {"step": "create"}, namespace="/lab", callback=answers.put)
    said = [answers.get(timeout=10) for _ in range(300)]
    assert len([one for one in said if one["ok"]]) >= 60
    assert {one["say"] for one in said if not one["ok"]} == {
        "Too many requests at once. Wait a moment, then try again."
    }
    tab.close()


@pytest.mark.parametrize("token", ["wrong", "", "me.0000"])
def test_wrong_token_is_refused(running: Running, token: str) -> None:
    with pytest.raises(Refused):
        LabClient(running, token)


def test_page_secret_is_accepted_like_the_token(running: Running) -> None:
    secret = requests.post(f"{running.url}/api/enter", json={"token": TOKEN}, timeout=10).json()["secret"]
    page = LabClient(running, secret)
    assert page.ask("open", {"lesson": "01-life"})["ok"]
    page.close()


def test_pages_of_one_learner_get_the_same_events_until_closed(fresh: Running) -> None:
    first, second = LabClient(fresh), LabClient(fresh)
    first.ask("open", {"lesson": "01-life"})
    assert [second.hear()[0] for _ in range(3)] == ["step", "seat", "story"]
    first.close()
    for _ in range(100):
        second.ask("open", {"lesson": "01-life"})
        viewers = [payload["viewers"] for name, payload in (second.hear() for _ in range(3)) if name == "seat"]
        if viewers == [1]:
            break
        time.sleep(0.05)
    assert viewers == [1]
    second.close()


def test_events_named_like_library_methods_are_harmless(tab: LabClient) -> None:
    tab.client.emit("connect", {"token": "wrong"}, namespace="/lab")
    tab.client.emit("disconnect", namespace="/lab")
    tab.client.emit("trigger_event", {"a": 1}, namespace="/lab")
    answer = tab.ask("open", {"lesson": "01-life"})
    assert answer["ok"] or "Reload it" in answer["say"]


def test_long_polling_works_too(running: Running) -> None:
    page = LabClient(running, transports=("polling",))
    assert page.ask("open", {"lesson": "01-life"})["ok"]
    assert page.hear()[0] == "step"
    page.close()
