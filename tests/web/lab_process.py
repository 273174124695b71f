"""Labs for the tests of the sockets: the real web server with sessions in memory, each lab in a process of its own.

Run without arguments it imports what a lab needs, once, and then forks a lab for each line on its standard input:
`{"log": PATH, "words": [PORT, STATE, "class" | "accident", LIMITS, URL, PROXIES]}`. It answers with the lab's process
id, and with `{"pid": N, "status": N}` when a lab has ended. With `class`, the members and activities in the store in
STATE are a class; with `accident` the limits differ, and one address raises an error before Flask and Socket.IO see the
request. URL and PROXIES are those of a lab behind a proxy.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from slipway.classroom.members import Classroom  # noqa: E402
from slipway.classroom.monitor import ClassMonitor  # noqa: E402
from slipway.install.public_address import parse_proxies, parse_url  # noqa: E402
from slipway.proofs import course  # noqa: E402
from slipway.sessions.activity_log import ActivityLog  # noqa: E402
from slipway.settings import LabLimits, Settings  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.web.factory import create_app, create_socketio  # noqa: E402
from slipway.web.http.server import serve  # noqa: E402
from slipway.web.security.auth import Authenticator  # noqa: E402
from slipway.web.sockets import classroom, follow, pty  # noqa: E402
from tests.web.memory_sessions import MemorySessions, MemoryTerminals  # noqa: E402

# gevent's own would start its hub before the fork
_fork, _waitpid = (monkey.get_original("os", name) for name in ("fork", "waitpid"))
_select = monkey.get_original("select", "select")
TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


def run_lab(port: int, state: Path, open: bool, limits: str = "", url: str = "", proxies: str = "") -> None:
    logging.basicConfig(level=logging.INFO)
    own = LabLimits().with_overrides(limits)
    settings = Settings(
        install="test",
        token=TOKEN,
        state=state,
        port=port,
        classroom=open,
        limits=own,
        public_url=parse_url(url) if url else None,
        proxies=parse_proxies(proxies),
    )
    store, sessions, lessons = Store.open(settings), MemorySessions(), course.read() if open else ()
    members = Classroom(store, open)

    activities = ActivityLog(store)
    monitor = ClassMonitor(members, activities.record, store.activities())
    activities.subscribers.append(monitor.on_activity)
    authenticator = Authenticator(TOKEN, people=members)
    app = create_app(settings, lessons, sessions, authenticator)
    socketio, connection_limits = create_socketio(app, settings, sessions, authenticator)
    terminals = MemoryTerminals()
    pty.register(socketio, terminals, authenticator, own)
    follow.register(socketio, sessions, terminals, authenticator, members)
    removal = connection_limits.disconnect, lambda learner: print("dismissed", learner, flush=True)
    classroom.register(socketio, monitor, lessons, authenticator, members, *removal)
    if limits:
        app.wsgi_app = FailingPath(app.wsgi_app)  # type: ignore[method-assign]
    serve(app, socketio, settings, lambda: print("ready", flush=True))
    print("stopped", flush=True)


class FailingPath:
    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/accident-before-anything":
            raise RuntimeError("an accident")
        return self._app(environ, start_response)


def fork(log: str, words: list[str]) -> int:
    """Fork a lab whose output goes to `log`; return its process id."""
    if pid := int(_fork()):
        return pid
    with open(log, "wb") as file:  # noqa: PTH123 - only the descriptor is needed
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.close(0)
    status = 1
    try:
        run_lab(int(words[0]), Path(words[1]), "class" in words, *words[3:])
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def fork_labs() -> None:
    """Fork labs until standard input ends; then end those that still run."""
    pids = set[int]()
    for line in iter(lambda: _next_line(pids), ""):
        pids.add(pid := fork(**json.loads(line)))
        print(json.dumps({"pid": pid}), flush=True)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _next_line(pids: set[int]) -> str:
    """Return the next line; report the labs that end before it."""
    while not _select([sys.stdin], [], [], 0.02)[0]:
        for pid in list(pids):
            ended, status = _waitpid(pid, os.WNOHANG)
            if ended:
                pids.remove(pid)
                print(json.dumps({"pid": pid, "status": os.waitstatus_to_exitcode(status)}), flush=True)
    return sys.stdin.readline()


if __name__ == "__main__":
    fork_labs()
