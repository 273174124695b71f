"""Sessions and terminals in memory: implementations of the web's protocols, without an engine."""

from __future__ import annotations

from typing import Any

from slipway.core.errors import StorageError
from slipway.web.ports import Listener
from slipway.web.sockets.relay import SpectatorLike


class MemorySession:
    """A session with one lesson, `01-life`, of one step, `create`."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self.listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        self.listeners.remove(listener)

    def send_snapshot(self, listener: Listener) -> None:
        listener("step", {"lesson": "01-life", "step": "create", "verdict": "not-yet", "current": True})
        listener("seat", {"state": "ready"})
        listener("story", {"seq": 0, "event": None, "world": {}, "history": []})

    def open_lesson(self, lesson: str) -> dict[str, Any]:
        if lesson != "01-life":
            raise ValueError(f"There is no lesson {lesson}.")
        self._broadcast("step", {"lesson": lesson, "step": "create", "verdict": "not-yet"})
        self._broadcast("seat", {"state": "ready", "viewers": len(self.listeners)})
        self._broadcast("story", {"seq": 0, "event": None, "world": {}})
        return {"current": "create"}

    def mark_active(self) -> dict[str, Any]:
        return {}

    def go_to_step(self, step: str) -> dict[str, Any]:
        """Send `step` stories of a kilobyte each."""
        for number in range(int(step)):
            self._broadcast("story", {"seq": number, "text": "x" * 1000})
        return {}

    def run_block(self, block: str, id: str, terminal: int) -> dict[str, Any]:
        return {"typed": [block, id, terminal]}

    def hint(self, step: str) -> dict[str, Any]:
        return {"text": "Try `docker create` <script>alert(1)</script>", "left": 2}

    def solution(self, step: str) -> dict[str, Any]:
        if step == "on a full disk":
            raise StorageError("There is no space left.")
        return {"text": "docker create busybox && echo '<done>'"}

    def type_next_command(self, step: str, id: str, terminal: int) -> dict[str, Any]:
        self._broadcast("typing", {"id": id, "step": step, "state": "typing"})
        return {}

    def stop_typing(self) -> dict[str, Any]:
        return {"stopped": False}

    def prepare_step(self, step: str, id: str, terminal: int) -> dict[str, Any]:
        return {"staged": [step, id, terminal]}

    def replace_sandbox(self) -> dict[str, Any]:
        raise RuntimeError("a secret of the lab")

    def restart_lesson(self, lesson: str) -> dict[str, Any]:
        self._broadcast("step", {"lesson": lesson, "step": "create", "verdict": "not-yet"})
        return {}

    def _broadcast(self, name: str, payload: dict[str, Any]) -> None:
        for listener in list(self.listeners):
            listener(name, payload)


class MemorySessions:
    def __init__(self) -> None:
        self._sessions: dict[str, MemorySession] = {}

    def session(self, learner: str) -> MemorySession:
        return self._sessions.setdefault(learner, MemorySession())

    def verdicts(self, learner: str) -> dict[str, Any]:
        return {}


class MemoryTerminal:
    """Echoes nothing; prints into the lab's log how many clients it has, and what is requested."""

    def __init__(self, name: str) -> None:
        self.name, self.clients = name, 0

    def add_client(self, *_given: Any) -> MemoryClient:
        self.count(1)
        return MemoryClient(self)

    def add_spectator(self, *_given: Any) -> SpectatorLike:
        raise LookupError("there are no spectators here")

    def count(self, more: int) -> None:
        self.clients += more
        print(f"{self.name} has {self.clients} clients", flush=True)

    def send_keys(self, _keys: str) -> bool:
        return True


class MemoryClient:
    def __init__(self, terminal: MemoryTerminal) -> None:
        self._terminal = terminal

    def type(self, _text: str) -> bool:
        return False

    def resize(self, cols: int, rows: int) -> None: ...
    def activate(self) -> None: ...
    def acknowledge(self, number: int) -> None: ...

    def close(self) -> None:
        self._terminal.count(-1)


class MemoryTerminals:
    """Terminals 1 to 4 of each learner."""

    def __init__(self) -> None:
        self.terminals: dict[tuple[str, int], MemoryTerminal] = {}

    def terminal(self, learner: str, number: int, new_shell: bool = False) -> MemoryTerminal:
        if not 1 <= number <= 4:
            raise LookupError("there are terminals 1 to 4")
        if new_shell:
            print(f"{learner}/{number} is fresh", flush=True)
        return self.terminals.setdefault((learner, number), MemoryTerminal(f"{learner}/{number}"))

    def end(self, learner: str, number: int) -> None:
        print(f"{learner}/{number} is ended", flush=True)
