"""Judges each fact that `./lab doctor` finds: ok, a warning or bad, with a hint what to do.

Pure: values in, findings out. doctor.py collects the values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, assert_never

from slipway.engine.host_proxy import HostProxy
from slipway.engine.image_origins import Origin, describe
from slipway.engine.online_check import HINTS, SENTENCES, Fault
from slipway.settings import MIB, LabLimits
from slipway.setup import plan
from slipway.setup.lab_probe import ProbeResult

Level = Literal["ok", "warn", "bad"]

SEE_VERSIONS = "show the installed build: apt list --installed runc docker.io (elsewhere: docker version)"
DISK_NEEDED = 4 * 1024 * MIB
STATE_NEEDED = 2 * MIB


@dataclass(frozen=True)
class HealthFinding:
    """One line of the doctor's report, and a hint what to do about it."""

    level: Level
    subject: str
    text: str
    hint: str = ""


def check_missing_engine(action: plan.Action) -> HealthFinding:
    """Judge an engine that does not answer by whether `./lab up` can start or install it."""
    match action:
        case plan.UseExisting():
            return HealthFinding("ok", "engine", "answers")
        case plan.StartService() | plan.StartDaemon():
            return HealthFinding("warn", "engine", "installed, not running", "./lab up starts it")
        case plan.Install(packages):
            return HealthFinding("warn", "engine", "not installed", f"./lab up installs Debian's {' '.join(packages)}")
        case plan.TellUser(why, command):
            return HealthFinding("bad", "engine", why, f"Run: {command}")
        case _:
            assert_never(action)


def check_engine(facts: Mapping[str, Any]) -> list[HealthFinding]:
    """Judge the isolation and the size of an engine that can run sandboxes, by its own description (`engine_facts`)."""
    return [
        *(HealthFinding("warn", "known vulnerabilities", warning, SEE_VERSIONS) for warning in facts["warnings"]),
        check_isolation(facts["sysbox"]),
        check_network(),
        check_storage(facts["storage"]),
        check_cpus(facts["cpus"]),
    ]


def check_cgroups(version: int, mounted: bool) -> HealthFinding:
    """Judge the cgroup `version` of the engine, and whether all cgroups are `mounted`."""
    if mounted:
        return HealthFinding("ok", "cgroups", f"version {version}")
    return HealthFinding(
        "warn",
        "cgroups",
        f"version {version}, not all mounted: an engine in a sandbox can't report out-of-memory kills, and "
        "docker stats shows learners 0B / 0B",
        f"as root: {plan.MOUNTING} (Debian's package of that name); then restart the sandboxes: ./lab down, ./lab up",
    )


def check_isolation(sysbox: bool) -> HealthFinding:
    """Judge what separates learners from this machine's kernel."""
    if sysbox:
        return HealthFinding("ok", "isolation", "sysbox: each learner's engine runs in its own user namespace")
    return HealthFinding(
        "warn",
        "isolation",
        "no sysbox: only the gateway's policy separates learners from this machine's kernel",
        "fine for yourself and people you trust; for strangers use a dedicated virtual machine, or install sysbox",
    )


def check_network() -> HealthFinding:
    """Describe what sandboxes can reach."""
    return HealthFinding(
        "ok",
        "network",
        "sandboxes have none; with --online they reach the internet, and locally only name servers (port 53)",
    )


def check_online_access(roots: Mapping[Path, Sequence[str]], proxy: HostProxy) -> HealthFinding:
    """Say what of this machine's own a sandbox gets with --online: name servers, extra roots, the engine's proxy."""
    files = ", ".join(map(str, roots)) or "none here"
    text = f"names as this machine's engine resolves them; extra root certificates: {files}"
    if not proxy.url:
        return HealthFinding("ok", "with --online", f"{text}; no proxy")
    if proxy.problem:
        hint = "pulls go there directly; if that is not allowed, only the course's images work"
        return HealthFinding("warn", "with --online", f"{text}; the engine's proxy is not used: {proxy.problem}", hint)
    return HealthFinding("ok", "with --online", f"{text}; pulls through the engine's proxy {proxy.url}")


