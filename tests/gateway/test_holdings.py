"""How much a sandbox may hold: what counts, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway import holdings
from slipway.gateway.limits import Limits
from slipway.gateway.refusal import Refusal

REDIS = {"Config": {"Volumes": {"/data": {}}}}


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
def test_there_is_room(there: Any, body: dict[str, Any], image: Any) -> None:
    holdings.volumes(there, body, image, Limits(volumes=2, image_volumes=3))


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
def test_there_is_none(body: dict[str, Any], image: Any) -> None:
    with pytest.raises(Refusal, match="holds 3 volumes already"):
        holdings.volumes(volumes("a", "b", "c"), body, image, Limits(volumes=2, image_volumes=3))


def test_the_engines_own_networks_do_not_count() -> None:
    there = [{"Name": name} for name in ("bridge", "host", "none", "mine")]
    holdings.networks(there, Limits(networks=2))
    with pytest.raises(Refusal):
        holdings.networks(there, Limits(networks=1))


def test_who_runs_already_takes_no_new_place_and_who_is_starting_does() -> None:
    there = [{"Id": "a"}]
    holdings.running(there, 5, "a", Limits(running=1))
    holdings.running(there, 0, "b", Limits(running=2))
    with pytest.raises(Refusal):
        holdings.running(there, 1, "b", Limits(running=2))


def test_nonsense_from_the_engine_counts_as_nothing() -> None:
    holdings.containers({"message": "?"}, Limits())
    holdings.images([3, None, {"RepoTags": 3}], 0, "", Limits())
    holdings.execs([None, {"ExecIDs": None}], Limits())
    holdings.one_volume([], Limits())
    holdings.volumes({"Volumes": [{"Name": []}]}, create(), [], Limits())
    assert holdings.wants_volumes(create({"Binds": ["a:/a"]}), None)
    assert holdings.wants_volumes(create(), REDIS)
    assert not holdings.wants_volumes(create(), {"Config": []})


def test_images_are_counted_by_their_names_and_those_that_are_on_their_way() -> None:
    there = [{"RepoTags": ["a:1", "b:1"]}, {"RepoTags": None}]
    holdings.images(there, 0, "c:1", Limits(images=4))
    with pytest.raises(Refusal):
        holdings.images(there, 1, "c:1", Limits(images=4))
    holdings.images(there, 1, "b:1", Limits(images=4))


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
def test_a_network_is_a_bridge_or_nobody_knows_it(status: int, found: Any, is_one: bool) -> None:
    assert holdings.bridge(status, found) == is_one
