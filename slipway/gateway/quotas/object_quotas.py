"""How much a sandbox may hold: containers, running ones, volumes, networks, images, commands beside a container's own.

Pure: what the engine answered and what is asked for go in, a refusal with a sentence that teaches comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slipway.gateway.json_objects import as_object
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal

_CONTAINERS = (
    "This sandbox holds {most} containers already. Remove some with docker rm, or all stopped ones with "
    "docker container prune."
)
_RUNNING = "{most} containers run in this sandbox already. Stop some with docker stop first."
_RESTARTING = (
    "{most} containers of this sandbox start again by themselves already. Leave --restart out, or remove some of them "
    "with docker rm."
)
_VOLUMES = (
    "This sandbox holds {there} volumes already, and {most} are the limit. Remove some with docker volume rm, or those "
    "without a name that nobody uses with docker volume prune."
)
_NETWORKS = "This sandbox holds {most} networks of your own already. Remove some with docker network rm."
_IMAGES = "This sandbox holds {most} images already. Remove some with docker rmi or docker image prune."
_EXECS = "{most} commands run in this sandbox's containers already, beside their own. Wait for some to end."


def containers(there: Any, limits: GatewayLimits) -> None:
    """Before one more container. Raises Refusal (429), as all do here."""
    _check(len(_rows(there)), limits.containers, _CONTAINERS, "containers")


def bridge(status: int, found: Any) -> bool:
    """Whether what the engine answered about a network's name or id is that it is a bridge, or that there is none.

    One that the engine can't tell (an id's beginning that two have, say) may be the host's own, which has an id too. An
    answer that describes no network at all is none's: every engine gives a network a name and a driver.
    """
    if status == 404:
        return True
    described = as_object(found)
    if not described.keys() & {"Name", "Driver"}:
        return status < 300
    return status < 300 and described.get("Driver") == "bridge" and described.get("Name") not in ("host", "none")


def running(there: Any, starting: int, container: str, limits: GatewayLimits) -> None:
    """Before `container` (its id) is started, while `starting` others are being started; who runs already may."""
    ids = [row.get("Id") for row in _rows(there)]
    if container not in ids:
        _check(len(ids) + starting, limits.running, _RUNNING, "running")


def restarts(body: dict[str, Any]) -> bool:
    """Whether a create asks for a container that the engine starts again by itself."""
    return _again(body)


def restarting(containers: Iterable[Any], limits: GatewayLimits) -> None:
    """Before one more such; `containers` are all of them, inspected. Also the stopped ones may run when the engine has
    been started again."""
    _check(len([found for found in containers if _again(as_object(found))]), limits.running, _RESTARTING, "restarting")


def networks(there: Any, limits: GatewayLimits) -> None:
    """Before one more network; the engine's own three don't count."""
    own = [row for row in _rows(there) if row.get("Name") not in ("bridge", "host", "none")]
    _check(len(own), limits.networks, _NETWORKS, "networks")


def images(there: Any, coming: int, name: str, limits: GatewayLimits) -> None:
    """Before one more image or one more name of one (as the client lists them: a line for each), while `coming` others
    are pulled or built; the `name` of one that is there may be pulled or given again."""
    rows = [_names(row) for row in _rows(there)]
    if not any(name in names for names in rows):
        _check(sum(len(names) or 1 for names in rows) + coming, limits.images, _IMAGES, "images")


def execs(containers: Iterable[Any], limits: GatewayLimits) -> None:
    """Before one more command; `containers` are the running ones, inspected."""
    count = sum(len(found["ExecIDs"]) for found in containers if isinstance(as_object(found).get("ExecIDs"), list))
    _check(count, limits.execs, _EXECS, "execs")


def one_volume(there: Any, limits: GatewayLimits) -> None:
    """Before `docker volume create`."""
    _check_volumes(len(_volumes(there)), 1, limits.volumes)


def volumes(there: Any, body: dict[str, Any], image: Any, limits: GatewayLimits) -> None:
    """Before a create with this canonical `body`, whose `image` the engine has described (or not: None)."""
    names = {str(row.get("Name")) for row in _volumes(there)}
    asked, places = _asked(body)
    _check_volumes(len(names), len([name for name in asked if name not in names]), limits.volumes)
    own = as_object(as_object(as_object(image).get("Config")).get("Volumes"))
    _check_volumes(len(names), len([place for place in own if place not in places]), limits.image_volumes)


def wants_volumes(body: dict[str, Any], image: Any) -> bool:
    """Whether a create asks for volumes, by itself or because its image does."""
    return bool(_asked(body)[0] or as_object(as_object(image).get("Config")).get("Volumes"))


def _again(described: dict[str, Any]) -> bool:
    policy = as_object(as_object(described.get("HostConfig")).get("RestartPolicy"))
    return policy.get("Name") not in (None, "", "no")


def _asked(body: dict[str, Any]) -> tuple[list[str], set[str]]:
    """The volumes that a create asks for (those without a name by their place), and the places that they cover."""
    host = body["HostConfig"]
    binds = [bind.split(":")[:2] for bind in host.get("Binds", [])]
    mounts = [(mount.get("Source") or mount["Target"], mount["Target"]) for mount in host.get("Mounts", [])]
    volumes = [pair for pair, mount in zip(mounts, host.get("Mounts", []), strict=True) if mount["Type"] == "volume"]
    plain = list(body.get("Volumes", {}))
    asked = {name for name, _ in [*binds, *volumes]} | set(plain)
    return sorted(asked), {place for _, place in [*binds, *mounts]} | set(plain) | set(host.get("Tmpfs", {}))


def _check_volumes(there: int, more: int, most: int) -> None:
    if more and there + more > most:
        raise Refusal(429, _VOLUMES.format(there=there, most=most), "limit:volumes")


def _check(there: int, most: int, sentence: str, limit: str) -> None:
    if there >= most:
        raise Refusal(429, sentence.format(most=most), f"limit:{limit}")


def _rows(there: Any) -> list[dict[str, Any]]:
    return [row for row in there if isinstance(row, dict)] if isinstance(there, list) else []


def _volumes(there: Any) -> list[dict[str, Any]]:
    return _rows(as_object(there).get("Volumes"))


def _names(row: dict[str, Any]) -> list[Any]:
    told = row.get("RepoTags")
    return told if isinstance(told, list) else []
