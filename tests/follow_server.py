"""Slipway's web with a class of three, in a process: `python -m tests.follow_server PORT TOKEN NAME`.

Real shells in real containers, named NAME-LEARNER-NUMBER; the seats are in memory (tests/web/house.py). For tests and
for the benchmark of following.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - everything after the patch, or sockets would block the loop
from pathlib import Path  # noqa: E402

import docker  # noqa: E402

from slipway.core.people import INSTRUCTOR, Person  # noqa: E402
from slipway.engine.line import Line  # noqa: E402
from slipway.engine.terminals import Terminals  # noqa: E402
from slipway.settings import Settings  # noqa: E402
from slipway.web import create_app, create_socketio, follow, pty, serve  # noqa: E402
from slipway.web.access import Access  # noqa: E402
from tests import shells  # noqa: E402
from tests.web.house import MemoryHouse  # noqa: E402

LEARNERS = tuple(f"learner{number}" for number in range(60))


class People:
    """A class of sixty."""

    def person(self, learner: str) -> Person | None:
        if learner == INSTRUCTOR:
            return Person(INSTRUCTOR, "Instructor", instructor=True)
        return Person(learner, f"Name of {learner}", instructor=False) if learner in LEARNERS else None


def main(port: int, token: str, name: str) -> None:
    """Serve until ended."""
    engine = docker.from_env()
    shells.build(engine)

    def line(learner: str, number: int, _fresh: bool) -> Line:
        wanted = f"{name}-{learner}-{number}"
        found = engine.containers.list(all=True, filters={"name": f"^/{wanted}$"})
        return Line(found[0] if found else shells.create(engine, name=wanted))

    settings = Settings(install="test", token=token, state=Path("/nonexistent"), port=port)
    house, people = MemoryHouse(), People()
    access = Access(token, people=people)
    app = create_app(settings, (), house, access)
    socketio = create_socketio(app, settings, house, access)
    terminals = Terminals(line, lambda learner, number, mark: None)
    pty.register(socketio, terminals, access)
    follow.register(socketio, house, terminals, access, people)
    serve(app, socketio, settings, lambda: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
