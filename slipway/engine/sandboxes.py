"""Sandboxes: one learner's private Docker world each, made of an engine container, terminals and two volumes.

Everything is found again by its labels, so that nothing has to be remembered across a crash. Whether a sandbox was
ever given to somebody is kept by the host's engine too, in the name of the engine container: `…-spare` until `claim`
renames it. Only a spare one may be handed out; any other name counts as used. Knows nothing of sessions, lessons or
the journal.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container

from slipway.core.errors import SentenceError
from slipway.engine import host_memory
from slipway.engine.attached_shell import AttachedShell
from slipway.engine.cleanup import remove_labelled
from slipway.engine.host_capabilities import CapabilityGrant, HostCapabilities
from slipway.engine.images import images
from slipway.engine.isolation import NEST, SYSTEM_PATHS_UNCONFINED, engine_options, terminal_options
from slipway.engine.online_network import network
from slipway.engine.registry import CATALOGUE
from slipway.settings import Settings

START = 45  # seconds that an engine may take to answer for the first time on a busy machine; below the client's timeout
GATEWAY, HOME = "/run/gateway", "/home/learner"
SPARE, CLAIMED = "spare", "engine"
"""The last part of an engine container's name, before and after its sandbox was given to a learner."""


class SandboxFailed(SentenceError):
    """A sandbox or a terminal could not be had; the text is one sentence for a person."""


@dataclass(frozen=True)
class Sandbox:
    """`key` names it within this install; `engine` is the engine container's id."""

    key: str
    engine: str


