"""The course without a lab: the same pages with pictures, recordings and texts, and nothing live.

For `./lab up --watch` and, written down as files, for `./lab export`.

Every address is relative, so the pages work below any path and from a folder. Their script is one bundle, because
browsers load no modules from a folder. Knows no engine, no seat and no token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask, Response, abort, render_template, request, send_file

from slipway.core.lessons.lesson import Lesson
from slipway.settings import ROOT, Settings
from slipway.web.http import errors, recordings
from slipway.web.http.pages import lesson_view
from slipway.web.ports import RecordingSource
from slipway.web.security import origin_guard

XTERM = ROOT / "node_modules" / "@xterm" / "xterm"
COPIES = {
    "xterm.css": (XTERM / "css" / "xterm.css", "text/css"),
    "LICENSE.txt": (ROOT / "LICENSE", "text/plain"),
    "LICENSE-xterm.txt": (XTERM / "LICENSE", "text/plain"),  # its terms ask for it wherever the bundle goes
}
ADDRESSES = {"@xterm/xterm/css/xterm.css": "xterm.css"}
STATIC = ("css/**/*.css", "js/first-paint.js", "mark.svg")


def create_still_app(
    lessons: Sequence[Lesson], shelf: RecordingSource, bundle: bytes, settings: Settings | None = None
) -> Flask:
    """`/`, `/index.html`, `/lessons/<slug>.html`, `/recordings/…`, and what they need. With `settings` it stands behind
    the lab's doors, for those who watch; without, it is there to be written down."""
    app = Flask("slipway", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    if settings:
        origin_guard.init_app(app, origin_guard.AllowedOrigins.of(settings))
    errors.init_app(app)
    app.register_blueprint(recordings.blueprint(shelf))
    app.context_processor(lambda: _surroundings(origin_guard.nonce() if settings else ""))
    _serve(app, lessons, shelf, bundle)
    return app


def files(lessons: Sequence[Lesson], shelf: RecordingSource) -> Iterator[str]:
    """The paths of everything that the pages are made of."""
    yield from ("index.html", "slipway.js", *COPIES)
    for pattern in STATIC:
        yield from sorted(str(path.relative_to(ROOT)) for path in (ROOT / "static").glob(pattern))
    for lesson in lessons:
        yield f"lessons/{lesson.slug}.html"
        for step in lesson.steps:
            if shelf.has(lesson.slug, step.slug):
                yield from (f"recordings/{lesson.slug}/{step.slug}.{kind}" for kind in ("js", "cast"))


def _serve(app: Flask, lessons: Sequence[Lesson], shelf: RecordingSource, bundle: bytes) -> None:
    places = {lesson.slug: place for place, lesson in enumerate(lessons)}

    @app.get("/")
    @app.get("/index.html")
    def home() -> str:
        return render_template("home.html", lessons=lessons)

    @app.get("/lessons/<slug>.html")
    def lesson(slug: str) -> str:
        place = places.get(slug)
        if place is None:
            abort(404, "There is no such lesson in this course.")
        return render_template(
            "still.html",
            lesson=lesson_view(lessons[place], shelf, whole=True),
            lessons=lessons,
            previous=lessons[place - 1] if place else None,
            next=lessons[place + 1] if place + 1 < len(lessons) else None,
        )

    @app.get("/slipway.js")
    def script() -> Response:
        return Response(bundle, content_type="text/javascript; charset=utf-8")

    @app.get(f"/<any({', '.join(repr(name) for name in COPIES)}):name>")
    def copy(name: str) -> Response:
        path, kind = COPIES[name]
        return send_file(path, mimetype=kind)

    @app.get("/healthz")
    def health() -> dict[str, Any]:
        return {"status": "ok", "lessons": len(lessons), "live": False}


def _surroundings(nonce: str) -> dict[str, object]:
    """What the templates ask for, in relative addresses."""
    root = "../" * (request.path.count("/") - 1)
    return {
        "nonce": nonce,
        "watching": True,
        "root": root,
        "home": f"{root}index.html",
        "lesson_at": lambda slug: f"{root}lessons/{slug}.html",
        "url_for": lambda _endpoint, filename: f"{root}static/{filename}",
        "vendor": lambda path: f"{root}{ADDRESSES[path]}",
    }
