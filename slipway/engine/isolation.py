"""How a sandbox's containers are confined: pure tables from limits to the options of the Docker API.

What stands between a learner and the engine container is the gateway; what these options do is keep the engine
container, and with it all that a learner starts, within bounds. Nothing here is `--privileged`.
"""

from __future__ import annotations

from typing import Any

from slipway.settings import LabLimits

# Docker's own default set, which the learner's containers get again from the inner engine, …
_ORDINARY = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip
# … what a nested engine needs to mount, to make networks and to look into its containers' processes, …
_NESTING = ("NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE")
# … and what it uses where there is some: a host inside a virtual machine may not have it (measured).
_WELCOME = ("SYS_RESOURCE",)

CAPABILITIES = ((*_ORDINARY, *_NESTING, *_WELCOME), (*_ORDINARY, *_NESTING))
"""The sets to ask for, in this order, until the host grants one."""

JOURNAL_FILES = 8
CPU_PERIOD = 10_000
"""Microseconds in which a terminal may use its share of a processor; the kernel takes quotas of 1000 and more."""
NESTED_ENGINE = {"security_opt": ["seccomp=unconfined", "apparmor=unconfined"], "cap_drop": ["ALL"]}
SYSTEM_PATHS_UNCONFINED: dict[str, list[str]] = {"MaskedPaths": [], "ReadonlyPaths": []}


def engine_options(limits: LabLimits, outside: str = "") -> dict[str, Any]:
    """Options of `create_host_config` for the engine container, but for its capabilities, runtime and volumes.

    The learners' bridge networks live inside its network namespace, which leads nowhere unless there is a network that
    leads `outside` (outside.py).
    """
    return {
        "network_mode": outside or "none",
        "cgroupns": "private",
        "read_only": True,
        "tmpfs": {
            "/var/lib/docker": f"rw,exec,suid,dev,mode=0710,size={limits.engine_disk}",
            "/run": "rw,exec,suid,dev,mode=0755,size=16m",
            # Apart from /run: an engine whose log is full still finds room for its containers' state and sockets.
            "/run/log": "rw,noexec,nosuid,nodev,mode=0700,size=4m",
            "/tmp": "rw,mode=1777,size=8m",  # noqa: S108 – inside the container
        },
        "mem_limit": limits.engine_memory,
        "memswap_limit": limits.engine_memory,
        "nano_cpus": int(limits.engine_cpus * 1e9),
        "pids_limit": limits.engine_pids,
        # When the journal is full, its oldest eighth goes; the gateway tells again and again what there is.
        "log_config": {
            "Type": "json-file",
            "Config": {"max-size": str(limits.journal_bytes // JOURNAL_FILES), "max-file": str(JOURNAL_FILES)},
        },
    }


def terminal_options(limits: LabLimits, engine: str) -> dict[str, Any]:
    """Options of `create_host_config` for a terminal of the engine container with the id `engine`.

    The terminal's own log is its memory of what was on the screen.
    """
    return {
        "network_mode": f"container:{engine}",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "read_only": True,
        "tmpfs": {"/tmp": "rw,mode=1777,size=16m"},  # noqa: S108 – inside the container
        "mem_limit": limits.terminal_memory,
        "memswap_limit": limits.terminal_memory,
        # A tenth of the usual period: who has spent a share in a flood has bash back within 10 ms, not 100.
        "cpu_period": CPU_PERIOD,
        "cpu_quota": max(1000, int(limits.terminal_cpus * CPU_PERIOD)),
        "pids_limit": limits.terminal_pids,
        # Half as fast again as json-file, which also makes U+FFFD of bytes that are no UTF-8.
        "log_config": {"Type": "local", "Config": {"max-size": "4m", "max-file": "2", "compress": "false"}},
    }
