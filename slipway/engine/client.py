"""The connection to the host's Docker engine, and the facts about it that decide whether the lab can run there.

Knows nothing of sandboxes, images or sessions.
"""

from __future__ import annotations

import re
from typing import Any

import docker
from docker.errors import DockerException

from slipway.engine import tls
from slipway.engine.host_proxy import find_proxy
from slipway.settings import Settings

POOL_SIZE = 64
"""Connections that are kept open for the next call."""


class EngineMissing(Exception):
    """No Docker engine answers; the text is one sentence for a person, with the next thing to try."""


class UnusableAddress(EngineMissing):
    """What names the engine is wrong, whether or not an engine answers: DOCKER_HOST, or a context."""


class TlsFailed(UnusableAddress):
    """An engine may answer, but TLS fails."""


def connect(settings: Settings, timeout: int = 60) -> docker.DockerClient:
    """Connect to the engine at `settings.docker_host`, or at the default socket; `timeout`: seconds per response.

    Raises EngineMissing when nothing answers there; UnusableAddress (TlsFailed) when its address (TLS) is the reason.
    """
    if settings.docker_problem:
        raise UnusableAddress(settings.docker_problem)
    where, folder = settings.docker_host or "the default socket", settings.docker_cert_path
    if folder and (problem := tls.certificate_problem(folder, settings.docker_context)):
        raise TlsFailed(problem)
    try:
        client = _client(settings, timeout)
        client.ping()
    except (DockerException, OSError, ValueError) as error:
        if problem := tls.explain(where, folder, str(error), settings.docker_context):
            raise TlsFailed(problem) from error
        raise EngineMissing(_explain(where, str(error))) from error
    return client


def _client(settings: Settings, timeout: int) -> docker.DockerClient:
    certificates = settings.docker_cert_path and tls.Certificates(settings.docker_cert_path, POOL_SIZE)
    return docker.DockerClient(
        base_url=settings.docker_host or None,
        timeout=timeout,
        tls=certificates or False,
        max_pool_size=POOL_SIZE,
    )


def engine_facts(client: docker.DockerClient) -> dict[str, Any]:
    """Return what `./lab doctor` shows of the engine: versions, features, and known escapes under `warnings`."""
    version, info = client.version(), client.info()
    parts = {part["Name"]: part["Version"] for part in version.get("Components", ())}
    return {
        "engine": version["Version"],
        "api": version["ApiVersion"],
        "runc": parts.get("runc", ""),
        "containerd": parts.get("containerd", ""),
        "system": info.get("OperatingSystem", ""),
        "kernel": info.get("KernelVersion", ""),
        "architecture": version.get("Arch", ""),
        "runtimes": sorted(info.get("Runtimes") or ()),
        "sysbox": "sysbox-runc" in (info.get("Runtimes") or {}),
        "storage": info.get("Driver", ""),
        "cgroup": int(info.get("CgroupVersion") or 1),
        "memory": info.get("MemTotal", 0),
        "cpus": info.get("NCPU", 0),
        "proxy": find_proxy(info),
        "podman": parts.get("Podman Engine", ""),
        "platform": info.get("OSType", ""),
        "root": info.get("DockerRootDir", ""),
        "security": _security_options(info),
        "unlimited": [name for name, value in info.items() if value is False],
        "warnings": known_escapes(version["Version"], parts.get("runc", "")),
    }


def _security_options(info: dict[str, Any]) -> list[str]:
    """Return the names in `name=seccomp,profile=default`, of which `docker info` has a list."""
    options = [option.split(",")[0] for option in info.get("SecurityOptions") or ()]
    return [option.removeprefix("name=") for option in options]


# (component, the first fixed version of each series, description), from the advisories of runc and moby.
_ESCAPES = (
    ("runc", ("1.1.12",), "CVE-2024-21626: a container can reach the host through a leaked file descriptor"),
    (
        "runc",
        ("1.2.8", "1.3.3", "1.4.0-rc.3"),
        "CVE-2025-31133, -52565, -52881: a container can get around masked paths, and out",
    ),
    (
        "engine",
        ("23.0.15", "25.0.6", "26.1.5", "27.1.1"),
        "CVE-2024-41110: an authorisation plugin can be bypassed, if you use one (the lab does not)",
    ),
)


def known_escapes(engine: str, runc: str) -> list[str]:
    """Return the known escapes that a version number does not rule out; distributions may patch without renumbering."""
    found = {"engine": engine, "runc": runc}
    return [
        f"{part} {found[part]} is older than the fix ({' or '.join(fixes)}): {what}. "
        "Your distribution may have patched it without a new number."
        for part, fixes, what in _ESCAPES
        if found[part] and not _is_fixed(_version(found[part]), [_version(fix) for fix in fixes])
    ]


def _is_fixed(version: tuple[int, ...], fixes: list[tuple[int, ...]]) -> bool:
    same_series = [fix for fix in fixes if fix[:2] == version[:2]]
    return version >= same_series[0] if same_series else version[:2] > max(fixes)[:2]


def _version(text: str) -> tuple[int, ...]:
    """Return a comparable tuple: three numbers, then 1 for a release, or 0 and a number for a release candidate."""
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?(?:-rc\.?(\d+))?", text)
    if not numbers:
        return ()
    three = tuple(int(number or 0) for number in numbers.groups()[:3])
    return (*three, 0, int(numbers[4])) if numbers[4] else (*three, 1)


def _explain(where: str, error: str) -> str:
    if "Permission" in error or "EACCES" in error:
        return (
            f"The Docker engine at {where} is there, but you may not use it: "
            "join its group with `sudo usermod -aG docker $USER`, then log in again."
        )
    if "timed out" in error.lower():
        return f"The Docker engine at {where} does not answer: is it overloaded, or still starting?"
    return (
        f"No Docker engine answers at {where}: start it "
        "(`sudo systemctl start docker`, or open Docker Desktop), or point DOCKER_HOST at one."
    )
