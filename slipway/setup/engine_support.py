"""Judges whether the sandboxes can run on an engine, from what the engine says of itself.

A bad finding refuses: `./lab up` stops before it builds anything. A warning lets it try. Pure: facts in, findings out.
docs/support.md says what was tried on which machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slipway.setup.health import HealthFinding, parse_version

OLDEST_API = (1, 41)  # introduced cgroup namespaces per container (engine 20.10)
SNAP = "/var/snap/"
ROOTLESS, REMAP = "rootless", "userns-remap"
NAMESPACES = {
    ROOTLESS: "use the engine of the system: sudo systemctl start docker; DOCKER_HOST= DOCKER_CONTEXT=default ./lab up",
    REMAP: "remove userns-remap from /etc/docker/daemon.json, then: sudo systemctl restart docker",
}
"""What puts all containers of an engine into a user namespace, and how to do without."""
NEEDED_LIMITS = {"MemoryLimit": "memory", "PidsLimit": "processes", "CpuCfsQuota": "processors"}
"""Fields of `docker info`, and what the engine can't limit where one is false."""


def check(facts: Mapping[str, Any]) -> list[HealthFinding]:
    """Judge the engine by its description (slipway/engine/client.py: engine_facts): one refusal, or its warnings."""
    return list(_refusals(facts)) or [HealthFinding("ok", "engine", _name(facts)), *_warnings(facts)]


def check_address(address: str, context: str, *, named: bool) -> HealthFinding:
    """Tell where the engine is, and what names it: a Docker context, or (`named`) DOCKER_HOST, or nothing."""
    by = f"named by the Docker context {context}" if context else "named by DOCKER_HOST" if named else "the default"
    return HealthFinding("ok", "engine address", f"{address}, {by}")


def _refusals(facts: Mapping[str, Any]) -> Iterator[HealthFinding]:
    if facts["podman"]:
        text = f"Podman {facts['podman']} answers here: its volumes have no size, so it can't run the sandboxes"
        hint = "Install Docker (docs.docker.com/engine/install), or name an engine of Docker's with DOCKER_HOST"
        yield HealthFinding("bad", "engine", text, hint)
    elif facts["platform"] not in ("", "linux"):
        text = f"{_name(facts)} runs {facts['platform']} containers, and the sandboxes are Linux containers"
        yield HealthFinding("bad", "engine", text, "In Docker Desktop's menu choose: Switch to Linux containers")
    elif parse_version(facts["api"]) < OLDEST_API:
        yield HealthFinding("bad", "engine", _name(facts), "too old: 20.10 (API 1.41) or newer is needed")
    elif facts["cgroup"] == 1 and (kind := _namespace(facts)):
        text = f"{_name(facts)} is in {kind} mode, in which cgroups of version 1 let no container start in a sandbox"
        yield HealthFinding("bad", "engine", text, NAMESPACES[kind])


def _warnings(facts: Mapping[str, Any]) -> Iterator[HealthFinding]:
    if kind := _namespace(facts):
        text = "this engine's containers have a user namespace, and the lab was not tried in one with cgroups v2"
        yield HealthFinding("warn", kind, text, f"If no container starts in the first sandbox: {NAMESPACES[kind]}")
    if "selinux" in facts["security"]:
        text = "SELinux confines the containers of this engine, and the lab was not tried with that"
        hint = (
            'If the first sandbox fails: set "selinux-enabled": false in /etc/docker/daemon.json (in Fedora, remove '
            "--selinux-enabled from /etc/sysconfig/docker), then: sudo systemctl restart docker"
        )
        yield HealthFinding("warn", "SELinux", text, hint)
    if facts["root"].startswith(SNAP):
        text = "this engine comes from a snap, which confines it, and the lab was not tried with that"
        hint = "If the first sandbox fails: sudo snap remove docker, and install your distribution's docker.io"
        yield HealthFinding("warn", "snap", text, hint)
    if missing := [what for name, what in NEEDED_LIMITS.items() if name in facts["unlimited"]]:
        text = f"this engine can't limit {' or '.join(missing)}: one learner can take all there is, and lesson 3 fails"
        hint = (
            "Add cgroup_enable=memory to the kernel's command line (on a Raspberry Pi /boot/firmware/cmdline.txt), "
            "restart the machine, and look at: docker info"
        )
        yield HealthFinding("warn", "limits", text, hint)


def _namespace(facts: Mapping[str, Any]) -> str:
    """Return what puts the containers of this engine into a user namespace, "" if nothing, or sysbox, does."""
    security, sysbox = facts["security"], facts["sysbox"]
    if "rootless" in security:
        return ROOTLESS
    return REMAP if "userns" in security and not sysbox else ""


def _name(facts: Mapping[str, Any]) -> str:
    desktop = " (Docker Desktop)" if facts["system"] == "Docker Desktop" else ""
    return f"Docker {facts['engine']}, API {facts['api']}{desktop}"
