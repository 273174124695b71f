"""Looks at this machine, and changes nothing. What follows from the facts is plan.py's to decide."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from slipway.engine import host
from slipway.settings import Settings
from slipway.setup.plan import PACKAGE_MANAGERS, MachineFacts

HEADLESS_SHELL = "chromium-headless-shell"
CHROMIUM_NAMES = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome")


def look(settings: Settings) -> MachineFacts:
    """The facts of this machine, and of the engine that `settings` name; without a name, of the default sockets."""
    docker_host, engine = settings.docker_host, host.reach(settings)
    return MachineFacts(
        system=platform.system(),
        root=os.geteuid() == 0,
        packager=next((name for name in PACKAGE_MANAGERS if shutil.which(name)), ""),
        systemd=Path("/run/systemd/system").is_dir(),
        engine=engine,
        docker_host=docker_host,
        tls_trouble=host.tls_trouble(settings) if engine == "silent" else "",
        dockerd=has("dockerd"),
        docker_desktop=Path("/Applications/Docker.app").is_dir(),
        npm=has("npm"),
        chromium=chromium() is not None,
        headless_shell=has(HEADLESS_SHELL),
        apparmor_on=_read("/sys/module/apparmor/parameters/enabled").startswith("Y"),
        apparmor_parser=has("apparmor_parser"),
        cgroups_mounted=not _is_here(docker_host) or mounted(_read("/proc/self/cgroup"), _read("/proc/self/mounts")),
        cgroupfs_mount=has("cgroupfs-mount"),
    )


def mounted(groups: str, mounts: str) -> bool:
    """Whether the control groups that a process is in can be seen, every one: `/proc/self/cgroup`, `/proc/self/mounts`.

    Of version 1 some can be missing: whoever mounts one in a mount namespace of its own makes it for the whole kernel.
    Measured with containerd 1.6 and 1.7: a shim that finds one of them nowhere ("cannot find cgroup mount destination")
    starts its container all the same, but tells neither who ran out of memory nor any of what `docker stats` shows.
    """
    kinds = [line.split() for line in mounts.splitlines()]
    seen = {option for _, _, kind, options, *_ in kinds if kind == "cgroup" for option in options.split(",")}
    needed = {name for line in groups.splitlines() for name in line.split(":")[1].split(",") if name}
    return any(kind in ("cgroup", "cgroup2") for _, _, kind, *_ in kinds) and needed <= seen


def chromium() -> str | None:
    """The path of a browser for the tests; first the one that draws no window of its own around each page."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def has(program: str) -> bool:
    """Whether it is on the PATH, or where root's programs lie (a user's PATH often lacks sbin)."""
    return any(shutil.which(program, path=path) for path in (None, "/usr/sbin:/sbin:/usr/local/sbin"))


def _is_here(docker_host: str) -> bool:
    """Whether the engine's control groups are this machine's."""
    return platform.system() == "Linux" and docker_host.partition("://")[0] in ("", "unix")


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
