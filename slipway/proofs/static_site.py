"""The composition root of the static course: lessons and their recordings, without an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slipway.proofs import course
from slipway.proofs.recordings import Recordings
from slipway.settings import Settings
from slipway.web.http.server import serve
from slipway.web.http.static_app import create_static_app, files


class StaticSite:
    """The static course on a web server."""

    def __init__(self, settings: Settings, bundle: bytes) -> None:
        lessons = course.read()
        self._settings = settings
        self._app = create_static_app(lessons, Recordings(lessons), bundle, settings)

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; call `ready` once connections are accepted. Raises OSError if the port is in use."""
        serve(self._app, None, self._settings, ready)


def site_files(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file of the static course. Raises RuntimeError if one cannot be created."""
    lessons = course.read()
    recordings = Recordings(lessons)
    client = create_static_app(lessons, recordings, bundle).test_client()
    for path in files(lessons, recordings):
        response = client.get(f"/{path}", buffered=True)
        if response.status_code != 200:
            raise RuntimeError(f"{path} could not be created ({response.status_code})")
        yield path, response.data
