"""The real lab for a browser to open: `lab up` as its users start it, with a state directory and a port of its own.

Knows processes, the host's Docker engine and the lab's printed line; nothing of pages.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import socketio
from docker import DockerClient

from slipway.engine import host
from slipway.engine.client import connect
from slipway.settings import Settings, engine_from_env
from slipway.store import Store
from tests.static_server import ROOT, free_port

LESSON = "01-the-life-of-a-container"
READY = "Slipway is ready: "
PATIENCE = 300.0


class Lab:
    """One install of the lab. `url` is what it printed; `base` the same without the token.

    With a `disk` the state directory is a disk of that many bytes, which only this lab sees, and which goes with it.
    `flags` and `environment` go to `lab up`. `engine` tells where the host's engine is, if not where it usually is.
    """

    def __init__(
        self,
        state: Path,
        log: Path,
        limits: str = "",
        disk: int = 0,
        flags: tuple[str, ...] = (),
        engine: Settings | None = None,
    ) -> None:
        self._disk, self._flags = disk, flags
        self._engine = engine or Settings("", "", state, **engine_from_env())
        self.state, self.log, self.port, self._limits = state, log, free_port(), limits
        self.url = self.base = self.token = ""
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        """Start it, and wait until it says that it is ready."""
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            words = self._words("up", "--yes", "--no-browser", "--port", str(self.port), *self._flags)
            words = self._mounting() + words
            self._process = subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        self.url = self._await_url(said)
        self.base, _, self.token = self.url.partition("/?token=")

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ctrl-C, and then `lab down`: nothing of this install stays."""
        self.stop_only()
        subprocess.run(self._words("down"), cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)

    def stop_only(self) -> None:
        """Ctrl-C: the sandboxes stay."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):  # then `down` stops it
                self._process.wait(60)

    # The learner's seat, by the same door that the page uses

    def ask(self, *questions: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """What `/lab` answers, one after the other, once the engine is ready."""
        with closing(Line(self)) as line:
            return [line.ask(*question) for question in questions]

    def afresh(self) -> None:
        """A new engine and no ticks: nothing is left of the test before."""
        with closing(Line(self)) as line:
            line.ask("open", {"lesson": LESSON})
            line.await_seat()
            line.seats.clear()
            line.ask("afresh", {})
            line.await_seat()
            line.ask("again", {"lesson": LESSON})

    # The containers behind it, for tests that do harm

    @property
    def docker(self) -> DockerClient:
        return connect(host.with_engine_address(self._engine))

    @property
    def install(self) -> str:
        return str(json.loads((self.state / "install.json").read_text())["install"])

    def engine(self, client: DockerClient) -> Any:
        """The engine container of the learner's sandbox."""
        key = self._seat()
        label = [f"slipway.install={self.install}", "slipway.role=engine", f"slipway.sandbox={key}"]
        return client.containers.list(filters={"label": label})[0]

    def journals(self) -> str:
        """The last words of all the engines of this install."""
        with closing(self.docker) as client:
            label = [f"slipway.install={self.install}", "slipway.role=engine"]
            engines = client.containers.list(all=True, filters={"label": label})
            return "\n".join(f"== {one.name}\n{one.logs(tail=400).decode(errors='replace')}" for one in engines)

    def _seat(self) -> str:
        with closing(Store.open(Settings(install="", token="", state=self.state))) as store:
            return str(store.assignment("me"))

    def _mounting(self) -> list[str]:
        if not self._disk:
            return []
        self.state.mkdir()
        mount = f'mount -t tmpfs -o size={self._disk},mode=0700 state "$0" && exec "$@"'
        return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(self.state)]

    @property
    def disk(self) -> Path:
        """The state directory, as the lab sees it."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/root{self.state}")

    def _words(self, *words: str) -> list[str]:
        own = {"SLIPWAY_STATE": str(self.state), "SLIPWAY_LIMITS": self._limits} | self.environment
        environment = [f"{name}={value}" for name, value in own.items()]
        return self._engine.with_engine_env(["env", *environment, sys.executable, "-m", "slipway.cli", *words])

    def _await_url(self, said: int) -> str:
        assert self._process is not None
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = self.log.read_bytes()[said:].decode(errors="replace")
            for line in text.splitlines():
                if line.startswith(READY):
                    return line.removeprefix(READY)
            assert self._process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(f"not ready: {self.log.read_text()}")


class Line:
    """A connection to `/lab`, as a page has one."""

    def __init__(self, lab: Lab) -> None:
        self._client = socketio.Client(reconnection=False)
        self.seats: list[str] = []
        self.said: list[str] = []
        self.warnings: list[str] = []
        self._client.on("seat", self._seated, namespace="/lab")
        self._client.connect(lab.base, auth={"token": lab.token}, namespaces=["/lab"], transports=["websocket"])

    def ask(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.call(name, payload, namespace="/lab", timeout=60)
        assert answer["ok"], answer
        return answer

    def await_seat(self, state: str = "ready") -> None:
        """Until the seat's newest word is this one."""
        end = time.monotonic() + PATIENCE
        while not self.seats or self.seats[-1] != state:
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def _seated(self, seat: dict[str, Any]) -> None:
        self.seats.append(seat["state"])
        self.said.append(seat["say"])
        self.warnings.append(seat.get("warning", ""))

    def close(self) -> None:
        self._client.disconnect()
