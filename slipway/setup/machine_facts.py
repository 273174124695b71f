"""Collects facts about this machine, and changes nothing. plan.py decides what follows from them."""

from __future__ import annotations

import grp
import os
import platform
import pwd
import shutil
from pathlib import Path

from slipway.engine import host
from slipway.settings import ROOT, Settings
from slipway.setup.plan import PACKAGE_MANAGERS, MachineFacts

SELF = Path("/proc/self")
SBIN = "/usr/sbin:/sbin:/usr/local/sbin"
HEADLESS_SHELL = "chromium-headless-shell"
NGINX = ROOT / ".nginx"
"""Where the tests unpack Debian's nginx."""
CHROMIUM_NAMES = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome")


def collect(settings: Settings) -> MachineFacts:
    """Return the facts of this machine and of the engine that `settings` name, or the one at a default socket."""
    docker_host, engine = settings.docker_host, host.reachability(settings)
    user, socket = _user(), host.forbidden_socket(settings) if engine == "no permission" else None
    group = _group_of(socket) if socket else ""
    return MachineFacts(
        system=platform.system(),
        root=os.geteuid() == 0,
        user=user,
        sudo=has_program("sudo"),
        package_manager=next((name for name in PACKAGE_MANAGERS if shutil.which(name)), ""),
        systemd=Path("/run/systemd/system").is_dir(),
        engine=engine,
        docker_host=docker_host,
        docker_context=settings.docker_context,
        address_problem=host.address_problem(settings) if engine == "silent" else "",
        socket=str(socket or ""),
        socket_group=group,
        group_member=_is_member(user, group),
        dockerd=has_program("dockerd"),
        docker_desktop=Path("/Applications/Docker.app").is_dir(),
        npm=has_program("npm"),
        chromium=find_chromium() is not None,
        headless_shell=has_program(HEADLESS_SHELL),
        apparmor_on=_read("/sys/module/apparmor/parameters/enabled").startswith("Y"),
        apparmor_parser=has_program("apparmor_parser"),
        cgroups_mounted=not _is_local(docker_host) or cgroups_mounted(_read(SELF / "cgroup"), _read(SELF / "mounts")),
        cgroupfs_mount=has_program("cgroupfs-mount"),
    )


def cgroups_mounted(groups: str, mounts: str) -> bool:
    """Whether every cgroup of a process is mounted, from its `/proc/self/cgroup` and `/proc/self/mounts`.

    With version 1 some can be missing: mounting one in a private mount namespace creates it for the whole kernel.
    Measured with containerd 1.6 and 1.7: a shim that does not find one ("cannot find cgroup mount destination") still
    starts its container, but reports neither out-of-memory kills nor anything that `docker stats` shows.
    """
    kinds = [line.split() for line in mounts.splitlines()]
    seen = {option for _, _, kind, options, *_ in kinds if kind == "cgroup" for option in options.split(",")}
    needed = {name for line in groups.splitlines() for name in line.split(":")[1].split(",") if name}
    return any(kind in ("cgroup", "cgroup2") for _, _, kind, *_ in kinds) and needed <= seen


def find_chromium() -> str | None:
    """Return the path of a browser for the tests; the one without window decoration first."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def find_nginx() -> str | None:
    """Return the path of an nginx for the tests: the one that they unpacked, or the machine's own."""
    places = (f"{NGINX}/usr/sbin", None, SBIN)
    return next(filter(None, (shutil.which("nginx", path=path) for path in places)), None)


def has_program(program: str) -> bool:
    """Whether the program is on the PATH or in an sbin folder, which a user's PATH often lacks."""
    return any(shutil.which(program, path=path) for path in (None, SBIN))


def _user() -> str:
    """Return the name of this user; its number if the system does not know it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _group_of(path: Path) -> str:
    """Return the name of the group that owns the file; "" if it can't be known."""
    try:
        return path.group()
    except (OSError, KeyError):
        return ""


def _is_member(user: str, group: str) -> bool:
    """Whether the system's list has the user in the group; this login may have begun before that."""
    try:
        return user in grp.getgrnam(group).gr_mem
    except KeyError:
        return False


def _is_local(docker_host: str) -> bool:
    """Whether the engine runs on this machine, with its cgroups."""
    return platform.system() == "Linux" and docker_host.partition("://")[0] in ("", "unix")


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
