"""`./lab bench terminal`: keys and floods through Slipway, through the raw attach socket, and through its peers.

One engine, one machine, interleaved, three repetitions, medians; look at the ratios, for absolute figures are this
machine's. Peers that know no Docker run `docker exec -it`. What is not installed here is left out, and said so.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import websocket
from docker.models.containers import Container

from slipway.engine.line import Line
from tests import shells
from tests.pty_page import PtyPage
from tests.served import ROOT, serving, slipway

ROUNDS = 3
KEYS = 120
FLOOD = 20_000_000
SLOWEST = 25.0
"""Seconds that a flood may take; a peer that is not done by then is given the rate that it had."""
LINE = "the quick brown fox jumps over the lazy dog 0123456789"
PYXTERMJS = ROOT / ".venv-pyxtermjs" / "bin" / "python"
BENCH = ROOT / ".venv-bench"
TERMINADO = ["terminado==0.18.1", "tornado>=6.5,<7"]
TERMINADO_SERVER = """
import sys, tornado.ioloop, tornado.web, terminado
manager = terminado.SingleTermManager(shell_command=sys.argv[2:])
routes = [(r"/ws", terminado.TermSocket, {"term_manager": manager})]
tornado.web.Application(routes).listen(int(sys.argv[1]), "127.0.0.1")
tornado.ioloop.IOLoop.current().start()
"""


class Desk:
    """A terminal as a client has it: what it shows is counted and searched, and not kept."""

    def __init__(self) -> None:
        self.bytes, self._tail, self._changed = 0, "", threading.Condition()

    def send(self, text: str) -> None:
        raise NotImplementedError

    def shown(self, text: str) -> None:
        with self._changed:
            self.bytes += len(text)
            self._tail = (self._tail + text)[-400:]
            self._changed.notify_all()

    def see(self, text: str, seconds: float = 20.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: text in self._tail, seconds)

    def forget(self) -> None:
        with self._changed:
            self._tail = ""


class Raw(Desk):
    def __init__(self, container: Container) -> None:
        super().__init__()
        self._line = Line(container)
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._line.write(text.encode())

    def _read(self) -> None:
        while data := self._line.read():
            self.shown(data.decode(errors="replace"))


class Page(Desk):
    """At a `/pty` namespace, ours or pyxtermjs's."""

    def __init__(self, page: PtyPage) -> None:
        super().__init__()
        self._page = page
        page._heard = self._heard  # type: ignore[method-assign]  # a flood must not be kept

    def send(self, text: str) -> None:
        self._page.type(text)

    def _heard(self, event: str, payload: dict[str, Any]) -> None:
        if event == "pty-output":
            self.shown(payload["output"])
            if "end" in payload:
                self._page.emit("parsed", {"terminal": payload["terminal"], "seq": payload["end"]})


