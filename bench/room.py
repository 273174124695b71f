"""`./lab bench room`: forty learners on this machine, each with an engine, a terminal and a page of their own.

A real class, started as `up --class` starts it; headless learners in this very process, by WebSocket, so that the
delays hold their work too. Measured are: how long until everybody has an engine, what a learner takes of the memory, a
key's echo while all the others type, how soon the wall shows what somebody did, and how soon forty followers see the
instructor's key. `-- --learners 10` seats fewer. It takes some minutes, and 200 MiB of memory for each. When nobody
else gets a prompt for `--patience` seconds it ends, and says what the others were told last.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import docker

from bench._delays import spread
from bench._process import resident
from bench.follow import Follower
from tests.ack_client import AckClient
from tests.browser.classroom import ClassLab
from tests.browser.lab import LESSON
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient

CREATE = "create-but-do-not-start"
PACE = 8  # keys a second, as fast typists have
KEYS = 60
SAMPLE = 10  # containers of a kind whose memory is asked for
DEEDS = 12  # learners whose step is timed
PATIENCE = 120.0  # seconds for one thing that has to happen: a prompt, a tick
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class NoPrompt(Exception):
    """Some learners get no prompt; the text says how many, and what they were told."""


class Learner:
    """Somebody with a page: the lesson, the terminal, and a hand that types."""

    desk: PtyClient

    def __init__(self, stack: ExitStack, url: str, secret: str) -> None:
        self.began = time.perf_counter()
        self.lesson = stack.enter_context(AckClient(url, secret, "/lab"))
        self.lesson.ask("open", lesson=LESSON)
        self._stack, self._url, self._secret = stack, url, secret
        self._seated = False

    @property
    def said(self) -> str:
        """What their page was told last of their engine."""
        seats = self.lesson.of("seat")
        return str(seats[-1]["say"]) if seats else "nothing"

    def has_prompt(self) -> bool:
        """Whether the prompt of their own shell is there; they come to the terminal as soon as the engine is ready."""
        if not self._seated and any(one["state"] == "ready" for one in self.lesson.of("seat")):
            self._seated = True
            self.desk = self._stack.enter_context(PtyClient(self._url, self._secret, parses=True))
            self.desk.emit("attach", {"terminal": 1})
            self.desk.resize(100, 30)
        return self._seated and "$ " in self.desk.text

    def echo(self, key: str) -> float:
        """Milliseconds from a key to its echo."""
        before, began = len(self.desk.text), time.perf_counter()
        self.desk.type(key)
        self.desk.wait(lambda: key in self.desk.text[before:])
        return (time.perf_counter() - began) * 1000

    def passes(self) -> float:
        """Does the first step; when their own page was told that it has passed."""
        self.desk.type("\x15docker create --name greeter busybox echo 'hi there'\r")
        self.lesson.wait(lambda: any(map(_is_passed, self.lesson.of("step"))), PATIENCE)
        return time.perf_counter()


class Wall(AckClient):
    """The instructor's wall; when which count of the first step was shown."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, "/class")
        self.shown: dict[int, float] = {}

    def _heard(self, event: str, payload: dict[str, Any]) -> None:
        super()._heard(event, payload)
        count = payload.get("passed", {}).get(LESSON, {}).get(CREATE)
        if count is not None:
            self.shown.setdefault(count, time.perf_counter())


def main() -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(prog="lab bench room --")
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds without another prompt")
    given = parser.parse_args()
    names = [f"Learner {number + 1}" for number in range(given.learners)]
    try:
        _room(names, given.patience)
    except NoPrompt as none:
        print(none, file=sys.stderr)
        return 1
    return 0


