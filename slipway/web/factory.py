"""The web: pages, the JSON interface and the page's sockets, for one learner's browser or a room of them.

The factory is the map. Collaborators come in as arguments (contracts.py says what is asked of them); this folder
imports the core and the settings, and never the engine or the store.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_socketio import SocketIO

from slipway.core.lessons.lesson import Lesson
from slipway.settings import ROOT, Settings
from slipway.web.http import api, assets, errors, pages, recordings, vendor
from slipway.web.ports import ProgressSource, RecordingSource, SessionManagerLike
from slipway.web.security import origin_guard
from slipway.web.security.auth import Authenticator
from slipway.web.security.connection_limits import ConnectionLimits
from slipway.web.sockets import packets, websocket
from slipway.web.sockets.lab import LabNamespace


def create_app(
    settings: Settings,
    lessons: Sequence[Lesson],
    progress: ProgressSource,
    access: Authenticator,
    shelf: RecordingSource | None = None,
) -> Flask:
    """Everything that is asked for over plain HTTP. Without a shelf no step has a recording."""
    shelf = shelf or recordings.NoRecordings()
    app = Flask("slipway", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.message
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the course's order is the order
    origin_guard.init_app(app, origin_guard.AllowedOrigins.of(settings))
    errors.init_app(app)
    assets.init_app(app)
    app.register_blueprint(pages.blueprint(lessons, shelf))
    app.register_blueprint(api.blueprint(lessons, progress, access))
    app.register_blueprint(recordings.blueprint(shelf))
    app.register_blueprint(vendor.blueprint())
    app.context_processor(lambda: {"nonce": origin_guard.nonce(), "classroom": settings.classroom})
    return app


def create_socketio(
    app: Flask, settings: Settings, house: SessionManagerLike, access: Authenticator
) -> tuple[SocketIO, ConnectionLimits]:
    """The sockets with `/lab`, and the doors around the whole application; `pty.register` adds the terminals.

    And who stands at their door, to put somebody out of all of them.
    """
    doors, malformed = origin_guard.AllowedOrigins.of(settings), packets.MalformedPacketLog()
    socketio = SocketIO(
        app,
        async_mode="gevent",
        async_handlers=False,  # or keystrokes overtake one another
        cors_allowed_origins=sorted(doors.origins),
        cors_credentials=False,
        max_http_buffer_size=settings.limits.message,
        http_compression=False,
        ping_interval=10,
        ping_timeout=10,
        logger=malformed,
        engineio_logger=malformed,
    )
    websocket.install(socketio, settings.limits)
    packets.install(socketio, malformed)
    doorstep = ConnectionLimits(socketio, access, settings.limits)
    socketio.on_namespace(LabNamespace(house, access, settings.limits))
    app.wsgi_app = origin_guard.OriginGuard(app.wsgi_app, doors)  # type: ignore[method-assign]
    return socketio, doorstep
