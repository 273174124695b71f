"""`./lab up --watch`: the course to look at, on a machine that has no engine, or is not to use it.

Needs the browser libraries and a free port; neither Docker nor root.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from typing import Protocol

from slipway.settings import Settings
from slipway.setup import browser_libraries, ports, running
from slipway.setup.bundle import bundle
from slipway.setup.console import Console, StageFailed

PLAINLY = "Nothing will be live: there is no engine, and no terminal to type in. The recordings are of a real one."
OFFER = "Or watch the course without an engine: ./lab up --watch"


class StaticSiteLike(Protocol):
    def serve(self, ready: Callable[[], None]) -> None: ...


Build = Callable[[Settings, bytes], StaticSiteLike]


def serve_static_course(settings: Settings, voice: Console, build: Build, *, browser: bool) -> None:
    """Serves until it is stopped. Raises StageFailed when a stage can't go on."""
    url = settings.url.partition("?")[0]
    try:
        with running.only_one(settings.state, url):
            ports.check(settings.host, settings.port)
            browser_libraries.ensure(settings.state, voice)
            with voice.stage("Pictures, recordings and texts"):
                watched = build(settings, bundle())
            voice.say(PLAINLY)
            with ports.blamed(settings.host, settings.port):
                watched.serve(lambda: _ready(url, voice, browser))
    except running.AlreadyRunning as already:
        raise StageFailed(
            f"This lab runs already: {already.running.url}",
            then=f"Open it, or stop it (process {already.running.pid}): ./lab down",
        ) from None


def offered(failure: StageFailed, voice: Console, *, asks: bool) -> bool:
    """Tells what failed, and offers to watch instead: as a question to a person, else as a command."""
    voice.fail(failure)
    if not asks:
        voice.say(f"  {OFFER}")
        return False
    voice.say("")
    print("Watch the course without an engine, with pictures, recordings and texts? [y/N] ", end="", flush=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _ready(url: str, voice: Console, browser: bool) -> None:
    voice.say(f"Slipway is ready: {url}")
    if browser:
        webbrowser.open(url)
