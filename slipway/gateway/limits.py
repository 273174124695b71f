"""How much may pass the gateway and how much one learner's container may take: one frozen value.

Sizes are bytes, times are seconds. The defaults are chosen in docs/decisions and measured on engine 20.10.
This module knows nothing about how a limit is kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

KIB = 1024
MIB = 1024 * KIB
SECOND = 1_000_000_000
"""One second in the engine's own unit for health checks: nanoseconds."""


@dataclass(frozen=True)
class GatewayLimits:
    """Every bound that the gateway keeps, with its default."""

    # one learner container
    memory: int = 64 * MIB
    nano_cpus: int = 500_000_000
    pids: int = 64
    shm: int = 16 * MIB
    tmpfs: int = 32 * MIB
    log_bytes: int = 1 * MIB
    log_files: int = 2
    stop_timeout: int = 30
    restarts: int = 5
    open_files: int = 4096

    # one sandbox
    containers: int = 40
    running: int = 10
    volumes: int = 10
    image_volumes: int = 30
    """Volumes of all kinds, when it is the image (redis, say) that asks for one more."""
    networks: int = 5
    images: int = 30
    execs: int = 20
    builds: int = 2
    build_time: float = 120.0
    build_context: int = 64 * MIB
    build_memory: int = 128 * MIB
    archive: int = 8 * MIB

    # the gateway itself
    head: int = 16 * KIB
    headers: int = 100
    head_time: float = 10.0
    json_body: int = 256 * KIB
    json_depth: int = 32
    body_time: float = 25.0
    """How long the lab waits for a body's bytes, all in all: with the rest, a slow request ends within 30 s."""
    connections: int = 64
    uploads: int = 4
    downloads: int = 4
    walks: float = 0.5
    """How often a second the engine may walk its disk (docker system df); four at once."""
    streams: int = 12
    waits: int = 12
    events: int = 4
    rate: float = 30.0
    burst: int = 100
    idle: float = 30 * 60.0
    retold: int = 4 * MIB
    """Bytes of journal after which it is told again what the engine holds: the journal's oldest part is thrown away."""
    resolve_time: float = 2.0
    sample: int = 1 * KIB
    answer: int = 1 * MIB

    def changed(self, text: str) -> GatewayLimits:
        """These limits with those named in `text`, a JSON object, in their place. Raises ValueError with a sentence."""
        given = json.loads(text or "{}")
        if not isinstance(given, dict):
            raise ValueError("Limits are a JSON object of names and numbers.")
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in given.items():
            if name not in kinds:
                raise ValueError(f"There is no limit {name}. There are: {', '.join(kinds)}.")
            if type(value) not in (int, kinds[name]) or value < 0:
                raise ValueError(f"The limit {name} must be a number that is not negative, such as {kinds[name](1)}.")
        return GatewayLimits(**(asdict(self) | given))

    def told(self) -> str:
        """All of them, as `changed` reads them."""
        return json.dumps(asdict(self))
