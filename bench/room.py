"""`./lab bench room`: a class of forty learners on this machine, each with an engine, a terminal and a page.

A real class, started as `up --class` starts it; headless learners by WebSocket in this process, so that the delays
include their work. Measures how long until everyone has an engine, the memory for each learner, the echo of a key while
all others type, how soon the class dashboard shows a passed step, and how soon forty followers see the instructor's
key. `-- --learners 10` starts fewer. Takes some minutes, and 200 MiB of memory for each. When no other learner gets a
prompt for `--patience` seconds, it ends with the last messages that the others received.
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

from docker.models.containers import Container

from bench._delays import spread
from bench._process import resident_memory
from bench.follow import Follower
from tests.ack_client import AckClient
from tests.browser.classroom import ClassLab
from tests.browser.lab import LESSON
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient

CREATE = "create-but-do-not-start"
PACE = 8  # keys a second: a fast typist
KEYS = 60
SAMPLE = 10  # containers of each kind whose memory is measured
STEPS = 12  # learners whose step is timed
PATIENCE = 120.0  # seconds to wait for a prompt or a passed step
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class NoPrompt(Exception):
    """Some learners get no prompt; the text says how many, and their last messages."""


class Learner:
    """A headless learner with a lesson page and a terminal."""

    terminal: PtyClient

    def __init__(self, stack: ExitStack, url: str, secret: str) -> None:
        self.began = time.perf_counter()
        self.lesson = stack.enter_context(AckClient(url, secret, "/lab"))
        self.lesson.ask("open", lesson=LESSON)
        self._stack, self._url, self._secret = stack, url, secret
        self._has_terminal = False

    @property
    def last_message(self) -> str:
        """The last message about their engine."""
        seats = self.lesson.of("seat")
        return str(seats[-1]["say"]) if seats else "nothing"

    def has_prompt(self) -> bool:
        """Whether the prompt of their shell is there; attach to the terminal as soon as the engine is ready."""
        if not self._has_terminal and any(one["state"] == "ready" for one in self.lesson.of("seat")):
            self._has_terminal = True
            self.terminal = self._stack.enter_context(PtyClient(self._url, self._secret, parses=True))
            self.terminal.emit("attach", {"terminal": 1})
            self.terminal.resize(100, 30)
        return self._has_terminal and "$ " in self.terminal.text

    def echo(self, key: str) -> float:
        """Type a key and return the milliseconds until its echo."""
        before, began = len(self.terminal.text), time.perf_counter()
        self.terminal.type(key)
        self.terminal.wait(lambda: key in self.terminal.text[before:])
        return (time.perf_counter() - began) * 1000

    def complete_first_step(self) -> float:
        """Complete the first step; return when their page has received that it has passed."""
        self.terminal.type("\x15docker create --name greeter busybox echo 'hi there'\r")
        self.lesson.wait(lambda: any(map(_is_passed, self.lesson.of("step"))), PATIENCE)
        return time.perf_counter()


class DashboardClient(AckClient):
    """The instructor's class dashboard; records when each count of learners who passed the first step was shown."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, "/class")
        self.shown_at: dict[int, float] = {}

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        super()._on_event(event, payload)
        count = payload.get("passed", {}).get(LESSON, {}).get(CREATE)
        if count is not None:
            self.shown_at.setdefault(count, time.perf_counter())


