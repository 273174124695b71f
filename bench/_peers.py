"""The servers of the terminal bench: each opened for one measurement, in front of a shell in a container.

Peers that know no Docker run `docker exec -it`. Knows how each is started, and nothing of what is measured.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from docker.models.containers import Container

from bench._desks import Deflated, Desk, Page, Raw, Socket, Ttyd, Wetty
from tests import shells
from tests.pty_client import PtyClient
from tests.static_server import ROOT, serving, slipway

PYXTERMJS = ROOT / ".venv-pyxtermjs" / "bin" / "python"
BENCH = ROOT / ".venv-bench"
TERMINADO = ["terminado==0.18.1", "tornado>=6.5,<7"]
WETTY = BENCH / "node_modules" / ".bin" / "wetty"
WETTY_VERSION = "wetty@3.2.0"
TTYD = ["ttyd", "-W", "-i", "127.0.0.1", "-p"]
TERMINADO_SERVER = """
import sys, tornado.ioloop, tornado.web, terminado
manager = terminado.UniqueTermManager(shell_command=sys.argv[2:])
routes = [(r"/ws", terminado.TermSocket, {"term_manager": manager})]
tornado.web.Application(routes).listen(int(sys.argv[1]), "127.0.0.1")
tornado.ioloop.IOLoop.current().start()
"""

Opened = Callable[[ExitStack, Container], Desk]
Several = Callable[[ExitStack, Container, int], list[Desk]]


def raw(_stack: ExitStack, container: Container) -> Desk:
    """The attach socket itself: the limit of the way through Docker."""
    return Raw(container)


def ours(stack: ExitStack, _container: Container) -> Desk:
    """Slipway's `/pty`."""
    return room(stack, 1)[0]


def confined(stack: ExitStack, _container: Container) -> Desk:
    """The same before a shell with the limits of a learner's terminal: what a learner has."""
    return house(stack, 1, confined=True)[0][0]


def room(stack: ExitStack, seats: int) -> list[Desk]:
    """Slipway with so many terminals, each with a page of its own."""
    return house(stack, seats)[0]


def house(stack: ExitStack, seats: int, confined: bool = False) -> tuple[list[Desk], int]:
    """The same, and the id of the server's process."""
    name = stack.enter_context(shells.named("bench"))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url, process = stack.enter_context(serving(slipway(name, confined=confined), folder / "server.log"))
    desks = [_seat(stack, url, number) for number in range(1, seats + 1)]
    for desk in desks:
        desk.process = process.pid
    return desks, process.pid


def _seat(stack: ExitStack, url: str, number: int) -> Desk:
    page = PtyClient(url, "test-token")
    desk = Page(page, number)
    stack.enter_context(page)
    page.emit("attach", {"terminal": number})
    page.emit("resize", {"cols": 80, "rows": 24, "terminal": number})
    return desk


def _pyxtermjs(stack: ExitStack, container: Container) -> Desk:
    from tests.conformance.test_pyxtermjs import _knock  # its first visitor is turned away

    def command(port: int) -> list[str]:
        inside = " ".join(_exec(container)[1:])
        return [str(PYXTERMJS), "-m", "pyxtermjs", "--port", str(port), "--command", "docker", f"--cmd-args={inside}"]

    url, process = _served(stack, command)
    _knock(url)
    page = PtyClient(url, transport="polling")
    desk = Page(page)
    stack.enter_context(page)
    page.resize(80, 24)
    desk.process = process
    return desk


def _terminados(stack: ExitStack, container: Container, seats: int) -> list[Desk]:
    server = [str(BENCH / "bin" / "python"), "-c", TERMINADO_SERVER]
    url, process = _served(stack, lambda port: [*server, str(port), *_exec(container)])
    return _known([Socket(url.replace("http", "ws") + "/ws") for _ in range(seats)], process)


def _wetties(stack: ExitStack, container: Container, seats: int) -> list[Desk]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    script = folder / "shell"
    script.write_text(f"#!/bin/sh\nexec {shlex.join(_exec(container))}\n")
    script.chmod(0o755)
    given = ["--host", "localhost", "--log-level", "error", "--command", str(script)]
    url, process = _served(stack, lambda port: [str(WETTY), "--port", str(port), *given])
    return _known([Wetty(url) for _ in range(seats)], process)


def _ttyds(stack: ExitStack, container: Container, seats: int) -> list[Desk]:
    url, process = _served(stack, lambda port: [*TTYD, str(port), *_exec(container)])
    return _known([Ttyd(url) for _ in range(seats)], process)


def _deflated(stack: ExitStack, container: Container) -> Desk:
    url, process = _served(stack, lambda port: [*TTYD, str(port), *_exec(container)])
    return _known([Deflated(url)], process)[0]


def _one(several: Several) -> Opened:
    return lambda stack, container: several(stack, container, 1)[0]


def _known(desks: Sequence[Desk], process: int) -> list[Desk]:
    for desk in desks:
        desk.process = process
    return list(desks)


def _exec(container: Container) -> list[str]:
    return ["docker", "exec", "-it", str(container.name), "bash", "--norc", "--noprofile", "-i"]


def _served(stack: ExitStack, command: Callable[[int], list[str]]) -> tuple[str, int]:
    """The URL of a server and its process."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server: AbstractContextManager[tuple[str, Any]] = serving(command, folder / "server.log")
    url, process = stack.enter_context(server)
    return url, process.pid


def _no_pyxtermjs() -> str:
    return "" if PYXTERMJS.exists() else "there is no .venv-pyxtermjs (./lab test makes it)."


def _no_terminado() -> str:
    """Have terminado in an environment of its own; "" or why not."""
    python = BENCH / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=True)
    done = subprocess.run([python, "-m", "pip", "install", "-q", *TERMINADO], capture_output=True, text=True)
    return "" if done.returncode == 0 else f"pip can't install it: {done.stderr.strip().splitlines()[-1]}"


def _no_wetty() -> str:
    """Have wetty in a folder of its own, its node-pty built; "" or why not."""
    if WETTY.exists():
        return ""
    if not shutil.which("npm"):
        return "there is no npm."
    BENCH.mkdir(exist_ok=True)
    command = ["npm", "install", "--prefix", str(BENCH), "--no-audit", "--no-fund", WETTY_VERSION]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"npm can't install it: {done.stderr.strip().splitlines()[-1]}"


def _no_ttyd() -> str:
    """A binary that was copied from somewhere may be there, and not start."""
    if not shutil.which("ttyd"):
        return "there is no ttyd on the PATH."
    with tempfile.TemporaryDirectory() as folder:
        try:
            with serving(lambda port: [*TTYD, str(port), "true"], Path(folder) / "server.log"):
                return ""
        except AssertionError as error:
            return f"it does not start: {str(error).strip().splitlines()[-1]}"


OTHERS: dict[str, tuple[Opened, Callable[[], str]]] = {
    "pyxtermjs": (_pyxtermjs, _no_pyxtermjs),
    "terminado": (_one(_terminados), _no_terminado),
    "wetty": (_one(_wetties), _no_wetty),
    "ttyd": (_one(_ttyds), _no_ttyd),
    "ttyd, deflate": (_deflated, _no_ttyd),
}
"""How each peer is opened, and why it can't be ("" when it can)."""

ROOMS: dict[str, Several] = {"terminado": _terminados, "wetty": _wetties, "ttyd": _ttyds}
"""Those at which many can sit, each at a shell of their own in the one container."""
