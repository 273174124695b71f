"""How many objects a sandbox may hold: what counts, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.quotas import object_quotas

REDIS: dict[str, Any] = {"Config": {"Volumes": {"/data": {}}}}


def volumes(*names: str) -> dict[str, Any]:
    return {"Volumes": [{"Name": name} for name in names]}


def create(host: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"Image": "x", "HostConfig": host or {}, **fields}


@pytest.mark.parametrize(
    ("there", "body", "image"),
    [
        (volumes("a", "b"), create(), None),
        (volumes("a", "b"), create({"Binds": ["a:/a", "b:/b:ro"]}), None),
        (volumes("a"), create({"Mounts": [{"Type": "volume", "Source": "new", "Target": "/a"}]}), None),
        (volumes("a", "b"), create({"Mounts": [{"Type": "tmpfs", "Target": "/a"}]}), None),
        (volumes("a"), create(Volumes={"/x": {}}), None),
        (volumes("a", "b"), create(), REDIS),
        (volumes("a", "b", "c"), create({"Binds": ["a:/data"]}), REDIS),
        (volumes("a", "b", "c"), create({"Tmpfs": {"/data": ""}}), REDIS),
        ({"Volumes": None}, create(Volumes={"/x": {}}), {}),
        (None, create(Volumes={"/x": {}}), {"Config": None}),
    ],
)
def test_volumes_below_the_limit_pass(there: Any, body: dict[str, Any], image: Any) -> None:
    object_quotas.check_container_volumes(there, body, image, GatewayLimits(volumes=2, image_volumes=3))


@pytest.mark.parametrize(
    ("body", "image"),
    [
        (create({"Binds": ["new:/a"]}), None),
        (create({"Mounts": [{"Type": "volume", "Target": "/a"}]}), None),
        (create({"Mounts": [{"Type": "volume", "Source": "new", "Target": "/a"}]}), None),
        (create(Volumes={"/x": {}}), None),
        (create(), REDIS),
    ],
)
def test_volumes_above_the_limit_are_refused(body: dict[str, Any], image: Any) -> None:
    with pytest.raises(Refusal, match="holds 3 volumes already"):
        object_quotas.check_container_volumes(
            volumes("a", "b", "c"), body, image, GatewayLimits(volumes=2, image_volumes=3)
        )


def test_default_networks_do_not_count() -> None:
    there = [{"Name": name} for name in ("bridge", "host", "none", "mine")]
    object_quotas.check_networks(there, GatewayLimits(networks=2))
    with pytest.raises(Refusal):
        object_quotas.check_networks(there, GatewayLimits(networks=1))


def test_pending_starts_count_and_a_running_container_does_not() -> None:
    there = [{"Id": "a"}]
    object_quotas.check_running(there, 5, "a", GatewayLimits(running=1))
    object_quotas.check_running(there, 0, "b", GatewayLimits(running=2))
    with pytest.raises(Refusal):
        object_quotas.check_running(there, 1, "b", GatewayLimits(running=2))


def test_invalid_answers_count_as_nothing() -> None:
    object_quotas.check_containers({"message": "?"}, GatewayLimits())
    object_quotas.check_images([3, None, {"RepoTags": 3}], 0, "", GatewayLimits())
    object_quotas.check_execs([None, {"ExecIDs": None}], GatewayLimits())
    object_quotas.check_new_volume([], GatewayLimits())
    object_quotas.check_container_volumes({"Volumes": [{"Name": []}]}, create(), [], GatewayLimits())
    assert object_quotas.wants_volumes(create({"Binds": ["a:/a"]}), None)
    assert object_quotas.wants_volumes(create(), REDIS)
    assert not object_quotas.wants_volumes(create(), {"Config": []})


def test_images_are_counted_by_name_together_with_pending_ones() -> None:
    there = [{"RepoTags": ["a:1", "b:1"]}, {"RepoTags": None}]
    object_quotas.check_images(there, 0, "c:1", GatewayLimits(images=4))
    with pytest.raises(Refusal):
        object_quotas.check_images(there, 1, "c:1", GatewayLimits(images=4))
    object_quotas.check_images(there, 1, "b:1", GatewayLimits(images=4))


@pytest.mark.parametrize(
    ("status", "found", "is_one"),
    [
        (404, {"message": "network mine not found"}, True),
        (404, None, True),
        (200, {"Name": "mine", "Driver": "bridge"}, True),
        (200, {"Name": "mine"}, False),
        (200, {"Driver": "macvlan"}, False),
        (200, {"Name": "host", "Driver": "bridge"}, False),
        (200, {}, True),
        (200, [], True),
        (200, None, True),
        (400, {"message": "network de is ambiguous"}, False),
        (403, None, False),
    ],
)
def test_network_must_be_a_bridge_or_unknown(status: int, found: Any, is_one: bool) -> None:
    assert object_quotas.is_bridge(status, found) == is_one
