"""Which container a call is about, as the engine itself resolves the reference at that moment."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeAlias

from slipway.gateway import handlers
from slipway.gateway.engine import Engine

Target: TypeAlias = dict[str, Any]
_MOST = 1000
_SIGNALS = frozenset({"container.stop", "container.kill", "container.restart"})


class Targets:
    """Asks the engine, and remembers which exec belongs to which container."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: OrderedDict[str, Target] = OrderedDict()

    async def of(self, names: dict[str, str], call: str = "") -> Target | None:
        """The target of a `call` whose path named `names`; None when it is not about one container."""
        if "exec" in names:
            return await self._of_exec(names["exec"])
        if "container" not in names:
            return None
        ref = names["container"]
        found = await self._engine.container(ref)
        about = target(ref, found)
        if call in _SIGNALS:
            about["hears"] = handlers.of(int((found.get("State") or {}).get("Pid") or 0))
        return about

    async def created(self, ref: str) -> Target:
        """The target that a create made."""
        return target(ref, await self._engine.container(ref))

    def remember(self, exec_id: str, owner: Target | None) -> None:
        """An exec was created in `owner`."""
        if exec_id and owner:
            self._known[exec_id] = owner
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    async def _of_exec(self, exec_id: str) -> Target:
        if exec_id in self._known:
            return self._known[exec_id]
        owner = (await self._engine.get(f"/exec/{exec_id}/json") or {}).get("ContainerID", "")
        return target(owner, await self._engine.container(owner)) if owner else target("", {})


def target(ref: str, found: dict[str, Any]) -> Target:
    """`found`, an answer to `GET /containers/{ref}/json` ({} when there is none), as the journal has it."""
    config = found.get("Config") or {}
    command = [found["Path"], *(found.get("Args") or [])] if found.get("Path") else []
    return {
        "ref": ref,
        "id": found.get("Id", ""),
        "name": found.get("Name", "").removeprefix("/"),
        "image": config.get("Image", ""),
        "command": command,
        "tty": bool(config.get("Tty", False)),
    }
