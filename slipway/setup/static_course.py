"""`./lab up --watch`: serves the static course, on a machine that has no engine or should not use it.

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

NOTICE = "Nothing will be live: there is no engine and no terminal to type in. The recordings are of a real engine."
OFFER = "Or watch the course without an engine: ./lab up --watch"


class StaticSiteLike(Protocol):
    """The static course (slipway/proofs/static_site.py)."""

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; call `ready` once connections are accepted."""
        ...


SiteFactory = Callable[[Settings, bytes], StaticSiteLike]


def serve_static_course(settings: Settings, console: Console, build: SiteFactory, *, browser: bool) -> None:
    """Serve the static course until it is stopped. Raises StageFailed when a stage can't go on."""
    url = settings.url.partition("?")[0]
    try:
        with running.hold_lock(settings.state, url, settings.local_url.partition("?")[0]):
            ports.check(settings.host, settings.port)
            browser_libraries.ensure(settings.state, console)
            with console.stage("Pictures, recordings and texts"):
                site = build(settings, bundle())
            console.print(NOTICE)
            with ports.explain_bind_errors(settings.host, settings.port):
                site.serve(lambda: _announce(url, console, browser))
    except running.AlreadyRunning as already:
        raise StageFailed(
            f"This lab is already running: {already.running.url}",
            hint=f"Open it, or stop it (process {already.running.pid}): ./lab down",
        ) from None


def offer(failure: StageFailed, console: Console, *, ask: bool) -> bool:
    """Print the failure and offer the static course: as a question if `ask`, else as a command. True if accepted."""
    console.fail(failure)
    if not ask:
        console.print(f"  {OFFER}")
        return False
    console.print("")
    print("Watch the course without an engine, with pictures, recordings and texts? [y/N] ", end="", flush=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _announce(url: str, console: Console, browser: bool) -> None:
    console.print(f"Slipway is ready: {url}")
    if browser:
        webbrowser.open(url)
