"""The web: pages, the JSON interface and the page's sockets, for one learner's browser or a room of them.

The factory is the map. Collaborators come in as arguments (contracts.py says what is asked of them); this folder
imports the core and the settings, and never the engine or the store.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_socketio import SocketIO

from slipway.core.lesson import Lesson
from slipway.settings import ROOT, Settings
from slipway.web import api, assets, errors, guard, packets, pages, recordings, vendor, websocket
from slipway.web.access import Access
from slipway.web.contracts import House, Progress, Recordings
from slipway.web.doorstep import Doorstep
from slipway.web.lab import Lab
from slipway.web.serve import serve

__all__ = ["create_app", "create_socketio", "serve"]


def create_app(
    settings: Settings, lessons: Sequence[Lesson], progress: Progress, access: Access, shelf: Recordings | None = None
) -> Flask:
    """Everything that is asked for over plain HTTP. Without a shelf no step has a recording."""
    shelf = shelf or recordings.NoRecordings()
    app = Flask("slipway", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.message
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the course's order is the order
    guard.init_app(app, guard.Doors.of(settings))
    errors.init_app(app)
    assets.init_app(app)
    app.register_blueprint(pages.blueprint(lessons, shelf))
    app.register_blueprint(api.blueprint(lessons, progress, access))
    app.register_blueprint(recordings.blueprint(shelf))
    app.register_blueprint(vendor.blueprint())
    app.context_processor(lambda: {"nonce": guard.nonce(), "classroom": settings.classroom})
    return app


def create_socketio(app: Flask, settings: Settings, house: House, access: Access) -> tuple[SocketIO, Doorstep]:
    """The sockets with `/lab`, and the doors around the whole application; `pty.register` adds the terminals.

    And who stands at their door, to put somebody out of all of them.
    """
    doors, malformed = guard.Doors.of(settings), packets.Malformed()
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
    doorstep = Doorstep(socketio, access, settings.limits)
    socketio.on_namespace(Lab(house, access, settings.limits))
    app.wsgi_app = guard.Guard(app.wsgi_app, doors)  # type: ignore[method-assign]
    return socketio, doorstep
