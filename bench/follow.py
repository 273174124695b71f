"""`./lab bench follow`: forty followers of one terminal, one of which stops reading.

Measures how long until each has seen a key, and what a flood costs. A real server, a real shell, and headless followers
by WebSocket in this process, so that the delays include their work. Takes about a minute; `-- --followers 10` connects
fewer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench._delays import spread
from bench._process import cpu_seconds, resident_memory
from tests import shells
from tests.classmates import secret
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.static_server import follow_server, serving

TOKEN = "bench-token"  # noqa: S105 - guards a server that only this benchmark starts
KEYS = 60
FLOOD = 400_000
"""Lines of `seq` in the flood."""


class Follower(FollowClient):
    """A follower that keeps little text, and records when it saw the expected text."""

    seen_at = 0.0
    expected = "\0"

    def _on_event(self, event: str, payload: dict[str, object]) -> None:
        super()._on_event(event, payload)
        if event == "screen" and self.expected in self.screen[-200:]:
            self.seen_at, self.expected = time.perf_counter(), "\0"
        self.screen = self.screen[-100_000:]


def main() -> int:
    """Measure and print the results."""
    parser = argparse.ArgumentParser(prog="lab bench follow --")
    parser.add_argument("--followers", type=int, default=40)
    args = parser.parse_args()
    with ExitStack() as stack:
        name = stack.enter_context(shells.named("bench"))
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server.log"
        url, process = stack.enter_context(serving(follow_server(name, TOKEN), log))
        terminal = stack.enter_context(PtyClient(url, TOKEN, parses=True))
        terminal.resize(100, 30)
        terminal.see("ready$ ", 60)
        teacher = stack.enter_context(FollowClient(url, TOKEN))
        teacher.request("lead", on=1)
        alone, before = _keys(terminal, "alone", []), resident_memory(process.pid)
        followers = [stack.enter_context(Follower(url, secret(f"learner{number}"))) for number in range(args.followers)]
        joining = [_join(follower) for follower in followers]
        print(f"{args.followers} followers; a late joiner sees the screen after {spread(joining)}")
        grown = resident_memory(process.pid) - before
        print(f"the server's memory: {grown / args.followers / 1024:.0f} KiB per follower")
        print(f"the instructor's own echo, alone: {spread(alone)}")
        delays: list[float] = []
        instructor_delays = _keys(terminal, "followed", followers, delays)
        print(f"the instructor's own echo, followed: {spread(instructor_delays)}")
        print(f"from the key to each follower's screen: {spread(delays)}")
        _flood(terminal, followers, process.pid)
    return 0


def _join(follower: Follower) -> float:
    follower.expected, began = f"alone{KEYS - 1:03}.", time.perf_counter()
    follower.request("follow", on=1)
    follower.wait(lambda: follower.seen_at, 30)
    return (follower.seen_at - began) * 1000


def _keys(terminal: PtyClient, name: str, followers: list[Follower], delays: list[float] | None = None) -> list[float]:
    """Return the milliseconds until the instructor sees each key; append those of all followers to `delays`."""
    instructor_delays = []
    for number in range(KEYS):
        mark = f"{name}{number:03}."
        for follower in followers:
            follower.seen_at, follower.expected = 0.0, mark
        began = time.perf_counter()
        terminal.type("\x15" + mark)
        terminal.see(mark)
        instructor_delays.append((time.perf_counter() - began) * 1000)
        for follower in followers:
            follower.wait(lambda follower=follower: follower.seen_at)  # type: ignore[misc]
        if delays is not None:
            delays += [(follower.seen_at - began) * 1000 for follower in followers]
        time.sleep(0.1)
    terminal.type("\x15")
    return instructor_delays


def _flood(terminal: PtyClient, followers: list[Follower], pid: int) -> None:
    """Time a large output, for the instructor and for the last follower; one follower does not read meanwhile."""
    stalled, *reading_followers = followers
    for follower in followers:
        follower.seen_at, follower.expected = 0.0, "done-1"
    before, cpu = resident_memory(pid), cpu_seconds(pid)
    stalled.reading.clear()
    began = time.perf_counter()
    terminal.type(f"seq 1 {FLOOD}; echo done-$((1))\r")
    terminal.see("done-1\r", 120)
    took = time.perf_counter() - began
    for follower in reading_followers:
        follower.wait(lambda follower=follower: follower.seen_at, 60)  # type: ignore[misc]
    last = max(follower.seen_at for follower in reading_followers) - began
    grown, used = (resident_memory(pid) - before) / 1024 / 1024, cpu_seconds(pid) - cpu
    print(f"a flood of {FLOOD} lines, one follower not reading: the instructor has it after {took:.1f} s,")
    print(f"  the last follower after {last:.1f} s; the server used {used:.1f} s, and {grown:.1f} MiB more")
    stalled.reading.set()
    stalled.wait(lambda: stalled.seen_at, 60)
    print("  the other follower reads again, and has seen the end on a new screen")


if __name__ == "__main__":
    sys.exit(main())
