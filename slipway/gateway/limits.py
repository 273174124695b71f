"""How much may pass the gateway and how much one learner's container may take: one frozen value.

Sizes are bytes, times are seconds. The defaults are chosen in docs/decisions and measured on engine 20.10.
This module knows nothing about how a limit is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
SECOND = 1_000_000_000
"""One second in the engine's own unit for health checks: nanoseconds."""


@dataclass(frozen=True)
class Limits:
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
    containers: int = 20
    running: int = 10
    volumes: int = 10
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
    connections: int = 32
    uploads: int = 4
    streams: int = 12
    waits: int = 12
    events: int = 4
    rate: float = 30.0
    burst: int = 100
    idle: float = 30 * 60.0
    resolve_time: float = 2.0
    sample: int = 1 * KIB
    answer: int = 1 * MIB
