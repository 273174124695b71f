"""The composition root of a course that is only watched: lessons and their recordings, and no engine anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slipway.proofs import course
from slipway.proofs.recordings import Recordings
from slipway.settings import Settings
from slipway.web.http.server import serve
from slipway.web.http.static_app import create_static_app, files


class StaticSite:
    """The course, served."""

    def __init__(self, settings: Settings, bundle: bytes) -> None:
        lessons = course.read()
        self._settings = settings
        self._app = create_static_app(lessons, Recordings(lessons), bundle, settings)

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; `ready` is called once connections are taken. Raises OSError for a port in use."""
        serve(self._app, None, self._settings, ready)


def site_files(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """The course, as the paths and contents of files."""
    lessons = course.read()
    recordings = Recordings(lessons)
    client = create_static_app(lessons, recordings, bundle).test_client()
    for path in files(lessons, recordings):
        answer = client.get(f"/{path}", buffered=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} could not be made ({answer.status_code})")
        yield path, answer.data
