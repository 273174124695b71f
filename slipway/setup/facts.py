"""Looks at this machine, and changes nothing. What follows from the facts is plan.py's to decide."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from slipway.engine import host
from slipway.setup.plan import PACKAGE_MANAGERS, Facts

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def look(docker_host: str) -> Facts:
    """The facts of this machine; `docker_host` as given in the environment, "" for the default sockets."""
    return Facts(
        system=platform.system(),
        root=os.geteuid() == 0,
        packager=next((name for name in PACKAGE_MANAGERS if shutil.which(name)), ""),
        systemd=Path("/run/systemd/system").is_dir(),
        engine=host.reach(docker_host),
        docker_host=docker_host,
        dockerd=has("dockerd"),
        docker_desktop=Path("/Applications/Docker.app").is_dir(),
        npm=has("npm"),
        chromium=chromium() is not None,
        apparmor_on=_read("/sys/module/apparmor/parameters/enabled").startswith("Y"),
        apparmor_parser=has("apparmor_parser"),
        cgroups_mounted=" cgroup" in _read("/proc/self/mounts"),
    )


def chromium() -> str | None:
    """The path of a browser for the tests."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def has(program: str) -> bool:
    """Whether it is on the PATH, or where root's programs lie (a user's PATH often lacks sbin)."""
    return any(shutil.which(program, path=path) for path in (None, "/usr/sbin:/sbin:/usr/local/sbin"))


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
