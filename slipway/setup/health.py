"""What the doctor thinks of each thing it was shown: ok, a warning or bad, and what to do.

Pure: values in, findings out. doctor.py does the looking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from slipway.settings import MIB, LabLimits
from slipway.setup import plan
from slipway.setup.lab_probe import Answer

Sign = Literal["ok", "warn", "bad"]

OLDEST_API = (1, 41)  # cgroup namespaces per container came with it (engine 20.10)
SEE_VERSIONS = "see which build it is: apt list --installed runc docker.io (elsewhere: docker version)"
DISK_NEEDED = 4 * 1024 * MIB
STATE_NEEDED = 2 * MIB


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    sign: Sign
    subject: str
    says: str
    then: str = ""


def of_missing_engine(action: plan.Action) -> Finding:
    """An engine that does not answer: worrying only when `./lab up` could not help itself."""
    match action:
        case plan.UseEngine():
            return Finding("ok", "engine", "answers")
        case plan.StartService() | plan.StartDaemon():
            return Finding("warn", "engine", "installed, not running", "./lab up starts it")
        case plan.Install(packages):
            return Finding("warn", "engine", "not there yet", f"./lab up installs Debian's {' '.join(packages)}")
        case plan.TellUser(why, command):
            return Finding("bad", "engine", why, f"Run: {command}")
        case _:
            assert_never(action)


def of_engine(seen: Mapping[str, Any]) -> list[Finding]:
    """Everything that the engine's own description tells (slipway/engine/client.py: facts)."""
    return [
        of_version(seen["engine"], seen["api"]),
        *(Finding("warn", "known holes", warning, SEE_VERSIONS) for warning in seen["warnings"]),
        of_boundary(seen["sysbox"]),
        of_way_out(),
        of_storage(seen["storage"]),
        of_cpus(seen["cpus"]),
    ]


def of_cgroups(version: int, mounted: bool) -> Finding:
    if mounted:
        return Finding("ok", "cgroups", f"version {version}")
    return Finding(
        "warn",
        "cgroups",
        f"version {version}, and not all of this kernel's are mounted: an engine in a sandbox can't tell who ran out "
        "of memory, and docker stats shows learners 0B / 0B",
        f"as root: {plan.MOUNTING} (Debian's package of that name); then restart the sandboxes: ./lab down, ./lab up",
    )


def of_version(engine: str, api: str) -> Finding:
    says = f"Docker {engine}, API {api}"
    if version(api) < OLDEST_API:
        return Finding("bad", "engine", says, "too old: 20.10 (API 1.41) or newer is needed")
    return Finding("ok", "engine", says)


def of_boundary(sysbox: bool) -> Finding:
    if sysbox:
        return Finding("ok", "boundary", "sysbox: learners' engines run in user namespaces of their own")
    return Finding(
        "warn",
        "boundary",
        "no sysbox: the gateway's policy is what stands between a learner and this machine's kernel",
        "fine for yourself and people you trust; for strangers use a virtual machine of its own, or install sysbox",
    )


def of_way_out() -> Finding:
    return Finding(
        "ok",
        "network",
        "sandboxes have none; with --online they reach the internet, and nothing nearer but name servers (port 53)",
    )


def of_inner(warnings: Sequence[str], sysbox: bool) -> list[Finding]:
    """Known holes of the runc inside the sandboxes, the one that learners' own containers could use."""
    where = "into a user namespace of sysbox's" if sysbox else "into an engine container, which is no boundary itself"
    then = "with Debian's newest packages: ./lab down --images, then ./lab up"
    return [
        Finding("warn", "known holes, inside", f"{warning} The way out leads {where}", then) for warning in warnings
    ]


def of_storage(driver: str) -> Finding:
    if driver in ("overlay2", "overlayfs", "btrfs", "zfs"):
        return Finding("ok", "storage", driver)
    return Finding("warn", "storage", f"{driver} is slow and hungry", "put /var/lib/docker on ext4 or xfs")


def of_memory(total: int, limits: LabLimits) -> Finding:
    """For how many learners it is enough; `total` in bytes."""
    each, free = limits.sandbox_memory // MIB, limits.kept_free / 1024 / MIB
    says = f"{total / 1024 / MIB:.1f} GiB: {limits.fitting(total).sandboxes} learners at once, the others wait in line"
    if total < limits.kept_free + limits.sandbox_memory:
        return Finding("bad", "memory", says, "2 GiB is the least; give the engine's machine more")
    return Finding("ok", "memory", f"{says} ({each} MiB each; none is begun while less than {free:.1f} GiB is free)")


