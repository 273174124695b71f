"""A lab to test the sockets with, run as `python serving.py PORT STATE`: the real web server, and a house in memory."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from slipway.settings import Settings  # noqa: E402
from slipway.web import create_app, create_socketio, serve  # noqa: E402
from slipway.web.access import Access  # noqa: E402
from tests.web.house import MemoryHouse  # noqa: E402

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


def main(port: int, state: Path) -> None:
    logging.basicConfig(level=logging.INFO)
    settings, house = Settings(install="test", token=TOKEN, state=state, port=port), MemoryHouse()
    access = Access(TOKEN)
    app = create_app(settings, (), house, access)
    socketio = create_socketio(app, settings, house, access)
    serve(app, socketio, settings, lambda: print("ready", flush=True))
    print("stopped", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
