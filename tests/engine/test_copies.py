"""Each kind of call that the course makes, copied from the wire and pasted into a learner's terminal: it works there.

Which kinds these are, the lessons' recordings tell.
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
STANDING = {"exec.start", "container.archive.put", "image.build", "exec.resize"}  # what nobody can do again


def kinds() -> set[str]:
    """The names of the calls in the recordings of all lessons."""
    files = [file.read_text(encoding="utf-8") for file in LESSONS.glob("*/proof/*.jsonl")]
    rows = (json.loads(line) for text in files for line in text.splitlines())
    return {row["event"]["name"] for row in rows if row.get("event", {}).get("kind") == "CallStarted"}


def copies(story: Iterable[e.Event]) -> list[dict[str, Any]]:
    told = json.dumps([event_codec.encode(one) for one in story])
    said = subprocess.run(["node", str(COPIES)], input=told, capture_output=True, text=True, check=True).stdout
    calls: list[dict[str, Any]] = json.loads(said)
    return calls


def best(calls: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of each name one call: the last that went well, else the last."""
    found = {one["name"]: one for one in calls}
    found |= {one["name"]: one for one in calls if one["status"] and one["status"] < 400}
    return dict(sorted(found.items(), key=lambda pair: LAST.index(pair[0]) + 1 if pair[0] in LAST else 0))


def started(sandboxes: Sandboxes, sandbox: Sandbox, name: str) -> set[str]:
    """The calls of this name."""
    story = journal_stream(sandboxes.client, sandbox)[0]
    return {one.call for one in story if isinstance(one, e.CallStarted) and one.name == name}


def under_way(sandboxes: Sandboxes, sandbox: Sandbox, name: str) -> set[str]:
    """The calls of this name that have not ended."""
    ended = {one.call for one in journal_stream(sandboxes.client, sandbox)[0] if isinstance(one, e.CallEnded)}
    return started(sandboxes, sandbox, name) - ended


def goes_on(command: str) -> bool:
    """Whether a command does not end by itself."""
    return "Ctrl-C" in command or "answers when" in command


def paste(learner: Typist, command: str) -> str:
    """What the terminal shows of a pasted command; what would not end is left with Ctrl-C."""
    if not goes_on(command):
        ended = learner.types(command)
        assert ended.status == 0, f"{command}\n{ended.output}"
        return ended.output
    learner.send(command + "\n")
    time.sleep(2.5)
    return learner.press("\x03").decode(errors="replace")


def test_a_copied_call_works_in_the_terminal(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    for command in COMMANDS:
        learner.types(command, 90)
    before = started(sandboxes, sandbox, "container.resize")
    learner.send("docker attach screen\n")  # a terminal tells its size
    eventually(lambda: started(sandboxes, sandbox, "container.resize") > before, pause=0.1)
    learner.press("\x10\x11")
    learner.types("timeout -s KILL 2 docker attach --no-stdin --sig-proxy=false chat")
    eventually(
        lambda: not under_way(sandboxes, sandbox, "container.attach"), "the client's end to be noticed", pause=0.1
    )
    calls = best(copies(journal_stream(sandboxes.client, sandbox)[0]))
    assert kinds() <= calls.keys()
    assert {name for name, one in calls.items() if not one["command"]} == STANDING
    for name, one in calls.items():
        if one["command"]:
            _repeat(sandboxes, sandbox, learner, name, one)


def _repeat(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist, name: str, one: dict[str, Any]) -> None:
    before = {each["call"] for each in copies(journal_stream(sandboxes.client, sandbox)[0])}
    shown = paste(learner, one["command"])
    assert "can mess up your" not in shown, one["command"]
    assert "\x00" not in shown, one["command"]
    if name in ("container.logs", "container.attach"):
        assert "hi" in shown or "/ #" in shown, shown
    time.sleep(0.5)
    made = [each for each in copies(journal_stream(sandboxes.client, sandbox)[0]) if each["call"] not in before]
    again = next((each for each in made if each["name"] == name), None)
    assert again, f"{one['command']} made no such call, but {made}: {shown}"
    expected = one["status"] if "# 409" not in one["command"] else 409
    assert again["status"] in (expected, None) or again["status"] < 400, f"{one['command']}: {shown}"