def _room(names: list[str], patience: float) -> None:
    """A class of these learners, from beginning to end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        school = ClassLab(folder / "state", folder / "lab.log", names)
        stack.callback(school.stop)
        school.up()
        pages = stack.enter_context(ExitStack())
        _measure(school, [school.people[name]["secret"] for name in names], pages, patience)


def _measure(school: ClassLab, secrets: list[str], pages: ExitStack, patience: float) -> None:
    began = time.perf_counter()
    learners = [Learner(pages, school.base, secret) for secret in secrets]
    waits = _prompts(learners, patience)
    took = time.perf_counter() - began
    print(
        f"{len(learners)} learners who come at once: the first has a prompt after {min(waits):.1f} s, "
        f"half of them after {statistics.median(waits):.1f} s, the last after {took:.1f} s"
    )
    time.sleep(5)
    _memory(school, len(learners))
    print(f"a key's echo, the others at rest: {spread(_typing(learners[0], KEYS))}")
    with _others(learners[1:]):
        echo = spread(_typing(learners[0], KEYS))
        print(f"a key's echo, {len(learners) - 1} others typing {PACE} keys a second: {echo}")
        _wall(school, learners[-DEEDS:], pages)
    _follow(school, secrets, pages)


def _prompts(learners: Sequence[Learner], patience: float) -> list[float]:
    """Seconds until each of them had a prompt. Raises NoPrompt when nobody else gets one for so long."""
    waits: list[float] = []
    waiting, until = list(learners), time.perf_counter() + patience
    while waiting:
        now = time.perf_counter()
        there = [one for one in waiting if one.has_prompt()]
        if there:
            until = now + patience
        elif now > until:
            raise NoPrompt(_stalled(len(waits), waiting, patience))
        waits += [time.perf_counter() - one.began for one in there]
        waiting = [one for one in waiting if one not in there]
        time.sleep(0.02)
    return waits


def _stalled(seated: int, waiting: Sequence[Learner], patience: float) -> str:
    told = Counter(one.said for one in waiting)
    sentences = "\n".join(f"  {count} of them: {said}" for said, count in told.most_common())
    return (
        f"{seated} of {seated + len(waiting)} learners have a prompt, and nobody else got one for {patience:.0f} s. "
        f"What the other {len(waiting)} were told last:\n{sentences}"
    )


def _typing(learner: Learner, keys: int) -> list[float]:
    took = []
    for number in range(keys):
        took.append(learner.echo(LETTERS[number % len(LETTERS)]))
        time.sleep(1 / PACE)
    learner.desk.type("\x15")
    return took


@contextmanager
def _others(learners: list[Learner]) -> Iterator[None]:
    """Everybody types, evenly spread, on schedule, whether or not an echo came; a line is never sent."""
    over = threading.Event()

    def type_along() -> None:
        began, number = time.perf_counter(), 0
        while not over.is_set():
            one = learners[number % len(learners)]
            turn = number // len(learners)
            one.desk.type("\x15" if turn % 40 == 39 else LETTERS[turn % len(LETTERS)])
            number += 1
            time.sleep(max(0.0, began + number / (PACE * len(learners)) - time.perf_counter()))

    hand = threading.Thread(target=type_along, daemon=True)
    hand.start()
    try:
        yield
    finally:
        over.set()
        hand.join()


def _wall(school: ClassLab, learners: list[Learner], pages: ExitStack) -> None:
    """From when a learner's own page was told that the step has passed to when the instructor's wall was."""
    wall = pages.enter_context(Wall(school.base, school.token))
    wall.ask("wall")
    delays = []
    for number, one in enumerate(learners, 1):
        passed = one.passes()
        wall.wait(lambda count=number: count in wall.shown)  # type: ignore[misc]
        delays.append((wall.shown[number] - passed) * 1000)
    print(f"from a tick on the learner's page to the wall, all typing: {spread(delays)}")


def _follow(school: ClassLab, secrets: list[str], pages: ExitStack) -> None:
    """From the instructor's key to each follower's screen, by when each of them had it."""
    desk = pages.enter_context(PtyClient(school.base, school.token, parses=True))
    lesson = pages.enter_context(AckClient(school.base, school.token, "/lab"))
    lesson.ask("open", lesson=LESSON)
    desk.emit("attach", {"terminal": 1})
    desk.see("$ ", PATIENCE)
    pages.enter_context(FollowClient(school.base, school.token)).does("lead", on=1)
    followers = [pages.enter_context(Follower(school.base, secret)) for secret in secrets]
    for one in followers:
        one.does("follow", on=1)
        one.sees("$ ", 60)
    delays: list[float] = []
    for number in range(KEYS):
        mark = f"mark{number:03}."
        for one in followers:
            one.at, one.watching = 0.0, mark
        began = time.perf_counter()
        desk.type("\x15" + mark)
        for one in followers:
            one.wait(lambda one=one: one.at)  # type: ignore[misc]
        delays += [(one.at - began) * 1000 for one in followers]
        time.sleep(0.1)
    print(f"from the instructor's key to each of {len(followers)} followers' screens: {spread(delays)}")


def _memory(school: ClassLab, learners: int) -> None:
    """Of the containers by their control groups, without what the kernel would give back; of the app, resident."""
    with closing(school.lab.docker) as client:
        label = f"slipway.install={school.lab.install}"
        used: dict[str, list[float]] = {}
        for container in client.containers.list(filters={"label": label}):
            each = used.setdefault(container.labels["slipway.role"], [])
            if len(each) < SAMPLE:  # the engine takes a second or two for each answer
                each.append(_used(container))
    for role, each in sorted(used.items()):
        print(f"memory of a learner's {role}: {statistics.median(each):.0f} MiB (the median of {len(each)})")
    app = resident(school.pid) / 2**20
    print(f"memory of the app: {app:.0f} MiB, {app / learners:.1f} for each learner")


def _used(container: docker.models.containers.Container) -> float:
    found = container.stats(stream=False, one_shot=True)["memory_stats"]
    idle = found["stats"].get("total_inactive_file", found["stats"].get("inactive_file", 0))
    return float(found["usage"] - idle) / 2**20


def _is_passed(step: dict[str, Any]) -> bool:
    return bool(step["step"] == CREATE and step["verdict"] == "passed")


if __name__ == "__main__":
    sys.exit(main())
