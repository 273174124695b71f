"""Which container a call is about, as the engine itself resolves the reference at that moment."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeAlias

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal import signal_handlers
from slipway.gateway.json_objects import as_object

TargetRecord: TypeAlias = dict[str, Any]
_MOST = 1000
_LETTERS = 4000
"""Of a command: more fits into no line of the journal, and a thousand execs' targets are kept."""
_SIGNALS = frozenset({"container.stop", "container.kill", "container.restart"})


class Targets:
    """Asks the engine, and remembers which exec belongs to which container."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._known: OrderedDict[str, TargetRecord] = OrderedDict()

    async def of(self, names: dict[str, str], call: str = "") -> TargetRecord | None:
        """The target of a `call` whose path named `names`; None when it is not about one container."""
        if "exec" in names:
            return await self._of_exec(names["exec"])
        if "container" not in names:
            return None
        ref = names["container"]
        found = await self._engine.container(ref)
        about = target(ref, found)
        if call in _SIGNALS:
            about |= _end(found)
        return about

    def unasked(self, names: dict[str, str]) -> TargetRecord | None:
        """The target as the client named it: of what is refused the engine hears nothing."""
        if "exec" in names:
            return self._known.get(names["exec"]) or target("", {})
        return target(names["container"], {}) if "container" in names else None

    async def created(self, ref: str) -> TargetRecord:
        """The target that a create made."""
        return target(ref, await self._engine.container(ref))

    def remember(self, exec_id: str, owner: TargetRecord | None) -> None:
        """An exec was created in `owner`."""
        if exec_id and owner:
            self._known[exec_id] = owner
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    async def _of_exec(self, exec_id: str) -> TargetRecord:
        if exec_id in self._known:
            return self._known[exec_id]
        found = await self._engine.get(f"/exec/{exec_id}/json")
        owner = str(as_object(found).get("ContainerID") or "")
        return target(owner, await self._engine.container(owner)) if owner else target("", {})


def _end(found: dict[str, Any]) -> dict[str, Any]:
    """What decides how a container ends: the signals that its process hears, whether an init stands in front of it, and
    the seconds that a stop waits when it does not say (null: the engine's own ten)."""
    pid, grace = as_object(found.get("State")).get("Pid"), as_object(found.get("Config")).get("StopTimeout")
    return {
        "hears": signal_handlers.of(pid if isinstance(pid, int) else 0),
        "init": as_object(found.get("HostConfig")).get("Init") is True,
        "grace": grace if isinstance(grace, int) else None,
    }


def target(ref: str, found: dict[str, Any]) -> TargetRecord:
    """`found`, an answer to `GET /containers/{ref}/json` ({} when there is none), as the journal has it."""
    config = as_object(found.get("Config"))
    arguments = found.get("Args")
    command = [found["Path"], *(arguments if isinstance(arguments, list) else [])] if found.get("Path") else []
    return {
        "ref": ref,
        "id": str(found.get("Id") or ""),
        "name": str(found.get("Name") or "").removeprefix("/"),
        "image": str(config.get("Image") or ""),
        "command": _short(command),
        "tty": bool(config.get("Tty", False)),
    }


def _short(command: list[Any]) -> list[str]:
    words, left = [], _LETTERS
    for word in command:
        words.append(str(word)[:left])
        left -= len(words[-1]) + 1
        if left <= 0:
            break
    return words
