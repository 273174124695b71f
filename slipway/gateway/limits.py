"""The gateway's limits and those of one learner's container: one frozen value.

Sizes are bytes, times are seconds. docs/decisions explains the defaults, which were measured on engine 20.10.
Does not know how a limit is enforced.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

KIB = 1024
MIB = 1024 * KIB
SECOND = 1_000_000_000
"""One second in nanoseconds, the engine's unit for health checks."""


@dataclass(frozen=True)
class GatewayLimits:
    """Every limit that the gateway enforces, with its default."""

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
    """Volumes of all kinds, when the image (redis, for example) declares one more."""
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
    """Total waiting time for a body; together with the other limits, a slow request ends within 30 s."""
    connections: int = 64
    uploads: int = 4
    downloads: int = 4
    walks: float = 0.5
    """Disk walks of the engine (docker system df) per second; four at once."""
    streams: int = 12
    waits: int = 12
    events: int = 4
    rate: float = 30.0
    burst: int = 100
    idle: float = 30 * 60.0
    retold: int = 4 * MIB
    """Bytes of journal after which a new snapshot of the engine is written: the journal drops its oldest part."""
    resolve_time: float = 2.0
    sample: int = 1 * KIB
    answer: int = 1 * MIB

    def with_overrides(self, text: str) -> GatewayLimits:
        """Return these limits, changed by `text`, a JSON object of names and numbers. Raises ValueError."""
        given = json.loads(text or "{}")
        if not isinstance(given, dict):
            raise ValueError("Limits are a JSON object of names and numbers.")
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in given.items():
            if name not in kinds:
                raise ValueError(f"There is no limit {name}. There are: {', '.join(kinds)}.")
            if type(value) not in (int, kinds[name]) or value < 0:
                raise ValueError(f"The limit {name} must be a non-negative number, such as {kinds[name](1)}.")
        return GatewayLimits(**(asdict(self) | given))

    def to_json(self) -> str:
        """Return all limits as `with_overrides` reads them."""
        return json.dumps(asdict(self))
