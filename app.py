"""The composition root: settings → lessons, store, engine, sessions, terminals, web → serve. Knows every part."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402 - everything after the patch, or sockets would block the loop
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402

from slipway.classroom.members import Classroom  # noqa: E402
from slipway.classroom.monitor import ClassMonitor  # noqa: E402
from slipway.engine.client import connect  # noqa: E402
from slipway.engine.host_memory import total_memory  # noqa: E402
from slipway.engine.journal_stream import journal_stream  # noqa: E402
from slipway.engine.sandboxes import Sandboxes  # noqa: E402
from slipway.proofs import course  # noqa: E402
from slipway.proofs.recordings import Recordings  # noqa: E402
from slipway.sessions.activity_log import ActivityLog  # noqa: E402
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
    """One lab: everything is created here, `start` makes it ready, and `serve` serves it until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        client = connect(settings)
        self.settings = settings = replace(settings, limits=settings.limits.fit_memory(total_memory(client)))

        self.lessons = course.read()
        self.store = Store.open(settings)
        self.classroom = Classroom(self.store, settings.classroom)
        self.activities = ActivityLog(self.store)

        self.sessions = SessionManager(
            self.lessons,
            self.store,
            Sandboxes(client, settings),
            partial(journal_stream, client),
            settings.limits,
            self.activities.record,
            self.classroom.is_member,
        )
        self.terminals = Terminals(self.sessions.open_shell, self.sessions.on_mark, settings.limits.terminals)
        self.sessions.terminal_input = self.terminals
        self.monitor = self._create_monitor()

        failed = FailedAttempts(settings.limits.wrong_tokens)
        self.authenticator = Authenticator(settings.token, failed, self.classroom)
        self.app = create_app(settings, self.lessons, self.sessions, self.authenticator, Recordings(self.lessons))
        self._register_blueprints()
        self.socketio, self.connection_limits = create_socketio(self.app, settings, self.sessions, self.authenticator)
        self._register_namespaces()

    def start(self) -> None:
        """Restore the sandboxes of an earlier run, or create a first one. Blocks. Raises SandboxFailed."""
        self.store.watch()
        self.sessions.start()

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; call `ready` once connections are accepted. Raises OSError if the port is in use."""
        try:
            serve(self.app, self.socketio, self.settings, ready)
        finally:
            self.terminals.close_all()
            self.sessions.flush()
            self.activities.flush()
            self.store.close()

    def _create_monitor(self) -> ClassMonitor:
        history = self.store.activities(since=self.classroom.since) if self.classroom.open else ()
        names = {say: name for lesson in self.lessons for say, name in lesson.mistake_names.items()}
        record, failures = self.activities.record, self.sessions.failures.all
        monitor = ClassMonitor(self.classroom, record, history, names, failures=failures)
        self.activities.subscribers.append(monitor.on_activity)
        return monitor

    def _register_blueprints(self) -> None:
        limits = self.settings.limits
        self.app.register_blueprint(
            reports.blueprint(self.lessons, self.activities, self.classroom, self.authenticator)
        )
        self.app.register_blueprint(join.blueprint(self.classroom, self.authenticator, limits))
        self.app.register_blueprint(invite.blueprint(self.settings, self.classroom, self.authenticator))

    def _register_namespaces(self) -> None:
        pty.register(self.socketio, self.terminals, self.authenticator, self.settings.limits)
        follow.register(self.socketio, self.sessions, self.terminals, self.authenticator, self.classroom)
        removal = self.connection_limits.disconnect, self.sessions.remove_learner
        classroom.register(self.socketio, self.monitor, self.lessons, self.authenticator, self.classroom, *removal)


if __name__ == "__main__":
    lab = Lab(from_env())
    lab.start()
    lab.serve(lambda: None)
