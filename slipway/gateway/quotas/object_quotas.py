"""How many objects a sandbox may hold: containers, running ones, volumes, networks, images, exec processes.

Pure: each check takes the engine's answer (`listed`) and the request, and raises Refusal (429) with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal

_CONTAINERS = (
    "This sandbox holds {limit} containers already. Remove some with docker rm, or all stopped ones with "
    "docker container prune."
)
_RUNNING = "{limit} containers run in this sandbox already. Stop some with docker stop first."
_RESTARTING = (
    "{limit} containers of this sandbox start again by themselves already. Leave --restart out, or remove some of them "
    "with docker rm."
)
_VOLUMES = (
    "This sandbox holds {count} volumes already, and {limit} are the limit. Remove some with docker volume rm, or "
    "unused ones without a name with docker volume prune."
)
_NETWORKS = "This sandbox holds {limit} networks of your own already. Remove some with docker network rm."
_IMAGES = "This sandbox holds {limit} images already. Remove some with docker rmi or docker image prune."
_EXECS = "{limit} commands run in this sandbox's containers already, beside their own. Wait for some to end."


def check_containers(listed: Any, limits: GatewayLimits) -> None:
    """Check before a container is created."""
    _check(len(_rows(listed)), limits.containers, _CONTAINERS, "containers")


def is_bridge(status: int, answer: Any) -> bool:
    """Return whether the engine's answer about a network says that it is a bridge, or that it does not exist.

    A reference that the engine can't resolve (an id prefix that two networks share, for example) may mean the host's
    network, which has an id too. An answer without name and driver does not describe a network: every engine gives
    both.
    """
    if status == 404:
        return True
    network = as_object(answer)
    if not network.keys() & {"Name", "Driver"}:
        return status < 300
    return status < 300 and network.get("Driver") == "bridge" and network.get("Name") not in ("host", "none")


def check_running(listed: Any, pending: int, container: str, limits: GatewayLimits) -> None:
    """Check before `container` (its id) is started while `pending` others are starting; a running one passes."""
    ids = [row.get("Id") for row in _rows(listed)]
    if container not in ids:
        _check(len(ids) + pending, limits.running, _RUNNING, "running")


def restarts_automatically(described: dict[str, Any]) -> bool:
    """Return whether a create's body, or an inspected container, has a restart policy."""
    policy = as_object(as_object(described.get("HostConfig")).get("RestartPolicy"))
    return policy.get("Name") not in (None, "", "no")


def check_restarting(containers: Iterable[Any], limits: GatewayLimits) -> None:
    """Check before one more such container; `containers` are all, inspected. Stopped ones count too: they may run after
    the engine has been restarted."""
    count = len([container for container in containers if restarts_automatically(as_object(container))])
    _check(count, limits.running, _RESTARTING, "restarting")


def check_networks(listed: Any, limits: GatewayLimits) -> None:
    """Check before a network is created; the engine's own three don't count."""
    created = [row for row in _rows(listed) if row.get("Name") not in ("bridge", "host", "none")]
    _check(len(created), limits.networks, _NETWORKS, "networks")


def check_images(listed: Any, pending: int, name: str, limits: GatewayLimits) -> None:
    """Check before one more image or image name, while `pending` others are pulled or built.

    Counts as the client lists them, a line for each name. An existing `name` may be pulled or assigned again.
    """
    rows = [_repo_tags(row) for row in _rows(listed)]
    if not any(name in tags for tags in rows):
        _check(sum(len(tags) or 1 for tags in rows) + pending, limits.images, _IMAGES, "images")


def check_execs(containers: Iterable[Any], limits: GatewayLimits) -> None:
    """Check before one more exec; `containers` are the running ones, inspected."""
    count = sum(
        len(container["ExecIDs"]) for container in containers if isinstance(as_object(container).get("ExecIDs"), list)
    )
    _check(count, limits.execs, _EXECS, "execs")


def check_new_volume(listed: Any, limits: GatewayLimits) -> None:
    """Check before `docker volume create`."""
    _check_volumes(len(_volumes(listed)), 1, limits.volumes)


def check_container_volumes(listed: Any, body: dict[str, Any], image: Any, limits: GatewayLimits) -> None:
    """Check before a create with this canonical `body`; `image` is the engine's description, or None."""
    names = {str(row.get("Name")) for row in _volumes(listed)}
    requested, targets = _requested_volumes(body)
    _check_volumes(len(names), len([name for name in requested if name not in names]), limits.volumes)
    declared = as_object(as_object(as_object(image).get("Config")).get("Volumes"))
    new = [target for target in declared if target not in targets]
    _check_volumes(len(names), len(new), limits.image_volumes)


def wants_volumes(body: dict[str, Any], image: Any) -> bool:
    """Return whether a create or its image asks for volumes."""
    return bool(_requested_volumes(body)[0] or as_object(as_object(image).get("Config")).get("Volumes"))


def _requested_volumes(body: dict[str, Any]) -> tuple[list[str], set[str]]:
    """Return the volumes that a create asks for (unnamed ones by their target), and the targets that are covered."""
    host = body["HostConfig"]
    binds = [bind.split(":")[:2] for bind in host.get("Binds", [])]
    mounts = [(mount.get("Source") or mount["Target"], mount["Target"]) for mount in host.get("Mounts", [])]
    volumes = [pair for pair, mount in zip(mounts, host.get("Mounts", []), strict=True) if mount["Type"] == "volume"]
    unnamed = list(body.get("Volumes", {}))
    requested = {name for name, _ in [*binds, *volumes]} | set(unnamed)
    return sorted(requested), {target for _, target in [*binds, *mounts]} | set(unnamed) | set(host.get("Tmpfs", {}))


def _check_volumes(count: int, new: int, limit: int) -> None:
    if new and count + new > limit:
        raise Refusal(429, _VOLUMES.format(count=count, limit=limit), "limit:volumes")


def _check(count: int, limit: int, message: str, name: str) -> None:
    if count >= limit:
        raise Refusal(429, message.format(limit=limit), f"limit:{name}")


def _rows(listed: Any) -> list[dict[str, Any]]:
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def _volumes(listed: Any) -> list[dict[str, Any]]:
    return _rows(as_object(listed).get("Volumes"))


def _repo_tags(row: dict[str, Any]) -> list[Any]:
    tags = row.get("RepoTags")
    return tags if isinstance(tags, list) else []
