"""The settings of an install in one frozen value, read once from the environment and the command line.

The only module that may read the environment. Sizes are in bytes and times in seconds unless a name says otherwise.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from slipway import engine_address
from slipway.gateway.limits import GatewayLimits as GatewayLimits
from slipway.install import identity, state_folder
from slipway.install.public_address import InvalidAddress, Network, PublicUrl, parse_proxies, parse_url

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
DOCKER_HUB = "docker.io/library"
ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - a class is meant to be reached from other machines

HUB = re.compile(r"(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
"""The host of a registry, and a path: what may precede the name of an image."""


T = TypeVar("T")


class InvalidSetting(ValueError):
    """A setting has an invalid value; the text is a sentence for people."""


@dataclass(frozen=True)
class LabLimits:
    """All limits of the lab; `gateway` holds those that each gateway enforces."""

    engine_memory: int = 1024 * MIB
    engine_disk: int = 512 * MIB
    engine_cpus: float = 1.0
    engine_pids: int = 512
    journal_bytes: int = 64 * MIB
    terminal_memory: int = 128 * MIB
    terminal_cpus: float = 0.5
    terminal_pids: int = 128
    terminals: int = 4
    sandboxes: int = 60
    sandbox_memory: int = 160 * MIB
    kept_free: int = 1024 * MIB
    warm: int = 1
    start: float = 120.0
    idle: float = 30 * 60.0
    idle_open: float = 4 * 3600.0
    notice: float = 120.0
    line_patience: float = 60.0
    message: int = 64 * 1024
    unread: int = 256 * 1024
    connections: int = 2000
    connections_each: int = 1000
    strangers: int = 200
    stranger_time: float = 10.0
    pages: int = 200
    silence: float = 60.0
    request_idle: float = 30.0
    request_head: float = 10.0
    packets: float = 1000.0
    packets_burst: float = 3000.0
    posts: float = 50.0
    posts_burst: float = 200.0
    wishes: float = 20.0
    wishes_burst: float = 60.0
    shells: float = 3.0
    shells_burst: float = 10.0
    fresh: float = 0.1
    fresh_burst: float = 3.0
    joins: float = 0.2
    joins_burst: float = 60.0
    backlog: int = 2000
    wrong_tokens: int = 10
    gateway: GatewayLimits = field(default_factory=GatewayLimits)

    def with_course_images(self, size: int) -> LabLimits:
        """Return these limits with room for the course's images, which need `size` bytes of a learner's disk.

        That disk is memory, so the memory of an engine and the usual size of a sandbox grow as well.
        """
        return replace(
            self,
            engine_disk=self.engine_disk + size,
            engine_memory=self.engine_memory + size,
            sandbox_memory=self.sandbox_memory + size,
        )

    def fit_memory(self, memory: int) -> LabLimits:
        """Return these limits for a machine with `memory` bytes: no more sandboxes than fit, but at least one."""
        return replace(self, sandboxes=min(self.sandboxes, max(1, self._sandboxes_that_fit(memory))))

    def _sandboxes_that_fit(self, memory: int) -> int:
        return max(0, memory - self.kept_free) // max(1, self.sandbox_memory)

    def with_overrides(self, text: str) -> LabLimits:
        """Return these limits with the ones in `text`, a JSON object, replaced; its `gateway` is an object as well.

        Raises ValueError with a sentence for people.
        """
        try:
            overrides = json.loads(text or "{}")
        except ValueError as error:
            raise ValueError(f"SLIPWAY_LIMITS is not JSON: {error}.") from None
        if not isinstance(overrides, dict):
            raise ValueError('SLIPWAY_LIMITS must be a JSON object, such as {"sandboxes": 10}.')
        gateway = self.gateway.with_overrides(json.dumps(overrides.pop("gateway", {})))
        for name, value in overrides.items():
            default = getattr(self, name, None) if name in self.__dataclass_fields__ else None
            if default is None:
                raise ValueError(f"SLIPWAY_LIMITS: there is no limit {name}. docs/settings.md lists them.")
            if type(value) not in (int, type(default)) or value < 0:
                raise ValueError(f"SLIPWAY_LIMITS: {name} must be a non-negative number, such as {default}.")
        return replace(self, gateway=gateway, **overrides)


@dataclass(frozen=True)
class Settings:
    """The settings of one install: its identity, state folder, address, engine and limits."""

    install: str
    token: str
    state: Path
    host: str = "127.0.0.1"
    port: int = 8000
    docker_host: str = ""
    docker_cert_path: Path | None = None
    hub: str = DOCKER_HUB
    root_certificates: Path | None = None
    docker_context: str = ""
    docker_problem: str = ""
    public_url: PublicUrl | None = None
    proxies: tuple[Network, ...] = ()
    online: bool = False
    classroom: bool = False
    limits: LabLimits = field(default_factory=LabLimits)

    @property
    def url(self) -> str:
        """The URL to print, with the token: the public one if there is one, else the one on this machine."""
        return f"{self.public_url}/?token={self.token}" if self.public_url else self.local_url

    @property
    def local_url(self) -> str:
        """The URL on this machine, with the token. For a class it is the loopback address: learners get another."""
        if self.classroom and self.host == ALL_INTERFACES:
            return f"http://127.0.0.1:{self.port}/?token={self.token}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/?token={self.token}"

    def with_engine_env(self, command: Sequence[str]) -> list[str]:
        """Return the command, prefixed with `env` so that its program uses the same engine."""
        if not self.docker_host:
            return list(command)
        verify, folder = ("1", self.docker_cert_path) if self.docker_cert_path else ("", "")  # "" counts as unset
        tls = (f"DOCKER_TLS_VERIFY={verify}", f"DOCKER_CERT_PATH={folder}")
        return ["env", f"DOCKER_HOST={self.docker_host}", *tls, *command]


@dataclass(frozen=True)
class Environment:
    """Where the command runs: in CI, with a display for a browser, on a terminal that can't redraw, with colours."""

    ci: bool
    display: bool
    dumb: bool = False
    colours: bool = True


