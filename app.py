"""The composition root: settings → lessons, store, engine, house, web → serve. Knows every part."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402 - everything after the patch, or sockets would block the loop
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402

from slipway.classroom.members import Classroom  # noqa: E402
from slipway.classroom.monitor import ClassMonitor  # noqa: E402
from slipway.engine.client import connect  # noqa: E402
from slipway.engine.host_memory import memory  # noqa: E402
from slipway.engine.journal_stream import journal_stream  # noqa: E402
from slipway.engine.sandboxes import Sandboxes  # noqa: E402
from slipway.proofs import course  # noqa: E402
from slipway.proofs.recordings import Recordings  # noqa: E402
from slipway.sessions.manager import SessionManager  # noqa: E402
from slipway.settings import Settings, from_env  # noqa: E402
from slipway.store import Store  # noqa: E402
from slipway.terminal.terminals import Terminals  # noqa: E402
from slipway.web.factory import create_app, create_socketio  # noqa: E402
from slipway.web.http import invite, join, reports  # noqa: E402
from slipway.web.http.server import serve  # noqa: E402
from slipway.web.security.auth import Authenticator, FailedAttempts  # noqa: E402
from slipway.web.sockets import classroom, follow, pty  # noqa: E402


class Lab:
    """One lab: opened once (which may take seconds), then served until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        client = connect(settings)
        settings = replace(settings, limits=settings.limits.fit_memory(memory(client)))
        self.settings, self.store = settings, Store.open(settings)
        self.classroom = Classroom(self.store, settings.classroom)
        authenticator = Authenticator(settings.token, FailedAttempts(settings.limits.wrong_tokens), self.classroom)
        lessons = course.read()
        sandboxes = Sandboxes(client, settings)
        self.sessions = SessionManager(
            lessons, self.store, sandboxes, partial(journal_stream, client), settings.limits, self.classroom.has
        )
        self.terminals = Terminals(self.sessions.open_shell, self.sessions.on_mark, settings.limits.terminals)
        self.sessions.terminal_input = self.terminals
        past = self.store.activities(since=self.classroom.since) if self.classroom.open else ()
        shorts = {say: short for lesson in lessons for say, short in lesson.mistake_names.items()}
        self.monitor = ClassMonitor(
            self.classroom, self.sessions.record, past, shorts, failures=self.sessions.failures.all
        )
        self.sessions.subscribers.append(self.monitor.on_activity)
        self.app = create_app(settings, lessons, self.sessions, authenticator, Recordings(lessons))
        self.app.register_blueprint(reports.blueprint(lessons, self.sessions.activities, self.classroom, authenticator))
        self.app.register_blueprint(join.blueprint(self.classroom, authenticator, settings.limits))
        self.app.register_blueprint(invite.blueprint(settings, self.classroom, authenticator))
        self.socketio, connection_limits = create_socketio(self.app, settings, self.sessions, authenticator)
        pty.register(self.socketio, self.terminals, authenticator, settings.limits)
        follow.register(self.socketio, self.sessions, self.terminals, authenticator, self.classroom)
        removal = connection_limits.disconnect, self.sessions.remove_learner
        classroom.register(self.socketio, self.monitor, lessons, authenticator, self.classroom, *removal)

    def start(self) -> None:
        """Find the sandboxes of an earlier run, or warm a first one. Raises SandboxFailed."""
        self.store.watch()
        self.sessions.start()

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; `ready` is called once connections are taken. Raises OSError for a port in use."""
        try:
            serve(self.app, self.socketio, self.settings, ready)
        finally:
            self.terminals.close_all()
            self.sessions.flush()
            self.store.close()


if __name__ == "__main__":
    lab = Lab(from_env())
    lab.start()
    lab.serve(lambda: None)
