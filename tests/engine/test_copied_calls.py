"""API calls, copied from the page as curl commands and pasted into a learner's terminal.

Covers every kind of call in the lessons' recordings.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from slipway.core import event_codec
from slipway.core import events as e
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.core.conftest import LESSONS
from tests.engine.typist import Typist
from tests.eventually import eventually

pytestmark = pytest.mark.engine

COPIES = Path(__file__).with_name("copies.mjs")
CHATTY = "'while :; do echo hi; echo oh >&2; sleep 1; done'"
COMMANDS = [
    "stty rows 24 cols 80; docker version; docker info; docker pull busybox; docker pull nonsense",
    "docker run --privileged busybox",
    "docker run hello-world; docker images; docker history busybox; docker inspect busybox; docker swarm init",
    f"docker run -d --name chat busybox sh -c {CHATTY}",
    "docker run -dit --name screen busybox; docker ps -a; docker exec chat true; docker exec -it chat sleep 1",
    "docker top chat; docker diff chat; docker stats --no-stream chat; docker logs chat; docker inspect nothing",
    "docker cp chat:/etc/passwd - >/dev/null; docker cp /etc/hostname chat:/tmp; timeout 2 docker events",
    "timeout -s KILL 2 docker wait chat; docker restart -t 0 chat; docker pause chat",
    "docker unpause chat; docker create --name spare busybox; docker rename spare other; docker rm other",
    "docker create --name spare busybox; docker stop -t 0 chat; docker start chat; docker kill chat; docker start chat",
    "printf 'FROM busybox\\n' | docker build -q -; docker system df",
    "docker rm -f $(docker ps -aqf ancestor=hello-world); docker rmi hello-world; docker create --name kept busybox",
    "docker start screen chat; sleep 2; docker system prune -f; docker create --name spare busybox",
    "docker create --name gone busybox; docker rm gone; docker create --name gone busybox",
]
LAST = ["container.rename", "container.pause", "container.unpause", "container.restart", "container.stop"]
LAST += ["container.start", "container.kill", "container.remove", "image.remove", "container.prune"]
STANDING = {"exec.start", "container.archive.put", "image.build", "exec.resize"}  # calls that cannot be repeated


def recorded_names() -> set[str]:
    """Return the names of the calls in the recordings of all lessons."""
    files = [file.read_text(encoding="utf-8") for file in LESSONS.glob("*/proof/*.jsonl")]
    rows = (json.loads(line) for text in files for line in text.splitlines())
    return {row["event"]["name"] for row in rows if row.get("event", {}).get("kind") == "CallStarted"}


def as_commands(story: Iterable[e.Event]) -> list[dict[str, Any]]:
    story_json = json.dumps([event_codec.encode(call) for call in story])
    calls_json = subprocess.run(
        ["node", str(COPIES)], input=story_json, capture_output=True, text=True, check=True
    ).stdout
    calls: list[dict[str, Any]] = json.loads(calls_json)
    return calls


def best_calls(calls: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return one call for each name: the last successful one, else the last."""
    by_name = {call["name"]: call for call in calls}
    by_name |= {call["name"]: call for call in calls if call["status"] and call["status"] < 400}
    return dict(sorted(by_name.items(), key=lambda pair: LAST.index(pair[0]) + 1 if pair[0] in LAST else 0))


def started(sandboxes: Sandboxes, sandbox: Sandbox, name: str) -> set[str]:
    """Return the ids of the calls of this name."""
    story = journal_stream(sandboxes.client, sandbox)[0]
    return {call.call for call in story if isinstance(call, e.CallStarted) and call.name == name}


def pending(sandboxes: Sandboxes, sandbox: Sandbox, name: str) -> set[str]:
    """Return the ids of the calls of this name that have not ended."""
    ended = {call.call for call in journal_stream(sandboxes.client, sandbox)[0] if isinstance(call, e.CallEnded)}
    return started(sandboxes, sandbox, name) - ended


def runs_on(command: str) -> bool:
    """Return whether a command keeps running."""
    return "Ctrl-C" in command or "answers when" in command


def paste(learner: Typist, command: str) -> str:
    """Paste a command and return its output; a command that keeps running is ended with Ctrl-C."""
    if not runs_on(command):
        ended = learner.types(command)
        assert ended.status == 0, f"{command}\n{ended.output}"
        return ended.output
    learner.send(command + "\n")
    time.sleep(2.5)
    return learner.press("\x03").decode(errors="replace")


def test_copied_call_works_in_the_terminal(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    for command in COMMANDS:
        learner.types(command, 90)
    before = started(sandboxes, sandbox, "container.resize")
    learner.send("docker attach screen\n")  # a terminal sends its size
    eventually(lambda: started(sandboxes, sandbox, "container.resize") > before, pause=0.1)
    learner.press("\x10\x11")
    learner.types("timeout -s KILL 2 docker attach --no-stdin --sig-proxy=false chat")
    eventually(lambda: not pending(sandboxes, sandbox, "container.attach"), "the client's end to be noticed", pause=0.1)
    calls = best_calls(as_commands(journal_stream(sandboxes.client, sandbox)[0]))
    assert recorded_names() <= calls.keys()
    assert {name for name, call in calls.items() if not call["command"]} == STANDING
    for name, call in calls.items():
        if call["command"]:
            _repeat(sandboxes, sandbox, learner, name, call)


def _repeat(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist, name: str, call: dict[str, Any]) -> None:
    before = {other["call"] for other in as_commands(journal_stream(sandboxes.client, sandbox)[0])}
    shown = paste(learner, call["command"])
    assert "can mess up your" not in shown, call["command"]
    assert "\x00" not in shown, call["command"]
    if name in ("container.logs", "container.attach"):
        assert "hi" in shown or "/ #" in shown, shown
    time.sleep(0.5)
    new_calls = [
        other for other in as_commands(journal_stream(sandboxes.client, sandbox)[0]) if other["call"] not in before
    ]
    again = next((other for other in new_calls if other["name"] == name), None)
    assert again, f"{call['command']} made no such call, but {new_calls}: {shown}"
    expected = call["status"] if "# 409" not in call["command"] else 409
    assert again["status"] in (expected, None) or again["status"] < 400, f"{call['command']}: {shown}"
