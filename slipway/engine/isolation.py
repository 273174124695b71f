"""How a sandbox's containers are isolated: pure tables from limits to options of the Docker API.

The gateway stands between a learner and the engine container; these options keep the engine container, and with it
everything that a learner starts, within limits. Nothing here is `--privileged`.
"""

from __future__ import annotations

from typing import Any

from slipway.settings import LabLimits

# Docker's own default set, which the learner's containers get from the inner engine too, …
_DOCKER_DEFAULT = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip
# … what a nested engine needs to mount, to create networks and to inspect its containers' processes, …
_NESTED_NEEDS = ("NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE")
# … and what it uses where it is granted: a host inside a virtual machine may not have it (measured).
_OPTIONAL = ("SYS_RESOURCE",)

CAPABILITIES = ((*_DOCKER_DEFAULT, *_NESTED_NEEDS, *_OPTIONAL), (*_DOCKER_DEFAULT, *_NESTED_NEEDS))
"""The sets to ask for, in this order, until the host grants one."""

OFFLINE = "none"
"""The network of an engine container without a way out."""
JOURNAL_FILES = 8
CPU_PERIOD = 10_000
"""Period in microseconds in which a terminal may use its CPU share; the kernel accepts quotas from 1000 on."""
NESTED_ENGINE = {"security_opt": ["seccomp=unconfined", "apparmor=unconfined"], "cap_drop": ["ALL"]}
SYSTEM_PATHS_UNCONFINED: dict[str, list[str]] = {"MaskedPaths": [], "ReadonlyPaths": []}


def engine_options(limits: LabLimits, network: str = "") -> dict[str, Any]:
    """Return the options of `create_host_config` for an engine container, except capabilities, runtime and volumes.

    The learner's bridge networks are inside its network namespace, which has no way out unless it is attached to a
    `network` (online_network.py).
    """
    return {
        "network_mode": network or OFFLINE,
        "cgroupns": "private",
        "read_only": True,
        "tmpfs": {
            "/var/lib/docker": f"rw,exec,suid,dev,mode=0710,size={limits.engine_disk}",
            "/run": "rw,exec,suid,dev,mode=0755,size=16m",
            # Separate from /run: an engine whose log is full still has room for its containers' state and sockets.
            "/run/log": "rw,noexec,nosuid,nodev,mode=0700,size=4m",
            "/tmp": "rw,mode=1777,size=8m",  # noqa: S108 – inside the container
        },
        "mem_limit": limits.engine_memory,
        "memswap_limit": limits.engine_memory,
        "nano_cpus": int(limits.engine_cpus * 1e9),
        "pids_limit": limits.engine_pids,
        # When the journal is full, its oldest eighth is dropped; the gateway repeats what exists now and then.
        "log_config": {
            "Type": "json-file",
            "Config": {"max-size": str(limits.journal_bytes // JOURNAL_FILES), "max-file": str(JOURNAL_FILES)},
        },
    }


def terminal_options(limits: LabLimits, engine: str) -> dict[str, Any]:
    """Return the options of `create_host_config` for a terminal of the engine container with the id `engine`.

    The terminal's own log keeps what was on its screen.
    """
    return {
        "network_mode": f"container:{engine}",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "read_only": True,
        "tmpfs": {"/tmp": "rw,mode=1777,size=16m"},  # noqa: S108 – inside the container
        "mem_limit": limits.terminal_memory,
        "memswap_limit": limits.terminal_memory,
        # A tenth of the usual period: after a flood has used up the share, bash answers within 10 ms, not 100.
        "cpu_period": CPU_PERIOD,
        "cpu_quota": max(1000, int(limits.terminal_cpus * CPU_PERIOD)),
        "pids_limit": limits.terminal_pids,
        # 1.5 times as fast as json-file, which also turns bytes that are not UTF-8 into U+FFFD.
        "log_config": {"Type": "local", "Config": {"max-size": "4m", "max-file": "2", "compress": "false"}},
    }