def check_docker_hub(fault: Fault, detail: str) -> HealthFinding:
    """Judge what a running online sandbox was answered by Docker Hub."""
    text = f"{SENTENCES[fault]} ({detail})" if detail else SENTENCES[fault]
    return HealthFinding("warn" if fault else "ok", "Docker Hub", text, HINTS[fault])


def check_sandbox_runc(warnings: Sequence[str], sysbox: bool) -> list[HealthFinding]:
    """Report known vulnerabilities of the runc inside the sandboxes, which the learners' containers could exploit."""
    where = "a user namespace of sysbox" if sysbox else "an engine container, which is no security boundary"
    hint = "rebuild with Debian's newest packages: ./lab down --images, then ./lab up"
    return [
        HealthFinding("warn", "known vulnerabilities in sandboxes", f"{warning} An escape leads into {where}", hint)
        for warning in warnings
    ]


def check_storage(driver: str) -> HealthFinding:
    """Judge the storage driver of the engine."""
    if driver in ("overlay2", "overlayfs", "btrfs", "zfs"):
        return HealthFinding("ok", "storage", driver)
    return HealthFinding(
        "warn", "storage", f"{driver} is slow and needs much space", "put /var/lib/docker on ext4 or xfs"
    )


def check_memory(total: int, limits: LabLimits, course: int = 0) -> HealthFinding:
    """Report for how many learners the memory suffices; `total`, and the size of the course's images, in bytes."""
    limits = limits.with_course_images(course)
    each, free = limits.sandbox_memory // MIB, limits.kept_free / 1024 / MIB
    learners = limits.fit_memory(total).sandboxes
    text = f"{total / 1024 / MIB:.1f} GiB: {learners} learners at once, others wait in line"
    if total < limits.kept_free + limits.sandbox_memory:
        return HealthFinding("bad", "memory", text, "2 GiB is the minimum; give the engine's machine more")
    budget = f"{each} MiB each, {course // MIB} of them for the course's images"
    return HealthFinding("ok", "memory", f"{text} ({budget}; none starts while less than {free:.1f} GiB is free)")


def check_cpus(count: int) -> HealthFinding:
    """Judge the number of processors."""
    if count < 2:
        return HealthFinding("warn", "processors", f"{count}", "enough for one learner; a class needs two or more")
    return HealthFinding("ok", "processors", f"{count}")


def check_disk(free: int) -> HealthFinding:
    """Judge the free disk space for images and logs, in bytes."""
    text = f"{free / 1024 / MIB:.0f} GiB free"
    if free < DISK_NEEDED:
        return HealthFinding("warn", "disk", text, f"images and logs need {DISK_NEEDED // 1024 // MIB} GiB")
    return HealthFinding("ok", "disk", text)


def check_images(ready: bool) -> HealthFinding:
    """Judge whether the images are built from the current sources."""
    if not ready:
        return HealthFinding("warn", "images", "not built yet, or their sources have changed", "./lab up builds them")
    return HealthFinding("ok", "images", "built from the current sources")


def check_image_origins(origins: Sequence[Origin]) -> list[HealthFinding]:
    """Say where each image from elsewhere came from, and how to have real ones in place of stand-ins."""
    hint = "to ask the registry again: ./lab up --refresh-images" if any(origin.why for origin in origins) else ""
    lines = describe(origins)
    return [HealthFinding("ok", "origin of images", line, hint if line == lines[-1] else "") for line in lines]


def check_image_contents(contents: Mapping[str, str]) -> HealthFinding:
    """Name the Debian packages in the images, which are those of the day they were built (SECURITY.md)."""
    rest = ", ".join(
        f"{name} {version}" for name, version in contents.items() if name not in ("engine", "terminal", "debian")
    )
    text = f"engine {contents['engine']}, terminal {contents['terminal']}: Debian {contents['debian']} with {rest}"
    return HealthFinding("ok", "in the images", text)


