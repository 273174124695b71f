"""The composition root: settings → lessons, store, engine, house, web → serve. Knows every part."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402 - everything after the patch, or sockets would block the loop
from functools import partial  # noqa: E402

from slipway import course  # noqa: E402
from slipway.engine.client import connect  # noqa: E402
from slipway.engine.river import river  # noqa: E402
from slipway.engine.sandbox import Sandboxes  # noqa: E402
from slipway.engine.terminals import Terminals  # noqa: E402
from slipway.house import House  # noqa: E402
from slipway.settings import Settings, from_env  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.web import create_app, create_socketio, pty, serve  # noqa: E402
from slipway.web.access import Access  # noqa: E402


def main(settings: Settings, ready: Callable[[], None]) -> None:
    """Run the lab until it is stopped; `ready` is called once it serves."""
    client = connect(settings)
    lessons, store = course.read(), Store.open(settings)
    sandboxes, access = Sandboxes(client, settings), Access(settings.token)

    house = House(lessons, store, sandboxes, partial(river, client), settings.limits)
    terminals = Terminals(house.open_shell, house.on_mark, settings.limits.terminals)
    house.hands = terminals
    house.open_doors()
    app = create_app(settings, lessons, house, access)
    socketio = create_socketio(app, settings, house, access)
    pty.register(socketio, terminals, access)
    try:
        serve(app, socketio, settings, ready)
    finally:
        terminals.close_all()
        store.close()


if __name__ == "__main__":
    main(from_env(), lambda: None)
