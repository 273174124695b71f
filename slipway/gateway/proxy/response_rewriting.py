"""What the lab changes in, or journals of, the engine's responses. Pure: JSON in, JSON out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

_DIRECTORY = 1 << 31
"""Go's bit for a directory in a file's mode."""
_INFO_OVERRIDES = {
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
"""Facts about the host that `docker info` would show."""
_MAX_CONTAINERS = 40
"""Containers whose size is journalled: a line of the journal is limited."""


def rewrite_info(body: bytes) -> bytes:
    """Return the answer to `GET /info` without facts about the host."""
    answer = _parse_object(body)
    return json.dumps(answer | {key: value for key, value in _INFO_OVERRIDES.items() if key in answer}).encode()


def rewrite_create(body: bytes) -> bytes:
    """Return the answer to a create without the engine's warnings about limits that the lab set."""
    answer = _parse_object(body)
    warnings = [text for text in answer.get("Warnings") or [] if "kernel does not support" not in text]
    return json.dumps(answer | {"Warnings": warnings}).encode()


REWRITERS = {"system.info": rewrite_info, "container.create": rewrite_create}


def extract_facts(name: str, status: int, body: bytes) -> tuple[str, dict[str, Any]]:
    """Return the engine's error message and the facts of its answer that the journal keeps."""
    answer = _parse_object(body)
    if status >= 400:
        return str(answer.get("message", "")), {}
    if name in ("container.create", "container.exec"):
        return "", {"id": str(answer.get("Id", ""))}
    if name == "container.wait":
        return "", {"StatusCode": answer.get("StatusCode", -1)}
    if name == "system.df":
        return "", _disk_usage(answer)
    if name.endswith(".prune"):
        return "", {"deleted": _deleted(answer), "reclaimed": answer.get("SpaceReclaimed", 0)}
    return "", {}


def stat_size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return the bytes of the file that is copied out of a container; 0 for a directory, whose size is unknown."""
    encoded = dict(headers).get(b"x-docker-container-path-stat", b"")
    try:
        stat = _parse_object(base64.b64decode(encoded))
        return 0 if int(stat.get("mode", 0)) & _DIRECTORY else int(stat.get("size", 0))
    except (ValueError, TypeError):
        return 0


def _disk_usage(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what `docker system df` shows in its table: bytes written by each container, by all images together, and
    by the build cache without the parts that it shares with an image."""
    if not answer:
        return {}
    listed = answer.get("Containers") or []
    containers = {str(row.get("Id", ""))[:12]: int(row.get("SizeRw") or 0) for row in listed[:_MAX_CONTAINERS]}
    cached = [row for row in answer.get("BuildCache") or [] if not row.get("Shared")]
    build = sum(int(row.get("Size") or 0) for row in cached)
    return {"images": int(answer.get("LayersSize") or 0), "containers": containers, "build": build}


def _deleted(answer: dict[str, Any]) -> list[Any]:
    lists = [value for key, value in answer.items() if key.endswith("Deleted") and isinstance(value, list)]
    return lists[0] if lists else []


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