class Sandboxes:
    """The sandboxes of one install on one host engine. Calls block; any thread or greenlet may make them."""

    def __init__(self, client: docker.DockerClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.images = images()
        self._host = HostCapabilities(lambda: client.api.info().get("Runtimes") or {})
        self._warm: dict[str, AttachedShell] = {}

    def create(self) -> Sandbox:
        """A new sandbox whose gateway answers. Raises SandboxFailed, and leaves nothing behind then."""
        key = secrets.token_hex(4)
        try:
            sandbox = Sandbox(key, self._start_engine(key))
            self._wait_until_ready(sandbox)
        except (DockerException, OSError) as error:
            self._remove(key)
            raise SandboxFailed(f"A sandbox could not be started: {_reason(error)}") from error
        except Exception:
            self._remove(key)
            raise
        return sandbox

    def find(self, key: str) -> Sandbox | None:
        """The sandbox with this key, running or not."""
        return next((sandbox for sandbox in self.all() if sandbox.key == key), None)

    def all(self) -> list[Sandbox]:
        """Every sandbox of this install, running or not, oldest first."""
        rows = self.client.api.containers(all=True, filters={"label": self._labels(role="engine", as_filter=True)})
        rows.sort(key=lambda row: row["Created"])
        return [Sandbox(row["Labels"]["slipway.sandbox"], row["Id"]) for row in rows]

    def spare(self) -> set[str]:
        """The keys of the sandboxes that were never claimed."""
        rows = self.client.api.containers(all=True, filters={"label": self._labels(role="engine", as_filter=True)})
        keys = {row["Labels"]["slipway.sandbox"]: row["Names"] or () for row in rows}
        return {key for key, names in keys.items() if f"/{self._name(key, SPARE)}" in names}

    def claim(self, sandbox: Sandbox) -> None:
        """Mark the sandbox as used, for good; claimed already is success. To be called before anybody can type in it.

        Raises SandboxFailed when the mark can't be set.
        """
        try:
            self.client.api.rename(sandbox.engine, self._name(sandbox.key, CLAIMED))
        except (DockerException, OSError) as error:
            if self._is_claimed(sandbox):
                return
            raise SandboxFailed(f"A sandbox could not be assigned: {_reason(error)}") from error

    def alive(self, sandbox: Sandbox) -> bool:
        """Whether its engine container runs; whether the engine in it answers is the journal's to say."""
        try:
            return bool(self.client.api.inspect_container(sandbox.engine)["State"]["Running"])
        except NotFound:
            return False

    def free_memory(self) -> int | None:
        """Bytes that the engine's machine can still give; None when no sandbox runs there that could tell."""
        label = self._labels(role="engine", as_filter=True)
        running = self.client.api.containers(filters={"label": label, "status": "running"}, limit=1)
        return host_memory.free(self.client, running[0]["Id"]) if running else None

    def wake(self) -> set[str]:
        """Let every paused part of a sandbox go on; the keys of those sandboxes."""
        label = [f"slipway.install={self.settings.install}", "slipway.sandbox"]
        paused = self.client.api.containers(filters={"label": label, "status": "paused"})
        for part in paused:
            with suppress(APIError):  # gone, or going on already
                self.client.api.unpause(part["Id"])
        return {part["Labels"]["slipway.sandbox"] for part in paused}

    def terminal(self, sandbox: Sandbox, number: int, fresh: bool = False) -> Container:
        """The terminal `number`, running. One that has ended is started again, or with `fresh` replaced by a new one.

        Raises SandboxFailed when it can't be had, the sandbox's end included.
        """
        with _starting(number):
            container = self._terminal(sandbox, number, fresh)
            container.start()  # of a running one: no effect
        return container

    def line(self, sandbox: Sandbox, number: int, fresh: bool = False) -> AttachedShell:
        """A connection to terminal `number`, which listens before the shell says its first word. Otherwise as above."""
        if number == 1 and (kept := self._warm.pop(sandbox.key, None)):
            return kept
        with _starting(number):
            return AttachedShell(self._terminal(sandbox, number, fresh))

    def warm(self, sandbox: Sandbox) -> None:
        """Have the first terminal's prompt ready, waiting in a line for whoever asks for it. Raises SandboxFailed."""
        self._warm[sandbox.key] = self.line(sandbox, 1)

    def remove(self, sandbox: Sandbox) -> None:
        """Remove its terminals, engine and volumes; gone already is success.

        Raises DockerException, OSError or SandboxFailed when they are not known to be gone.
        """
        if kept := self._warm.pop(sandbox.key, None):
            kept.close()
        self._remove(sandbox.key)
        label = [f"slipway.install={self.settings.install}", f"slipway.sandbox={sandbox.key}"]
        if self.client.api.containers(all=True, filters={"label": label}):
            raise SandboxFailed(f"Sandbox {sandbox.key} could not be removed: its containers are still there.")

    def sweep(self, keep: set[str]) -> None:
        """Remove the sandboxes of this install, and parts of such, whose key is not in `keep`."""
        label = [f"slipway.install={self.settings.install}", "slipway.sandbox"]
        parts = self.client.api.containers(all=True, filters={"label": label})
        volumes = self.client.api.volumes(filters={"label": label})["Volumes"] or []
        for key in {part["Labels"]["slipway.sandbox"] for part in [*parts, *volumes]} - keep:
            self._remove(key)

    def _start_engine(self, key: str) -> str:
        return self._host.start(partial(self._try_engine, key))

    def _try_engine(self, key: str, grant: CapabilityGrant) -> str:
        try:
            container = self._create_engine(key, grant)
            self.client.api.start(container)
        except APIError:
            self._remove(key)  # its name would be in the way of the next try
            raise
        return container

    def _create_engine(self, key: str, grant: CapabilityGrant) -> str:
        settings = self.settings
        way_out = network(self.client, settings.install) if settings.online else ""
        options = engine_options(settings.limits, way_out) | NEST | {"runtime": grant.runtime}
        options["binds"] = self._binds(key)
        host = self.client.api.create_host_config(cap_add=list(grant.capabilities), **options)
        created = self.client.api.create_container(
            self.images.engine,
            name=self._name(key, SPARE),
            hostname="slipway",
            labels=self._labels(key, "engine"),
            environment={
                "SLIPWAY_CATALOGUE": ",".join(CATALOGUE),
                "SLIPWAY_ONLINE": "1" if settings.online else "",
                "SLIPWAY_LIMITS": settings.limits.gateway.told(),
            },
            host_config=host | SYSTEM_PATHS_UNCONFINED,
        )
        return str(created["Id"])

    def _binds(self, key: str) -> dict[str, dict[str, str]]:
        """The volumes of an engine container, and where they are in it."""
        # The home is mounted here only to live as long as the engine does: without a user a tmpfs volume is emptied.
        return {
            self._volume(key, "gateway"): {"bind": GATEWAY, "mode": "rw"},
            self._volume(key, "home", _HOME_OPTIONS): {"bind": "/srv/home", "mode": "ro"},
        }

    def _is_claimed(self, sandbox: Sandbox) -> bool:
        with suppress(DockerException, OSError):
            name = self.client.api.inspect_container(sandbox.engine)["Name"]
            return bool(name == f"/{self._name(sandbox.key, CLAIMED)}")
        return False

    def _wait_until_ready(self, sandbox: Sandbox) -> None:
        run = self.client.api.exec_create(sandbox.engine, ["/usr/local/sbin/ready", str(START)])
        said = self.client.api.exec_start(run["Id"])
        if self.client.api.exec_inspect(run["Id"])["ExitCode"] != 0:
            why = said.decode(errors="replace").strip() or "its container ended"
            raise SandboxFailed(f"A sandbox's engine did not answer within {START} seconds: {why}")

    def _terminal(self, sandbox: Sandbox, number: int, fresh: bool) -> Container:
        name = self._name(sandbox.key, f"terminal-{number}")
        with suppress(NotFound):
            found = self.client.containers.get(name)
            if found.status == "running" or not fresh:
                return found
            found.remove(force=True, v=True)
        try:
            return self._create_terminal(sandbox, number, name)
        except APIError as error:
            if error.status_code != 409:  # two asked at once, and the other was first
                raise
            return self.client.containers.get(name)

    def _create_terminal(self, sandbox: Sandbox, number: int, name: str) -> Container:
        key = sandbox.key
        options = terminal_options(self.settings.limits, sandbox.engine)
        options["binds"] = {
            self._volume(key, "gateway"): {"bind": GATEWAY, "mode": "ro"},
            self._volume(key, "home", _HOME_OPTIONS): {"bind": HOME, "mode": "rw"},
        }
        host = self.client.api.create_host_config(**options)
        created = self.client.api.create_container(
            self.images.terminal,
            name=name,
            tty=True,
            stdin_open=True,
            detach=True,  # else docker-py asks for StdinOnce: the shell would end with the first who leaves
            labels=self._labels(key, "terminal") | {"slipway.terminal": str(number)},
            host_config=host,
        )
        return self.client.containers.get(created["Id"])

    def _volume(self, key: str, what: str, options: dict[str, str] | None = None) -> str:
        name = self._name(key, what)
        self.client.api.create_volume(name, driver="local", driver_opts=options, labels=self._labels(key, what))
        return name

    def _remove(self, key: str) -> None:
        remove_labelled(self.client, [f"slipway.install={self.settings.install}", f"slipway.sandbox={key}"])

    def _name(self, key: str, part: str) -> str:
        return f"slipway-{self.settings.install}-{key}-{part}"

    def _labels(self, key: str = "", role: str = "", as_filter: bool = False) -> Any:
        labels = {"slipway.install": self.settings.install, "slipway.role": role}
        if as_filter:
            # The last, for a container's image may have the others: whoever looks into one is no sandbox.
            return [*(f"{name}={value}" for name, value in labels.items()), "slipway.sandbox"]
        return labels | {"slipway.sandbox": key}


@contextmanager
def _starting(number: int) -> Iterator[None]:
    try:
        yield
    except (DockerException, OSError) as error:
        raise SandboxFailed(f"Terminal {number} could not be started: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error)


_HOME_OPTIONS = {"type": "tmpfs", "device": "tmpfs", "o": "size=16m,nr_inodes=4096,uid=1000,gid=1000,mode=0750"}
