"""The servers of the terminal benchmark, each started for one measurement in front of a shell in a container.

Peers without Docker support run `docker exec -it`. Knows how each is started, and nothing of what is measured.
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

from bench._clients import (
    AttachClient,
    BenchClient,
    BenchPtyClient,
    TerminadoClient,
    TtydClient,
    TtydDeflateClient,
    WettyClient,
)
from tests import shells
from tests.pty_client import PtyClient
from tests.static_server import ROOT, serving, slipway

PYXTERMJS = ROOT / ".venv-pyxtermjs" / "bin" / "python"
BENCH_ENVIRONMENT = ROOT / ".venv-bench"
TERMINADO = ["terminado==0.18.1", "tornado>=6.5,<7"]
WETTY = BENCH_ENVIRONMENT / "node_modules" / ".bin" / "wetty"
WETTY_VERSION = "wetty@3.2.0"
TTYD = ["ttyd", "-W", "-i", "127.0.0.1", "-p"]
TERMINADO_SERVER = """
import sys, tornado.ioloop, tornado.web, terminado
manager = terminado.UniqueTermManager(shell_command=sys.argv[2:])
routes = [(r"/ws", terminado.TermSocket, {"term_manager": manager})]
tornado.web.Application(routes).listen(int(sys.argv[1]), "127.0.0.1")
tornado.ioloop.IOLoop.current().start()
"""

OpenClient = Callable[[ExitStack, Container], BenchClient]
OpenClients = Callable[[ExitStack, Container, int], list[BenchClient]]


def open_attach(_stack: ExitStack, container: Container) -> BenchClient:
    """Open the attach socket itself: the upper limit of any terminal through Docker."""
    return AttachClient(container)


def open_slipway(stack: ExitStack, _container: Container) -> BenchClient:
    """Open a page of Slipway's `/pty`."""
    return open_slipway_clients(stack, 1)[0]


def open_slipway_confined(stack: ExitStack, _container: Container) -> BenchClient:
    """Open the same with the resource limits of a learner's terminal."""
    return open_slipway_server(stack, 1, confined=True)[0][0]


def open_slipway_clients(stack: ExitStack, count: int) -> list[BenchClient]:
    """Start Slipway with `count` terminals and open a page for each."""
    return open_slipway_server(stack, count)[0]


def open_slipway_server(stack: ExitStack, count: int, confined: bool = False) -> tuple[list[BenchClient], int]:
    """Start Slipway with `count` terminals; return a page for each, and the pid of the server."""
    name = stack.enter_context(shells.named("bench"))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url, process = stack.enter_context(serving(slipway(name, confined=confined), folder / "server.log"))
    clients = [_open_page(stack, url, number) for number in range(1, count + 1)]
    for client in clients:
        client.process = process.pid
    return clients, process.pid


def _open_page(stack: ExitStack, url: str, number: int) -> BenchClient:
    page = PtyClient(url, "test-token")
    client = BenchPtyClient(page, number)
    stack.enter_context(page)
    page.emit("attach", {"terminal": number})
    page.emit("resize", {"cols": 80, "rows": 24, "terminal": number})
    return client


def _open_pyxtermjs(stack: ExitStack, container: Container) -> BenchClient:
    from tests.conformance.test_pyxtermjs import _connect_once  # it refuses its first visitor

    def command(port: int) -> list[str]:
        inside = " ".join(_exec(container)[1:])
        return [str(PYXTERMJS), "-m", "pyxtermjs", "--port", str(port), "--command", "docker", f"--cmd-args={inside}"]

    url, process = _start(stack, command)
    _connect_once(url)
    page = PtyClient(url, transport="polling")
    client = BenchPtyClient(page)
    stack.enter_context(page)
    page.resize(80, 24)
    client.process = process
    return client


def _open_terminado(stack: ExitStack, container: Container, count: int) -> list[BenchClient]:
    server = [str(BENCH_ENVIRONMENT / "bin" / "python"), "-c", TERMINADO_SERVER]
    url, process = _start(stack, lambda port: [*server, str(port), *_exec(container)])
    return _with_process([TerminadoClient(url.replace("http", "ws") + "/ws") for _ in range(count)], process)


