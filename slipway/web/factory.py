"""The web: pages, the JSON API and the pages' sockets, for one learner's browser or a class.

The factory is the map of this package. Collaborators are arguments (ports.py has what is asked of them); the package
imports the core, the classroom and the settings, and never the engine or the store.
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
from slipway.web.security.forwarded_addresses import ForwardedAddresses
from slipway.web.sockets import malformed_packets, websocket
from slipway.web.sockets.lab import LabNamespace


def create_app(
    settings: Settings,
    lessons: Sequence[Lesson],
    progress: ProgressSource,
    authenticator: Authenticator,
    recorded: RecordingSource | None = None,
) -> Flask:
    """Create the application for everything requested over plain HTTP. Without `recorded` no step has a recording."""
    recorded = recorded or recordings.NoRecordings()
    app = Flask("slipway", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.message
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order of the course matters
    origin_guard.init_app(app, origin_guard.AllowedOrigins.from_settings(settings))
    errors.init_app(app)
    assets.init_app(app)
    app.register_blueprint(pages.blueprint(lessons, recorded))
    app.register_blueprint(api.blueprint(lessons, progress, authenticator))
    app.register_blueprint(recordings.blueprint(recorded))
    app.register_blueprint(vendor.blueprint())
    app.context_processor(lambda: {"nonce": origin_guard.nonce(), "classroom": settings.classroom})
    return app


def create_socketio(
    app: Flask, settings: Settings, sessions: SessionManagerLike, authenticator: Authenticator
) -> tuple[SocketIO, ConnectionLimits]:
    """Create the sockets with `/lab`, and guard the whole application. The other namespaces are registered later.

    The ConnectionLimits can disconnect a learner from all of them.
    """
    allowed, malformed = origin_guard.AllowedOrigins.from_settings(settings), malformed_packets.MalformedPacketLog()
    socketio = SocketIO(
        app,
        async_mode="gevent",
        async_handlers=False,  # or keystrokes overtake one another
        cors_allowed_origins=allowed.engineio_allows,  # type: ignore[arg-type]  # its stub lacks functions
        cors_credentials=False,
        max_http_buffer_size=settings.limits.message,
        http_compression=False,
        ping_interval=10,
        ping_timeout=10,
        logger=malformed,
        engineio_logger=malformed,
    )
    websocket.install(socketio, settings.limits)
    malformed_packets.install(socketio, malformed)
    connection_limits = ConnectionLimits(socketio, authenticator, settings.limits)
    LabNamespace(socketio, sessions, authenticator, settings.limits).register()
    guarded = origin_guard.OriginGuard(app.wsgi_app, allowed)
    app.wsgi_app = ForwardedAddresses(  # type: ignore[method-assign]
        guarded, settings.proxies, settings.limits.connections_each
    )
    return socketio, connection_limits
