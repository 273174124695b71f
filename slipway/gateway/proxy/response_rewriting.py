"""What the lab changes or notes in the engine's answers. Pure: JSON in, JSON out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

_DIRECTORY = 1 << 31
"""Go's bit for a directory in a file's mode."""
_INFO = {
    "ID": "slipway",
    "Name": "sandbox",
    "DockerRootDir": "/var/lib/docker",
    "HttpProxy": "",
    "HttpsProxy": "",
    "NoProxy": "",
    "KernelVersion": "",
    "Labels": [],
    "RegistryConfig": {"IndexConfigs": {}, "InsecureRegistryCIDRs": [], "Mirrors": []},
    "Swarm": {"NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": False, "Error": ""},
}
"""What `docker info` would tell about the machine below: overwritten."""


def info(body: bytes) -> bytes:
    """The answer to `GET /info` without the machine below."""
    told = _object(body)
    return json.dumps(told | {key: value for key, value in _INFO.items() if key in told}).encode()


def created(body: bytes) -> bytes:
    """The answer to a create, without the engine's warnings about limits that the lab itself wrote."""
    told = _object(body)
    warnings = [text for text in told.get("Warnings") or [] if "kernel does not support" not in text]
    return json.dumps(told | {"Warnings": warnings}).encode()


_MOST = 40
"""Containers whose size is noted: a line of the journal has its limit."""

REWRITTEN = {"system.info": info, "container.create": created}


def facts(name: str, status: int, body: bytes) -> tuple[str, dict[str, Any]]:
    """The engine's message (when it refused) and the small facts of its answer, for the journal."""
    told = _object(body)
    if status >= 400:
        return str(told.get("message", "")), {}
    if name in ("container.create", "container.exec"):
        return "", {"id": str(told.get("Id", ""))}
    if name == "container.wait":
        return "", {"StatusCode": told.get("StatusCode", -1)}
    if name == "system.df":
        return "", _disk(told)
    if name.endswith(".prune"):
        return "", {"deleted": _deleted(told), "reclaimed": told.get("SpaceReclaimed", 0)}
    return "", {}


def stat_size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the file that a copy takes out of a container; 0 for a directory, whose size nobody knows yet."""
    told = dict(headers).get(b"x-docker-container-path-stat", b"")
    try:
        stat = _object(base64.b64decode(told))
        return 0 if int(stat.get("mode", 0)) & _DIRECTORY else int(stat.get("size", 0))
    except (ValueError, TypeError):
        return 0


def _disk(told: dict[str, Any]) -> dict[str, Any]:
    """What `docker system df` makes its table of: the bytes that each container wrote, all images together, and the
    build cache, whose parts that are an image's too are not counted twice."""
    if not told:
        return {}
    containers = told.get("Containers") or []
    wrote = {str(one.get("Id", ""))[:12]: int(one.get("SizeRw") or 0) for one in containers[:_MOST]}
    cached = [one for one in told.get("BuildCache") or [] if not one.get("Shared")]
    build = sum(int(one.get("Size") or 0) for one in cached)
    return {"images": int(told.get("LayersSize") or 0), "containers": wrote, "build": build}


def _deleted(told: dict[str, Any]) -> list[Any]:
    lists = [value for key, value in told.items() if key.endswith("Deleted") and isinstance(value, list)]
    return lists[0] if lists else []


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