def _open_wetty(stack: ExitStack, container: Container, count: int) -> list[BenchClient]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    script = folder / "shell"
    script.write_text(f"#!/bin/sh\nexec {shlex.join(_exec(container))}\n")
    script.chmod(0o755)
    options = ["--host", "localhost", "--log-level", "error", "--command", str(script)]
    url, process = _start(stack, lambda port: [str(WETTY), "--port", str(port), *options])
    return _with_process([WettyClient(url) for _ in range(count)], process)


def _open_ttyd(stack: ExitStack, container: Container, count: int) -> list[BenchClient]:
    url, process = _start(stack, lambda port: [*TTYD, str(port), *_exec(container)])
    return _with_process([TtydClient(url) for _ in range(count)], process)


def _open_ttyd_deflate(stack: ExitStack, container: Container) -> BenchClient:
    url, process = _start(stack, lambda port: [*TTYD, str(port), *_exec(container)])
    return _with_process([TtydDeflateClient(url)], process)[0]


def _first(open_clients: OpenClients) -> OpenClient:
    return lambda stack, container: open_clients(stack, container, 1)[0]


def _with_process(clients: Sequence[BenchClient], process: int) -> list[BenchClient]:
    for client in clients:
        client.process = process
    return list(clients)


def _exec(container: Container) -> list[str]:
    return ["docker", "exec", "-it", str(container.name), "bash", "--norc", "--noprofile", "-i"]


def _start(stack: ExitStack, command: Callable[[int], list[str]]) -> tuple[str, int]:
    """Start a server; return its URL and pid."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server: AbstractContextManager[tuple[str, Any]] = serving(command, folder / "server.log")
    url, process = stack.enter_context(server)
    return url, process.pid


def _missing_pyxtermjs() -> str:
    return "" if PYXTERMJS.exists() else "there is no .venv-pyxtermjs (./lab test creates it)."


def _missing_terminado() -> str:
    """Install terminado in a separate environment; return why that fails, or ""."""
    python = BENCH_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH_ENVIRONMENT)], check=True)
    completed = subprocess.run([python, "-m", "pip", "install", "-q", *TERMINADO], capture_output=True, text=True)
    return "" if completed.returncode == 0 else f"pip can't install it: {completed.stderr.strip().splitlines()[-1]}"


def _missing_wetty() -> str:
    """Install wetty in a separate folder and build its node-pty; return why that fails, or ""."""
    if WETTY.exists():
        return ""
    if not shutil.which("npm"):
        return "there is no npm."
    BENCH_ENVIRONMENT.mkdir(exist_ok=True)
    command = ["npm", "install", "--prefix", str(BENCH_ENVIRONMENT), "--no-audit", "--no-fund", WETTY_VERSION]
    completed = subprocess.run(command, capture_output=True, text=True)
    return "" if completed.returncode == 0 else f"npm can't install it: {completed.stderr.strip().splitlines()[-1]}"


def _missing_ttyd() -> str:
    """Start ttyd on trial: a copied binary may be there and not start. Return why it fails, or ""."""
    if not shutil.which("ttyd"):
        return "there is no ttyd on the PATH."
    with tempfile.TemporaryDirectory() as folder:
        try:
            with serving(lambda port: [*TTYD, str(port), "true"], Path(folder) / "server.log"):
                return ""
        except AssertionError as error:
            return f"it does not start: {str(error).strip().splitlines()[-1]}"


PEERS: dict[str, tuple[OpenClient, Callable[[], str]]] = {
    "pyxtermjs": (_open_pyxtermjs, _missing_pyxtermjs),
    "terminado": (_first(_open_terminado), _missing_terminado),
    "wetty": (_first(_open_wetty), _missing_wetty),
    "ttyd": (_first(_open_ttyd), _missing_ttyd),
    "ttyd, deflate": (_open_ttyd_deflate, _missing_ttyd),
}
"""How each peer is opened, and a function that returns why it can't be ("" if it can)."""

MULTI_CLIENT_PEERS: dict[str, OpenClients] = {"terminado": _open_terminado, "wetty": _open_wetty, "ttyd": _open_ttyd}
"""Peers that serve many clients, each with its own shell in one container."""
