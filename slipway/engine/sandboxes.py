"""Sandboxes: each is one learner's private Docker engine, with terminal containers and two volumes.

Everything is found by its labels, so nothing has to be stored to survive a crash. Whether a sandbox was ever assigned
to a learner is kept by the host's engine too, in the name of the engine container: `…-spare` until `claim` renames it.
Only a spare sandbox may be assigned; any other name counts as used. Knows nothing of sessions, lessons or journals.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container

from slipway.core.errors import UserFacingError
from slipway.engine import host_memory
from slipway.engine.attached_shell import AttachedShell
from slipway.engine.cleanup import remove_labelled
from slipway.engine.course_images import CATALOGUE
from slipway.engine.host_capabilities import CapabilityGrant, HostCapabilities
from slipway.engine.images import image_names
from slipway.engine.isolation import NESTED_ENGINE, SYSTEM_PATHS_UNCONFINED, engine_options, terminal_options
from slipway.engine.online_access import is_online, online_access
from slipway.settings import Settings

READY_SECONDS = 30
"""How long one call waits for a new engine to answer; less than the client's timeout."""
GATEWAY_DIR, HOME_DIR = "/run/gateway", "/home/learner"
SPARE, CLAIMED = "spare", "engine"
"""The last part of an engine container's name, before and after its sandbox was assigned to a learner."""


class SandboxFailed(UserFacingError):
    """A sandbox or a terminal could not be created or started; the text is one sentence for a person."""


@dataclass(frozen=True)
class Sandbox:
    """`key` identifies it within this install; `engine` is the id of its engine container."""

    key: str
    engine: str


