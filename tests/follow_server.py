"""The web with a class, as a process: `python -m tests.follow_server PORT TOKEN NAME`.

Real shells in real containers, named NAME-LEARNER-NUMBER; the sessions are in memory (tests/web/memory_sessions.py).
For tests and for the benchmark of following.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - everything after the patch, or sockets would block the loop
from pathlib import Path  # noqa: E402

from slipway.engine.attached_shell import AttachedShell  # noqa: E402
from slipway.settings import Settings  # noqa: E402
from slipway.terminal.terminals import Terminals  # noqa: E402
from slipway.web.factory import create_app, create_socketio  # noqa: E402
from slipway.web.http import server  # noqa: E402
from slipway.web.sockets import follow, pty  # noqa: E402
from tests import shells  # noqa: E402
from tests.classmates import Classmates  # noqa: E402
from tests.web.memory_sessions import MemorySessions  # noqa: E402


def main(port: int, token: str, name: str) -> None:
    """Serve until the process is ended."""
    engine = shells.connected()
    shells.build(engine)

    def open_shell(learner: str, number: int, _fresh: bool) -> AttachedShell:
        wanted = f"{name}-{learner}-{number}"
        found = engine.containers.list(all=True, filters={"name": f"^/{wanted}$"})
        return AttachedShell(found[0] if found else shells.create(engine, name=wanted))

    settings = Settings(install="test", token=token, state=Path("/nonexistent"), port=port)
    house, people = MemorySessions(), Classmates(token)
    app = create_app(settings, (), house, people)
    socketio, _ = create_socketio(app, settings, house, people)
    terminals = Terminals(open_shell, lambda learner, number, mark: None)
    pty.register(socketio, terminals, people, settings.limits)
    follow.register(socketio, house, terminals, people, people)
    server.serve(app, socketio, settings, lambda: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
