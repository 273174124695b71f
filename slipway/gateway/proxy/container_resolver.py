"""The container that a call is about, as the engine resolves the reference at that moment."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeAlias

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal import signal_handlers
from slipway.gateway.json_objects import as_object

TargetRecord: TypeAlias = dict[str, Any]
_MAX_REMEMBERED = 1000
_MAX_COMMAND_LENGTH = 4000
"""Characters: more would not fit into a line of the journal, and the targets of a thousand execs are kept."""
_STOPPING_CALLS = frozenset({"container.stop", "container.kill", "container.restart"})


class ContainerResolver:
    """Queries the engine, and remembers each exec's container."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._exec_targets: OrderedDict[str, TargetRecord] = OrderedDict()

    async def resolve(self, names: dict[str, str], call: str = "") -> TargetRecord | None:
        """Return the target of a `call` with these `names` in its path; None if it is not about one container."""
        if "exec" in names:
            return await self._resolve_exec(names["exec"])
        if "container" not in names:
            return None
        ref = names["container"]
        inspected = await self._engine.inspect_container(ref)
        record = target_record(ref, inspected)
        if call in _STOPPING_CALLS:
            record |= _stop_behaviour(inspected)
        return record

    def unresolved(self, names: dict[str, str]) -> TargetRecord | None:
        """Return the target as the client named it: a refused call causes no query to the engine."""
        if "exec" in names:
            return self._exec_targets.get(names["exec"]) or target_record("", {})
        return target_record(names["container"], {}) if "container" in names else None

    async def resolve_created(self, ref: str) -> TargetRecord:
        """Return the target that a create made."""
        return target_record(ref, await self._engine.inspect_container(ref))

    def remember_exec(self, exec_id: str, container: TargetRecord | None) -> None:
        """Note that an exec was created in `container`."""
        if exec_id and container:
            self._exec_targets[exec_id] = container
            while len(self._exec_targets) > _MAX_REMEMBERED:
                self._exec_targets.popitem(last=False)

    async def _resolve_exec(self, exec_id: str) -> TargetRecord:
        if exec_id in self._exec_targets:
            return self._exec_targets[exec_id]
        found = await self._engine.get(f"/exec/{exec_id}/json")
        container = str(as_object(found).get("ContainerID") or "")
        if not container:
            return target_record("", {})
        return target_record(container, await self._engine.inspect_container(container))


def _stop_behaviour(inspected: dict[str, Any]) -> dict[str, Any]:
    """Return what decides how a container ends: the signals that its process handles, whether it has an init process,
    and its stop timeout in seconds (None: the engine's default of ten)."""
    pid, grace = as_object(inspected.get("State")).get("Pid"), as_object(inspected.get("Config")).get("StopTimeout")
    return {
        "hears": signal_handlers.handled_signals(pid if isinstance(pid, int) else 0),
        "init": as_object(inspected.get("HostConfig")).get("Init") is True,
        "grace": grace if isinstance(grace, int) else None,
    }


def target_record(ref: str, inspected: dict[str, Any]) -> TargetRecord:
    """Return the journal's form of `inspected`, an answer to `GET /containers/{ref}/json` ({} if there is none)."""
    config = as_object(inspected.get("Config"))
    arguments = inspected.get("Args")
    path = inspected.get("Path")
    command = [path, *(arguments if isinstance(arguments, list) else [])] if path else []
    return {
        "ref": ref,
        "id": str(inspected.get("Id") or ""),
        "name": str(inspected.get("Name") or "").removeprefix("/"),
        "image": str(config.get("Image") or ""),
        "command": _shorten(command),
        "tty": bool(config.get("Tty", False)),
    }


def _shorten(command: list[Any]) -> list[str]:
    shortened, left = [], _MAX_COMMAND_LENGTH
    for argument in command:
        shortened.append(str(argument)[:left])
        left -= len(shortened[-1]) + 1
        if left <= 0:
            break
    return shortened