def check_image_pins(pins: Mapping[str, str]) -> HealthFinding:
    """Name the base images that this install's images were built on, and will be built on again."""
    if not pins:
        return HealthFinding("ok", "pinned images", "none: this install has not built its images itself")
    pinned = (f"{name} is {reference:.40}" for name, reference in pins.items())
    return HealthFinding("ok", "pinned images", ", ".join(pinned))


def check_browser_libraries(installed: bool, npm: bool, problem: str = "") -> HealthFinding:
    """Judge whether the browser libraries are installed, or why they can't be."""
    if installed:
        return HealthFinding("ok", "browser libraries", "as package-lock.json names them")
    if problem:
        return HealthFinding("bad", "browser libraries", "not installed, and this user can't write them", problem)
    how = "with npm" if npm else "with Node from PyPI (npm is not installed)"
    return HealthFinding("warn", "browser libraries", "not installed yet", f"./lab up installs them {how}")


def check_chromium(action: plan.Action, path: str | None) -> HealthFinding:
    """Judge whether there is a browser for the tests."""
    match action:
        case plan.UseExisting():
            return HealthFinding("ok", "browser for the tests", str(path))
        case plan.TellUser(_, command):
            return HealthFinding(
                "warn", "browser for the tests", "no chromium", f"only ./lab test needs it. Run: {command}"
            )
        case _:
            return HealthFinding(
                "warn", "browser for the tests", "no chromium", "only ./lab test needs it, and installs it"
            )


def check_running_lab(pid: int, address: str, answer: ProbeResult) -> HealthFinding:
    """Judge the running lab by what answers at its address, which must not contain the token."""
    match answer:
        case "lab":
            return HealthFinding("ok", "port", f"the lab is running and answers at {address}")
        case "closed":
            text = f"the lab is running (process {pid}), but does not listen at {address} yet"
            return HealthFinding(
                "warn", "port", text, "Wait until it is ready. If it never is: ./lab down, then ./lab up"
            )
        case "timeout":
            text = f"the lab is running (process {pid}), but does not answer at {address}"
            return HealthFinding("bad", "port", text, "Run: ./lab down, then ./lab up")
        case "other":
            text = f"the lab is running (process {pid}), but another program answers at {address}"
            return HealthFinding("bad", "port", text, "Run: ./lab down, then ./lab up with another --port")
        case _:
            assert_never(answer)


def check_state_folder(path: str, mode: int, writable: bool = True) -> HealthFinding:
    """Judge the state folder by its permissions."""
    if mode & 0o077:
        return HealthFinding(
            "bad", "state folder", f"{path} is open to other users ({mode:o})", f"Run: chmod 700 {path}"
        )
    if not writable:
        hint = "Make it writable for this user, or choose another folder with SLIPWAY_STATE"
        return HealthFinding("bad", "state folder", f"{path} can't be written", hint)
    return HealthFinding("ok", "state folder", f"{path}, private to this user")


def check_state_disk(path: str, free: int) -> HealthFinding:
    """Judge the free space for progress, in bytes; it may be on another disk than the images."""
    text = f"{free // MIB} MiB free on the disk of {path}"
    if free < STATE_NEEDED:
        return HealthFinding(
            "bad", "state disk", text, "Free some space there, or choose another folder with SLIPWAY_STATE"
        )
    return HealthFinding("ok", "state disk", text)


def check_progress_file(path: str, usable: bool, hint: str = "") -> HealthFinding:
    """Judge whether the database of progress is a readable and writable file; `hint`: what to do if it is not."""
    if not usable:
        text = f"{path} is not a file that this user can read and write"
        return HealthFinding("bad", "progress", text, hint or f"Move {path} away")
    return HealthFinding("ok", "progress", path)


def parse_version(text: str) -> tuple[int, ...]:
    """Return the numbers of `1.1.5+ds1` or `20.10.24+dfsg1` for comparison."""
    match = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, match.group().split("."))) if match else ()
