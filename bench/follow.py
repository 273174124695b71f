"""Forty who follow one terminal: how long until each has seen a key, what a flood costs, and what one who sleeps costs.

A real server, a real shell, and headless followers by WebSocket in this very process, so that the delays hold their
work too. Run as `python -m bench.follow [--followers 40]`; it takes about a minute.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench._delays import spread
from bench._process import processor, resident
from tests import shells
from tests.classmates import secret
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.static_server import follow_server, serving

TOKEN = "bench-token"  # noqa: S105 - guards a server of this bench's own
KEYS = 60
FLOOD = 400_000
"""Lines of `seq` that the instructor's terminal writes."""


class Follower(FollowClient):
    """Keeps little, and notes when it saw what."""

    at = 0.0
    watching = "\0"

    def _heard(self, event: str, payload: dict[str, object]) -> None:
        super()._heard(event, payload)
        if event == "screen" and self.watching in self.screen[-200:]:
            self.at, self.watching = time.perf_counter(), "\0"
        self.screen = self.screen[-100_000:]


def main() -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.follow")
    parser.add_argument("--followers", type=int, default=40)
    given = parser.parse_args()
    with ExitStack() as stack:
        name = stack.enter_context(shells.named("bench"))
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server.log"
        url, process = stack.enter_context(serving(follow_server(name, TOKEN), log))
        desk = stack.enter_context(PtyClient(url, TOKEN, parses=True))
        desk.resize(100, 30)
        desk.see("ready$ ", 60)
        teacher = stack.enter_context(FollowClient(url, TOKEN))
        teacher.does("lead", on=1)
        alone, before = _keys(desk, "alone", []), resident(process.pid)
        followers = [stack.enter_context(Follower(url, secret(f"learner{one}"))) for one in range(given.followers)]
        joining = [_joins(one) for one in followers]
        print(f"{given.followers} followers; a late joiner sees the screen after {spread(joining)}")
        print(f"the server's memory: {(resident(process.pid) - before) / given.followers / 1024:.0f} KiB a follower")
        print(f"the instructor's own echo, alone: {spread(alone)}")
        delays: list[float] = []
        own = _keys(desk, "followed", followers, delays)
        print(f"the instructor's own echo, followed: {spread(own)}")
        print(f"from the key to each follower's screen: {spread(delays)}")
        _flood(desk, followers, process.pid)
    return 0


def _joins(follower: Follower) -> float:
    follower.watching, began = f"alone{KEYS - 1:03}.", time.perf_counter()
    follower.does("follow", on=1)
    follower.wait(lambda: follower.at, 30)
    return (follower.at - began) * 1000


def _keys(desk: PtyClient, name: str, followers: list[Follower], delays: list[float] | None = None) -> list[float]:
    """Milliseconds until the instructor sees their own key; `delays` gets those of all followers."""
    own = []
    for number in range(KEYS):
        mark = f"{name}{number:03}."
        for one in followers:
            one.at, one.watching = 0.0, mark
        began = time.perf_counter()
        desk.type("\x15" + mark)
        desk.see(mark)
        own.append((time.perf_counter() - began) * 1000)
        for one in followers:
            one.wait(lambda one=one: one.at)  # type: ignore[misc]
        if delays is not None:
            delays += [(one.at - began) * 1000 for one in followers]
        time.sleep(0.1)
    desk.type("\x15")
    return own


def _flood(desk: PtyClient, followers: list[Follower], pid: int) -> None:
    """Seconds of a large output, for the instructor and until the last follower is there; one follower sleeps."""
    sleeper, *awake = followers
    for one in followers:
        one.at, one.watching = 0.0, "done-1"
    before, cpu = resident(pid), processor(pid)
    sleeper.reading.clear()
    began = time.perf_counter()
    desk.type(f"seq 1 {FLOOD}; echo done-$((1))\r")
    desk.see("done-1\r", 120)
    took = time.perf_counter() - began
    for one in awake:
        one.wait(lambda one=one: one.at, 60)  # type: ignore[misc]
    last = max(one.at for one in awake) - began
    grown, used = (resident(pid) - before) / 1024 / 1024, processor(pid) - cpu
    print(f"a flood of {FLOOD} lines, with one follower asleep: the instructor has it after {took:.1f} s,")
    print(f"  the last follower after {last:.1f} s; the server used {used:.1f} s, and {grown:.1f} MiB more")
    sleeper.reading.set()
    sleeper.wait(lambda: sleeper.at, 60)
    print("  the sleeper woke, and saw the end on a fresh screen")


if __name__ == "__main__":
    sys.exit(main())
