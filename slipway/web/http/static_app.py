"""The course without a lab: the same pages with pictures, recordings and texts, and nothing live.

For `./lab up --watch` and, saved as files, for `./lab export`. All URLs are relative, so the pages work below any path
and from a folder. Their script is one bundle, because browsers load no modules from a folder. Knows no engine, no
session and no token.
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
    "LICENSE-xterm.txt": (XTERM / "LICENSE", "text/plain"),  # its terms require it wherever the bundle is distributed
}
VENDOR_URLS = {"@xterm/xterm/css/xterm.css": "xterm.css"}
STATIC_FILES = ("css/**/*.css", "js/first-paint.js", "mark.svg")


def create_static_app(
    lessons: Sequence[Lesson], recorded: RecordingSource, bundle: bytes, settings: Settings | None = None
) -> Flask:
    """Create the application for `/`, `/index.html`, `/lessons/<slug>.html`, `/recordings/…`, and what they need.

    With `settings` it is served, and guards hosts and origins as the lab does; without, its files are exported.
    """
    app = Flask("slipway", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    if settings:
        origin_guard.init_app(app, origin_guard.AllowedOrigins.from_settings(settings))
    errors.init_app(app)
    app.register_blueprint(recordings.blueprint(recorded))
    app.context_processor(lambda: _template_context(origin_guard.nonce() if settings else ""))
    _add_routes(app, lessons, recorded, bundle)
    return app


def files(lessons: Sequence[Lesson], recorded: RecordingSource) -> Iterator[str]:
    """Yield the paths of all files that the pages consist of."""
    yield from ("index.html", "slipway.js", *COPIES)
    for pattern in STATIC_FILES:
        yield from sorted(str(path.relative_to(ROOT)) for path in (ROOT / "static").glob(pattern))
    for lesson in lessons:
        yield f"lessons/{lesson.slug}.html"
        for step in lesson.steps:
            if recorded.has(lesson.slug, step.slug):
                yield from (f"recordings/{lesson.slug}/{step.slug}.{kind}" for kind in ("js", "cast"))


def _add_routes(app: Flask, lessons: Sequence[Lesson], recorded: RecordingSource, bundle: bytes) -> None:
    positions = {lesson.slug: position for position, lesson in enumerate(lessons)}

    @app.get("/")
    @app.get("/index.html")
    def home() -> str:
        return render_template("home.html", lessons=lessons)

    @app.get("/lessons/<slug>.html")
    def lesson(slug: str) -> str:
        position = positions.get(slug)
        if position is None:
            abort(404, "There is no such lesson in this course.")
        return render_template(
            "still.html",
            lesson=lesson_view(lessons[position], recorded, whole=True),
            lessons=lessons,
            previous=lessons[position - 1] if position else None,
            next=lessons[position + 1] if position + 1 < len(lessons) else None,
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


def _template_context(nonce: str) -> dict[str, object]:
    """Return what the templates need, with relative URLs."""
    root = "../" * (request.path.count("/") - 1)
    return {
        "nonce": nonce,
        "watching": True,
        "root": root,
        "home": f"{root}index.html",
        "lesson_at": lambda slug: f"{root}lessons/{slug}.html",
        "url_for": lambda _endpoint, filename: f"{root}static/{filename}",
        "vendor": lambda path: f"{root}{VENDOR_URLS[path]}",
    }