class Sandboxes:
    """The sandboxes of one install on one host engine. Calls block; any thread or greenlet may make them."""

    def __init__(self, client: docker.DockerClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.images = image_names()
        self._host_capabilities = HostCapabilities(lambda: client.api.info().get("Runtimes") or {})
        self._warm_shells: dict[str, AttachedShell] = {}

    def create(self) -> Sandbox:
        """Start a sandbox and wait until its gateway answers. Raises SandboxFailed, leaving nothing behind."""
        key = secrets.token_hex(4)
        try:
            sandbox = Sandbox(key, self._start_engine(key))
            self._wait_until_ready(sandbox)
        except Exception as error:
            with suppress(DockerException, OSError):  # what the engine is too slow to remove, the next start removes
                self._remove(key)
            if not isinstance(error, DockerException | OSError):
                raise
            raise SandboxFailed(f"A sandbox could not be started: {_reason(error)}") from error
        return sandbox

    def find(self, key: str) -> Sandbox | None:
        """Return the sandbox with this key, running or not."""
        return next((sandbox for sandbox in self.all() if sandbox.key == key), None)

    def all(self) -> list[Sandbox]:
        """Return every sandbox of this install, running or not, oldest first."""
        rows = self.client.api.containers(all=True, filters={"label": self._engine_filter()})
        rows.sort(key=lambda row: row["Created"])
        return [Sandbox(row["Labels"]["slipway.sandbox"], row["Id"]) for row in rows]

    def spare_keys(self) -> set[str]:
        """Return the keys of the sandboxes that were never claimed and have the present image, not an older one."""
        filters = {"label": self._engine_filter(), "ancestor": self.images.engine, "name": f"-{SPARE}$"}
        rows = self.client.api.containers(all=True, filters=filters)
        return {row["Labels"]["slipway.sandbox"] for row in rows}

    def claim(self, sandbox: Sandbox) -> None:
        """Mark the sandbox as used, permanently. Idempotent. Must be called before anyone can type in it.

        Raises SandboxFailed when the mark cannot be set.
        """
        try:
            self.client.api.rename(sandbox.engine, self._name(sandbox.key, CLAIMED))
        except (DockerException, OSError) as error:
            if self._is_claimed(sandbox):
                return
            raise SandboxFailed(f"A sandbox could not be assigned: {_reason(error)}") from error

    def is_running(self, sandbox: Sandbox) -> bool:
        """Return whether the engine container runs; whether the engine in it answers is in the journal."""
        try:
            return bool(self.client.api.inspect_container(sandbox.engine)["State"]["Running"])
        except NotFound:
            return False

    def is_current(self, sandbox: Sandbox) -> bool:
        """Return whether it is online exactly if this lab is."""
        return is_online(self.client, sandbox.engine) == self.settings.online

    def free_memory(self) -> int | None:
        """Return the free memory of the engine's machine in bytes; None unless a sandbox runs, which it is read in."""
        running = self.client.api.containers(filters={"label": self._engine_filter(), "status": "running"})
        return host_memory.free_memory(self.client, [row["Id"] for row in running])

    def unpause_all(self) -> set[str]:
        """Unpause every paused container of a sandbox; return the keys of those sandboxes."""
        label = [f"slipway.install={self.settings.install}", "slipway.sandbox"]
        paused = self.client.api.containers(filters={"label": label, "status": "paused"})
        for container in paused:
            with suppress(APIError):  # removed, or unpaused already
                self.client.api.unpause(container["Id"])
        return {container["Labels"]["slipway.sandbox"] for container in paused}

    def start_terminal(self, sandbox: Sandbox, number: int, new_shell: bool = False) -> Container:
        """Return the container of terminal `number`, running.

        One that has ended is started again, or with `new_shell` replaced by a new one. Raises SandboxFailed when it
        cannot be started, also because the sandbox has gone.
        """
        with _translated(number):
            container = self._terminal(sandbox, number, new_shell)
            container.start()  # no effect on a running one
        return container

    def attach(self, sandbox: Sandbox, number: int, new_shell: bool = False) -> AttachedShell:
        """Attach to terminal `number` before its shell writes anything. Parameters and errors as `start_terminal`."""
        if number == 1 and (shell := self._warm_shells.pop(sandbox.key, None)):
            return shell
        with _translated(number):
            return AttachedShell(self._terminal(sandbox, number, new_shell))

    def warm_up(self, sandbox: Sandbox) -> None:
        """Attach to the first terminal in advance, so that its prompt is ready. Raises SandboxFailed."""
        self._warm_shells[sandbox.key] = self.attach(sandbox, 1)

    def remove(self, sandbox: Sandbox) -> None:
        """Remove the terminals, the engine and the volumes of a sandbox. Idempotent.

        Raises DockerException, OSError or SandboxFailed when they are not known to be gone.
        """
        if shell := self._warm_shells.pop(sandbox.key, None):
            shell.close()
        self._remove(sandbox.key)
        label = [f"slipway.install={self.settings.install}", f"slipway.sandbox={sandbox.key}"]
        if self.client.api.containers(all=True, filters={"label": label}):
            raise SandboxFailed(f"Sandbox {sandbox.key} could not be removed: its containers are still there.")

    def remove_except(self, keep: set[str]) -> None:
        """Remove the sandboxes of this install, and leftovers of sandboxes, whose key is not in `keep`."""
        label = [f"slipway.install={self.settings.install}", "slipway.sandbox"]
        containers = self.client.api.containers(all=True, filters={"label": label})
        volumes = self.client.api.volumes(filters={"label": label})["Volumes"] or []
        for key in {row["Labels"]["slipway.sandbox"] for row in [*containers, *volumes]} - keep:
            self._remove(key)

    def _start_engine(self, key: str) -> str:
        return self._host_capabilities.start(partial(self._try_engine, key))

    def _try_engine(self, key: str, grant: CapabilityGrant) -> str:
        try:
            container = self._create_engine(key, grant)
            self.client.api.start(container)
        except APIError:
            self._remove(key)  # the next attempt uses the same name
            raise
        return container

    def _create_engine(self, key: str, grant: CapabilityGrant) -> str:
        settings = self.settings
        online = online_access(self.client, settings)
        options = engine_options(settings.limits, online.network) | NESTED_ENGINE | {"runtime": grant.runtime}
        options["binds"] = self._binds(key)
        host = self.client.api.create_host_config(cap_add=list(grant.capabilities), **options)
        created = self.client.api.create_container(
            self.images.engine,
            name=self._name(key, SPARE),
            hostname="slipway",
            labels=self._labels(key, "engine") | online.labels,
            environment={
                "SLIPWAY_CATALOGUE": ",".join(CATALOGUE),
                "SLIPWAY_LIMITS": settings.limits.gateway.to_json(),
                **online.environment,
            },
            host_config=host | SYSTEM_PATHS_UNCONFINED,
        )
        online.put_roots(self.client, created["Id"], GATEWAY_DIR)
        return str(created["Id"])

    def _binds(self, key: str) -> dict[str, dict[str, str]]:
        """Return the volumes of an engine container and their mount points."""
        # The home is mounted here only to exist as long as the engine does: an unused tmpfs volume is emptied.
        return {
            self._ensure_volume(key, "gateway"): {"bind": GATEWAY_DIR, "mode": "rw"},
            self._ensure_volume(key, "home", _HOME_OPTIONS): {"bind": "/srv/home", "mode": "ro"},
        }

    def _is_claimed(self, sandbox: Sandbox) -> bool:
        with suppress(DockerException, OSError):
            name = self.client.api.inspect_container(sandbox.engine)["Name"]
            return bool(name == f"/{self._name(sandbox.key, CLAIMED)}")
        return False

    def _wait_until_ready(self, sandbox: Sandbox) -> None:
        limit = self.settings.limits.start
        deadline = time.monotonic() + limit
        reason = "nothing tried"
        while reason and (left := deadline - time.monotonic()) > 0:
            reason = self._wait_ready(sandbox, min(left, READY_SECONDS))
        if reason:
            raise SandboxFailed(f"A sandbox's engine did not answer within {limit:.0f} seconds: {reason}")

    def _wait_ready(self, sandbox: Sandbox, seconds: float) -> str:
        """Wait until the engine answers; return "", or why it did not. Raises APIError when its container has ended."""
        run = self.client.api.exec_create(sandbox.engine, ["/usr/local/sbin/wait-ready", str(seconds)])
        output = self.client.api.exec_start(run["Id"])
        if self.client.api.exec_inspect(run["Id"])["ExitCode"] == 0:
            return ""
        return output.decode(errors="replace").strip() or "its container ended"

    def _terminal(self, sandbox: Sandbox, number: int, new_shell: bool) -> Container:
        name = self._name(sandbox.key, f"terminal-{number}")
        with suppress(NotFound):
            found = self.client.containers.get(name)
            if found.status == "running" or not new_shell:
                return found
            found.remove(force=True, v=True)
        try:
            return self._create_terminal(sandbox, number, name)
        except APIError as error:
            if error.status_code != 409:  # a concurrent call has created it first
                raise
            return self.client.containers.get(name)

    def _create_terminal(self, sandbox: Sandbox, number: int, name: str) -> Container:
        key = sandbox.key
        options = terminal_options(self.settings.limits, sandbox.engine)
        options["binds"] = {
            self._ensure_volume(key, "gateway"): {"bind": GATEWAY_DIR, "mode": "ro"},
            self._ensure_volume(key, "home", _HOME_OPTIONS): {"bind": HOME_DIR, "mode": "rw"},
        }
        host = self.client.api.create_host_config(**options)
        created = self.client.api.create_container(
            self.images.terminal,
            name=name,
            tty=True,
            stdin_open=True,
            detach=True,  # otherwise docker-py sets StdinOnce: the shell ends when its first client disconnects
            labels=self._labels(key, "terminal") | {"slipway.terminal": str(number)},
            host_config=host,
        )
        return self.client.containers.get(created["Id"])

    def _ensure_volume(self, key: str, part: str, options: dict[str, str] | None = None) -> str:
        name = self._name(key, part)
        self.client.api.create_volume(name, driver="local", driver_opts=options, labels=self._labels(key, part))
        return name

    def _remove(self, key: str) -> None:
        remove_labelled(self.client, [f"slipway.install={self.settings.install}", f"slipway.sandbox={key}"])

    def _name(self, key: str, part: str) -> str:
        return f"slipway-{self.settings.install}-{key}-{part}"

    def _labels(self, key: str, role: str) -> dict[str, str]:
        return {"slipway.install": self.settings.install, "slipway.role": role, "slipway.sandbox": key}

    def _engine_filter(self) -> list[str]:
        # The last label tells sandboxes from other containers made from the same image, which inherit its labels.
        return [f"slipway.install={self.settings.install}", "slipway.role=engine", "slipway.sandbox"]


@contextmanager
def _translated(number: int) -> Iterator[None]:
    """Turn the engine's exceptions into SandboxFailed."""
    try:
        yield
    except (DockerException, OSError) as error:
        raise SandboxFailed(f"Terminal {number} could not be started: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error)


_HOME_OPTIONS = {"type": "tmpfs", "device": "tmpfs", "o": "size=16m,nr_inodes=4096,uid=1000,gid=1000,mode=0750"}