class Socket(Desk):
    """At a WebSocket of terminado's."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._socket = websocket.create_connection(url, skip_utf8_validation=True)
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._socket.send(json.dumps(["stdin", text]))

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            while message := self._socket.recv():
                kind, *rest = json.loads(message)
                if kind == "stdout":
                    self.shown(rest[0])


Opened = Callable[[ExitStack, Container], Desk]


def main() -> int:
    engine = docker.from_env()
    shells.build(engine)
    peers: dict[str, Opened] = {"raw attach": lambda stack, container: Raw(container), "Slipway": _slipway}
    for name, (opened, missing) in {
        "pyxtermjs": (_pyxtermjs, _no_pyxtermjs()),
        "terminado": (_terminado, _no_terminado()),
    }.items():
        if missing:
            print(f"{name} is left out: {missing}")
        else:
            peers[name] = opened
    print("ttyd and wetty are left out: this bench has no client for them yet.")
    results: dict[str, list[dict[str, float]]] = {name: [] for name in peers}
    for turn in range(ROUNDS):
        for name, opened in peers.items():
            print(f"round {turn + 1}: {name}", file=sys.stderr, flush=True)
            with ExitStack() as stack:
                container = stack.enter_context(shells.shell(engine))
                results[name].append(_measure(opened(stack, container)))
    _table(
        {
            name: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
            for name, rounds in results.items()
        }
    )
    return 0


def _measure(desk: Desk) -> dict[str, float]:
    time.sleep(0.5)
    desk.send("\r")
    assert desk.see("ready$ "), "no prompt"
    desk.send("stty -echo; echo go-$((1))\r")
    assert desk.see("go-1")
    return _keys(desk) | _flood(desk)


def _keys(desk: Desk) -> dict[str, float]:
    """Milliseconds from a key to its echo by `cat`, one key at a time."""
    desk.send("stty -icanon; echo cat-$((1)); cat\r")
    assert desk.see("cat-1")
    time.sleep(0.2)
    took = []
    for number in range(KEYS):
        key = "abcdefghijklmnopqrstuvwxyz"[number % 26]
        desk.forget()
        began = time.perf_counter()
        desk.send(key)
        assert desk.see(key), "no echo"
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.012)
    desk.send("\x03")
    return {"p50": statistics.median(took), "p95": statistics.quantiles(took, n=20)[18]}


def _flood(desk: Desk) -> dict[str, float]:
    """Megabytes a second of a large output, up to its last line."""
    time.sleep(0.3)
    desk.send(f"stty icanon -onlcr; yes '{LINE}' | head -c {FLOOD} > /flood; echo made-$((1))\r")
    assert desk.see("made-1", 60)
    before, began = desk.bytes, time.perf_counter()
    desk.send("cat /flood; echo done-$((1))\r")
    desk.see("done-1", SLOWEST)
    return {"rate": (desk.bytes - before) / (time.perf_counter() - began) / 1e6}


def _slipway(stack: ExitStack, _container: Container) -> Desk:
    name = f"slipway-bench-{uuid4().hex[:8]}"
    stack.callback(_remove, name)
    url = _served(stack, slipway(name))
    page = PtyPage(url, "test-token")
    desk = Page(page)
    stack.enter_context(page)
    page.resize(80, 24)
    return desk


def _pyxtermjs(stack: ExitStack, container: Container) -> Desk:
    from tests.conformance.test_pyxtermjs import _knock  # its first visitor is turned away

    def command(port: int) -> list[str]:
        inside = " ".join(_exec(container)[1:])
        return [str(PYXTERMJS), "-m", "pyxtermjs", "--port", str(port), "--command", "docker", f"--cmd-args={inside}"]

    url = _served(stack, command)
    _knock(url)
    page = PtyPage(url, transport="polling")
    desk = Page(page)
    stack.enter_context(page)
    page.resize(80, 24)
    return desk


def _terminado(stack: ExitStack, container: Container) -> Desk:
    server = [str(BENCH / "bin" / "python"), "-c", TERMINADO_SERVER]
    url = _served(stack, lambda port: [*server, str(port), *_exec(container)])
    return Socket(url.replace("http", "ws") + "/ws")


def _exec(container: Container) -> list[str]:
    return ["docker", "exec", "-it", str(container.name), "bash", "--norc", "--noprofile", "-i"]


def _served(stack: ExitStack, command: Callable[[int], list[str]]) -> str:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server: AbstractContextManager[tuple[str, Any]] = serving(command, folder / "server.log")
    return stack.enter_context(server)[0]


def _remove(name: str) -> None:
    engine = docker.from_env()
    for container in engine.containers.list(all=True, filters={"name": name, "label": shells.LABEL}):
        container.remove(force=True)


def _no_pyxtermjs() -> str:
    return "" if PYXTERMJS.exists() else "there is no .venv-pyxtermjs (./lab test makes it)."


def _no_terminado() -> str:
    """Have terminado in an environment of its own; "" or why not."""
    python = BENCH / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=True)
    done = subprocess.run([python, "-m", "pip", "install", "-q", *TERMINADO], capture_output=True, text=True)
    return "" if done.returncode == 0 else f"pip can't install it: {done.stderr.strip().splitlines()[-1]}"


def _table(medians: dict[str, dict[str, float]]) -> None:
    raw = medians["raw attach"]
    print(f"\n{'':12} {'echo p50':>10} {'p95':>9} {'bulk':>11} {'p50 / raw':>10} {'p95 / raw':>10} {'bulk / raw':>10}")
    for name, found in medians.items():
        ratios = [found[key] / raw[key] for key in ("p50", "p95", "rate")]
        print(
            f"{name:12} {found['p50']:7.2f} ms {found['p95']:6.2f} ms {found['rate']:6.1f} MB/s"
            f" {ratios[0]:10.2f} {ratios[1]:10.2f} {ratios[2]:10.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