def main() -> int:
    """Measure and print the results."""
    parser = argparse.ArgumentParser(prog="lab bench room --")
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds without another prompt")
    args = parser.parse_args()
    names = [f"Learner {number + 1}" for number in range(args.learners)]
    try:
        _run_class(names, args.patience)
    except NoPrompt as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_class(names: list[str], patience: float) -> None:
    """Start a class of these learners, measure, and stop it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lab = ClassLab(folder / "state", folder / "lab.log", names)
        stack.callback(lab.stop)
        lab.up()
        pages = stack.enter_context(ExitStack())
        _measure(lab, [lab.people[name]["secret"] for name in names], pages, patience)


def _measure(lab: ClassLab, secrets: list[str], pages: ExitStack, patience: float) -> None:
    began = time.perf_counter()
    learners = [Learner(pages, lab.base, secret) for secret in secrets]
    waits = _wait_for_prompts(learners, patience)
    total = time.perf_counter() - began
    print(
        f"{len(learners)} learners who arrive together: the first has a prompt after {min(waits):.1f} s, "
        f"half of them after {statistics.median(waits):.1f} s, the last after {total:.1f} s"
    )
    time.sleep(5)
    _print_memory(lab, len(learners))
    print(f"echo of a key, the others idle: {spread(_typing(learners[0], KEYS))}")
    with _others_typing(learners[1:]):
        echo = spread(_typing(learners[0], KEYS))
        print(f"echo of a key, {len(learners) - 1} others typing {PACE} keys a second: {echo}")
        _measure_dashboard(lab, learners[-STEPS:], pages)
    _measure_followers(lab, secrets, pages)


def _wait_for_prompts(learners: Sequence[Learner], patience: float) -> list[float]:
    """Return the seconds until each had a prompt. Raises NoPrompt when no other gets one for `patience` seconds."""
    waits: list[float] = []
    waiting, until = list(learners), time.perf_counter() + patience
    while waiting:
        now = time.perf_counter()
        ready = [learner for learner in waiting if learner.has_prompt()]
        if ready:
            until = now + patience
        elif now > until:
            raise NoPrompt(_stalled(len(waits), waiting, patience))
        waits += [time.perf_counter() - learner.began for learner in ready]
        waiting = [learner for learner in waiting if learner not in ready]
        time.sleep(0.02)
    return waits


def _stalled(ready: int, waiting: Sequence[Learner], patience: float) -> str:
    messages = Counter(learner.last_message for learner in waiting)
    lines = "\n".join(f"  {count} of them: {message}" for message, count in messages.most_common())
    return (
        f"{ready} of {ready + len(waiting)} learners have a prompt, and no other got one for {patience:.0f} s. "
        f"Last messages of the other {len(waiting)}:\n{lines}"
    )


def _typing(learner: Learner, keys: int) -> list[float]:
    delays = []
    for number in range(keys):
        delays.append(learner.echo(LETTERS[number % len(LETTERS)]))
        time.sleep(1 / PACE)
    learner.terminal.type("\x15")
    return delays


@contextmanager
def _others_typing(learners: list[Learner]) -> Iterator[None]:
    """Let all of them type, evenly interleaved and on schedule, whether or not an echo came; Enter is never sent."""
    finished = threading.Event()

    def type_in_turn() -> None:
        began, number = time.perf_counter(), 0
        while not finished.is_set():
            learner = learners[number % len(learners)]
            turn = number // len(learners)
            learner.terminal.type("\x15" if turn % 40 == 39 else LETTERS[turn % len(LETTERS)])
            number += 1
            time.sleep(max(0.0, began + number / (PACE * len(learners)) - time.perf_counter()))

    thread = threading.Thread(target=type_in_turn, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def _measure_dashboard(lab: ClassLab, learners: list[Learner], pages: ExitStack) -> None:
    """Time from the passed step on the learner's page until the class dashboard shows it."""
    dashboard = pages.enter_context(DashboardClient(lab.base, lab.token))
    dashboard.ask("wall")
    delays = []
    for number, learner in enumerate(learners, 1):
        passed = learner.complete_first_step()
        dashboard.wait(lambda count=number: count in dashboard.shown_at)  # type: ignore[misc]
        delays.append((dashboard.shown_at[number] - passed) * 1000)
    print(f"from a passed step on the learner's page to the class dashboard, all typing: {spread(delays)}")


def _measure_followers(lab: ClassLab, secrets: list[str], pages: ExitStack) -> None:
    """Time from the instructor's key until each follower's screen shows it."""
    terminal = pages.enter_context(PtyClient(lab.base, lab.token, parses=True))
    lesson = pages.enter_context(AckClient(lab.base, lab.token, "/lab"))
    lesson.ask("open", lesson=LESSON)
    terminal.emit("attach", {"terminal": 1})
    terminal.see("$ ", PATIENCE)
    pages.enter_context(FollowClient(lab.base, lab.token)).request("lead", on=1)
    followers = [pages.enter_context(Follower(lab.base, secret)) for secret in secrets]
    for follower in followers:
        follower.request("follow", on=1)
        follower.see("$ ", 60)
    delays: list[float] = []
    for number in range(KEYS):
        mark = f"mark{number:03}."
        for follower in followers:
            follower.seen_at, follower.expected = 0.0, mark
        began = time.perf_counter()
        terminal.type("\x15" + mark)
        for follower in followers:
            follower.wait(lambda follower=follower: follower.seen_at)  # type: ignore[misc]
        delays += [(follower.seen_at - began) * 1000 for follower in followers]
        time.sleep(0.1)
    print(f"from the instructor's key to each of {len(followers)} followers' screens: {spread(delays)}")


def _print_memory(lab: ClassLab, learners: int) -> None:
    """Print the memory of the containers (from their cgroups, without reclaimable pages) and of the app (resident)."""
    with closing(lab.lab.docker) as client:
        label = f"slipway.install={lab.lab.install}"
        used: dict[str, list[float]] = {}
        for container in client.containers.list(filters={"label": label}):
            each = used.setdefault(container.labels["slipway.role"], [])
            if len(each) < SAMPLE:  # the engine takes a second or two for each
                each.append(_used(container))
    for role, each in sorted(used.items()):
        print(f"memory of a learner's {role}: {statistics.median(each):.0f} MiB (the median of {len(each)})")
    app = resident_memory(lab.pid) / 2**20
    print(f"memory of the app: {app:.0f} MiB, {app / learners:.1f} for each learner")


def _used(container: Container) -> float:
    stats = container.stats(stream=False, one_shot=True)
    assert isinstance(stats, dict)
    found = stats["memory_stats"]
    idle = found["stats"].get("total_inactive_file", found["stats"].get("inactive_file", 0))
    return float(found["usage"] - idle) / 2**20


def _is_passed(step: dict[str, Any]) -> bool:
    return bool(step["step"] == CREATE and step["verdict"] == "passed")


if __name__ == "__main__":
    sys.exit(main())