def of_cpus(count: int) -> Finding:
    if count < 2:
        return Finding("warn", "processors", f"{count}", "enough for one; a class wants two or more")
    return Finding("ok", "processors", f"{count}")


def of_disk(free: int) -> Finding:
    says = f"{free / 1024 / MIB:.0f} GiB free"
    if free < DISK_NEEDED:
        return Finding("warn", "disk", says, f"images and logs want {DISK_NEEDED // 1024 // MIB} GiB")
    return Finding("ok", "disk", says)


def of_images(ready: bool) -> Finding:
    if not ready:
        return Finding("warn", "images", "not built yet, or their sources changed", "./lab up builds them")
    return Finding("ok", "images", "built from the sources as they are now")


def of_contents(inside: Mapping[str, str]) -> Finding:
    """Debian's packages are those of the day on which the images were built (SECURITY.md): here they are named."""
    rest = ", ".join(
        f"{name} {version}" for name, version in inside.items() if name not in ("engine", "terminal", "debian")
    )
    says = f"engine {inside['engine']}, terminal {inside['terminal']}: Debian {inside['debian']} with {rest}"
    return Finding("ok", "in the images", says)


def of_pins(pins: Mapping[str, str]) -> Finding:
    """What this install's images were built on, and will be again."""
    if not pins:
        return Finding("ok", "pinned images", "none: this install has not built its images itself")
    return Finding("ok", "pinned images", ", ".join(f"{name} is {where:.40}" for name, where in pins.items()))


def of_libraries(there: bool, npm: bool) -> Finding:
    if there:
        return Finding("ok", "browser libraries", "as package-lock.json names them")
    how = "with npm" if npm else "with Node from PyPI (there is no npm here)"
    return Finding("warn", "browser libraries", "not fetched yet", f"./lab up fetches them {how}")


def of_chromium(action: plan.Action, path: str | None) -> Finding:
    match action:
        case plan.UseEngine():
            return Finding("ok", "browser for the tests", str(path))
        case plan.TellUser(_, command):
            return Finding("warn", "browser for the tests", "no chromium", f"only ./lab test needs it. Run: {command}")
        case _:
            return Finding("warn", "browser for the tests", "no chromium", "only ./lab test needs it, and installs it")


def of_lab(pid: int, address: str, answer: Answer) -> Finding:
    """The lab that runs, at the address that it uses; the token in that address is told by `./lab up` alone."""
    match answer:
        case "lab":
            return Finding("ok", "port", f"the lab runs, and answers at {address}")
        case "nobody":
            says = f"the lab runs (process {pid}), but does not listen at {address} yet"
            return Finding("warn", "port", says, "Wait until it is ready. If it never is: ./lab down, then ./lab up")
        case "silence":
            says = f"the lab runs (process {pid}), but does not answer at {address}"
            return Finding("bad", "port", says, "Run: ./lab down, then ./lab up")
        case "stranger":
            says = f"the lab runs (process {pid}), but another program answers at {address}"
            return Finding("bad", "port", says, "Run: ./lab down, then ./lab up with another --port")
        case _:
            assert_never(answer)


def of_state(path: str, mode: int, writable: bool = True) -> Finding:
    if mode & 0o077:
        return Finding("bad", "state directory", f"{path} is open to others ({mode:o})", f"Run: chmod 700 {path}")
    if not writable:
        then = "Make it writable for this user, or choose another folder with SLIPWAY_STATE"
        return Finding("bad", "state directory", f"{path} can't be written", then)
    return Finding("ok", "state directory", f"{path}, for this user only")


def of_state_disk(path: str, free: int) -> Finding:
    """Progress is written there while learners work, so it is looked at apart from the disk for images."""
    says = f"{free // MIB} MiB free on the disk of {path}"
    if free < STATE_NEEDED:
        return Finding("bad", "state disk", says, "Free some space there, or choose another folder with SLIPWAY_STATE")
    return Finding("ok", "state disk", says)


def of_progress(path: str, usable: bool) -> Finding:
    if not usable:
        return Finding(
            "bad", "progress", f"{path} is not a file that this user can read and write", f"Move {path} away"
        )
    return Finding("ok", "progress", path)


def version(text: str) -> tuple[int, ...]:
    """The numbers of `1.1.5+ds1` or `20.10.24+dfsg1`, to compare."""
    match = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, match.group().split("."))) if match else ()
