"""The composition root: settings → lessons, store, engine, house, web → serve. Knows every part."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402 - everything after the patch, or sockets would block the loop
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402

from slipway import course  # noqa: E402
from slipway.classroom import Classroom  # noqa: E402
from slipway.engine.client import connect  # noqa: E402
from slipway.engine.memory import memory  # noqa: E402
from slipway.engine.river import river  # noqa: E402
from slipway.engine.sandbox import Sandboxes  # noqa: E402
from slipway.engine.terminals import Terminals  # noqa: E402
from slipway.house import House  # noqa: E402
from slipway.lookout import Lookout  # noqa: E402
from slipway.settings import Settings, from_env  # noqa: E402
from slipway.shelf import Shelf  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.web import create_app, create_socketio, follow, invite, join, pty, reports, room, serve  # noqa: E402
from slipway.web.access import Access, Tries  # noqa: E402


class Lab:
    """One lab: opened once (which may take seconds), then served until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        client = connect(settings)
        settings = replace(settings, limits=settings.limits.fitting(memory(client)))
        self.settings, self.store = settings, Store.open(settings)
        self.classroom = Classroom(self.store, settings.classroom)
        access = Access(settings.token, Tries(settings.limits.wrong_tokens), self.classroom)
        lessons = course.read()
        sandboxes = Sandboxes(client, settings)
        self.house = House(lessons, self.store, sandboxes, partial(river, client), settings.limits, self.classroom.has)
        self.terminals = Terminals(self.house.open_shell, self.house.on_mark, settings.limits.terminals)
        self.house.hands = self.terminals
        past = self.store.deeds(since=self.classroom.since) if self.classroom.open else ()
        shorts = {say: short for lesson in lessons for say, short in lesson.shorts.items()}
        self.lookout = Lookout(self.classroom, self.house.did, past, shorts, failures=self.house.failures.all)
        self.house.witnesses.append(self.lookout.heard)
        self.app = create_app(settings, lessons, self.house, access, Shelf(lessons))
        self.app.register_blueprint(reports.blueprint(lessons, self.house.activities, self.classroom, access))
        self.app.register_blueprint(join.blueprint(self.classroom, access, settings.limits))
        self.app.register_blueprint(invite.blueprint(settings, self.classroom, access))
        self.socketio, doorstep = create_socketio(self.app, settings, self.house, access)
        pty.register(self.socketio, self.terminals, access, settings.limits)
        follow.register(self.socketio, self.house, self.terminals, access, self.classroom)
        see_off = doorstep.put_out, self.house.dismiss
        room.register(self.socketio, self.lookout, lessons, access, self.classroom, *see_off)

    def open_doors(self) -> None:
        """Find the sandboxes of an earlier run, or warm a first one. Raises SandboxFailed."""
        self.store.watch()
        self.house.open_doors()

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; `ready` is called once connections are taken. Raises OSError for a port in use."""
        try:
            serve(self.app, self.socketio, self.settings, ready)
        finally:
            self.terminals.close_all()
            self.house.flush()
            self.store.close()


if __name__ == "__main__":
    lab = Lab(from_env())
    lab.open_doors()
    lab.serve(lambda: None)
