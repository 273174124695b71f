"""Slipway's `/pty` on Slipway's own server: `python -m tests.terminal_server PORT TOKEN NAME [confined]`.

Real shells in real containers, named NAME-1, NAME-2, …, with or without the limits of a learner's; for tests and for
the benchmark of the terminal.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - everything after the patch, or sockets would block the loop

from docker.errors import NotFound  # noqa: E402
from docker.models.containers import Container  # noqa: E402
from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

from slipway.engine.attached_shell import AttachedShell  # noqa: E402
from slipway.settings import LabLimits  # noqa: E402
from slipway.terminal.terminals import Terminals  # noqa: E402
from slipway.web.http.server import LabWSGIServer  # noqa: E402
from slipway.web.security.auth import Authenticator  # noqa: E402
from slipway.web.sockets import malformed_packets, pty, websocket  # noqa: E402
from tests import shells  # noqa: E402


def main(port: int, token: str, name: str, confined: bool) -> None:
    """Serve until killed."""
    engine = shells.connected()
    shells.build(engine)

    def container(number: int, new_shell: bool) -> Container:
        try:
            found = engine.containers.get(f"{name}-{number}")
        except NotFound:
            return shells.create(engine, name=f"{name}-{number}", confined=confined)
        if not new_shell:
            return found
        found.remove(force=True)
        return shells.create(engine, name=f"{name}-{number}", confined=confined)

    app = Flask(__name__)
    app.add_url_rule("/healthz", view_func=lambda: "ok")
    socketio = SocketIO(app, async_mode="gevent", async_handlers=False, max_http_buffer_size=64 * 1024)
    websocket.install(socketio, LabLimits())
    malformed_packets.install(socketio, malformed_packets.MalformedPacketLog())
    terminals = Terminals(
        lambda learner, number, new_shell: AttachedShell(container(number, new_shell)),
        lambda learner, number, mark: None,
        limit=500,
    )
    pty.register(socketio, terminals, Authenticator(token), LabLimits())
    LabWSGIServer(("127.0.0.1", port), app, LabLimits()).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], "confined" in sys.argv[4:])