def environment() -> Environment:
    """Read what is known about the place where the command runs."""
    display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform == "darwin"
    return Environment(
        ci=bool(os.environ.get("CI")),
        display=display,
        dumb=os.environ.get("TERM") == "dumb",
        colours=not os.environ.get("NO_COLOR"),
    )


def from_env(**given: object) -> Settings:
    """Return the settings of this install; `given` (from the command line) takes precedence over the environment.

    Creates the state folder (mode 0700) and, the first time, the install's identity and token. Raises InvalidSetting
    before it creates anything, and StateError (slipway/install/state_folder.py).
    """
    state = Path(os.environ.get("SLIPWAY_STATE") or ROOT / ".state")
    read = {
        "host": os.environ.get("SLIPWAY_HOST") or None,
        "port": _port(os.environ.get("SLIPWAY_PORT", "")),
        "hub": _hub(os.environ.get("SLIPWAY_HUB", "")),
        "limits": _limits(os.environ.get("SLIPWAY_LIMITS", "")),
        "root_certificates": _path(os.environ.get("SSL_CERT_FILE", "")),
        "public_url": _address("SLIPWAY_URL", parse_url),
        "proxies": _address("SLIPWAY_PROXIES", parse_proxies),
    }
    values = _without_none(read | engine_from_env()) | _without_none(given)
    if values.get("classroom") and not values.get("public_url"):  # learners come through the proxy, and only there
        values.setdefault("host", ALL_INTERFACES)
    state_folder.create(state)
    return Settings(**identity.load(state), state=state, **values)  # type: ignore[arg-type]


def parse_port(text: str) -> int:
    """Return the port that `text` names. Raises InvalidSetting."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65535):
        raise InvalidSetting(f"{text!r} is not a port: a port is a number from 1 to 65535.")
    return int(text)


def engine_from_env() -> dict[str, Any]:
    """Return the fields of Settings that say where the engine is: `docker_host` and those that belong to it."""
    return vars(engine_address.find(os.environ, _home()))


def _home() -> Path | None:
    """Return the user's home folder; None for a user whom the system does not know, without HOME."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _address(name: str, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(text) if (text := os.environ.get(name, "").strip()) else None
    except InvalidAddress as error:
        raise InvalidSetting(f"{name}: {error}") from None


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _port(text: str) -> int | None:
    try:
        return parse_port(text) if text else None
    except InvalidSetting as error:
        raise InvalidSetting(f"SLIPWAY_PORT: {error}") from None


def _hub(text: str) -> str | None:
    if text and not HUB.fullmatch(text):
        raise InvalidSetting(
            f"SLIPWAY_HUB: {text!r} does not name a registry: write its host and the path of the official images, "
            "without https:// and without a slash at the end, such as mirror.example.com/library."
        )
    return text or None


def _limits(text: str) -> LabLimits:
    try:
        return LabLimits().with_overrides(text)
    except ValueError as error:
        raise InvalidSetting(str(error)) from None
