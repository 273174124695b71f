"""A lab to test the sockets with, run as `python serving.py PORT STATE [class]`: the real web server, and a house in
memory. With `class`, the members and the deeds that the store in STATE has are a class."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from slipway import course  # noqa: E402
from slipway.classroom import Classroom  # noqa: E402
from slipway.core.deeds import Deed  # noqa: E402
from slipway.lookout import Lookout  # noqa: E402
from slipway.settings import Settings  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.web import create_app, create_socketio, room, serve  # noqa: E402
from slipway.web.access import Access  # noqa: E402
from tests.web.house import MemoryHouse  # noqa: E402

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


def main(port: int, state: Path, open: bool) -> None:
    logging.basicConfig(level=logging.INFO)
    settings = Settings(install="test", token=TOKEN, state=state, port=port, classroom=open)
    store, house, lessons = Store.open(settings), MemoryHouse(), course.read() if open else ()
    classroom = Classroom(store, open)

    def did(deed: Deed) -> None:
        if store.keep_deed(deed):
            lookout.heard(deed)

    lookout = Lookout(classroom, did, store.deeds())
    access = Access(TOKEN, people=classroom)
    app = create_app(settings, lessons, house, access)
    socketio = create_socketio(app, settings, house, access)
    room.register(socketio, lookout, lessons, access)
    serve(app, socketio, settings, lambda: print("ready", flush=True))
    print("stopped", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["class"])
