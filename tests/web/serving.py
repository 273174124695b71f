"""A lab to test the sockets with, run as `python serving.py PORT STATE [class | accident LIMITS]`: the real web server,
and a house in memory. With `class`, the members and the deeds that the store in STATE has are a class; with `accident`
there are other limits, and an address whose answer is an accident before Flask and Socket.IO hear of it."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from slipway import course  # noqa: E402
from slipway.activities import ActivityLog  # noqa: E402
from slipway.classroom import Classroom  # noqa: E402
from slipway.lookout import Lookout  # noqa: E402
from slipway.settings import Limits, Settings  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.web import create_app, create_socketio, follow, pty, room, serve  # noqa: E402
from slipway.web.access import Access  # noqa: E402
from tests.web.house import MemoryDesk, MemoryHouse  # noqa: E402

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


def main(port: int, state: Path, open: bool, limits: str = "") -> None:
    logging.basicConfig(level=logging.INFO)
    own = Limits().changed(limits)
    settings = Settings(install="test", token=TOKEN, state=state, port=port, classroom=open, limits=own)
    store, house, lessons = Store.open(settings), MemoryHouse(), course.read() if open else ()
    classroom = Classroom(store, open)

    activities = ActivityLog(store)
    lookout = Lookout(classroom, activities.record, store.deeds())
    activities.witnesses.append(lookout.heard)
    access = Access(TOKEN, people=classroom)
    app = create_app(settings, lessons, house, access)
    (socketio, doorstep), desk = create_socketio(app, settings, house, access), MemoryDesk()
    pty.register(socketio, desk, access, own)
    follow.register(socketio, house, desk, access, classroom)
    see_off = doorstep.put_out, lambda learner: print("dismissed", learner, flush=True)
    room.register(socketio, lookout, lessons, access, classroom, *see_off)
    if limits:
        app.wsgi_app = Accident(app.wsgi_app)  # type: ignore[method-assign]
    serve(app, socketio, settings, lambda: print("ready", flush=True))
    print("stopped", flush=True)


class Accident:
    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/accident-before-anything":
            raise RuntimeError("an accident")
        return self._app(environ, start_response)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), "class" in sys.argv, *sys.argv[4:])
