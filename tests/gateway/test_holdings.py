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
    holdings.images([3, None], Limits())
    holdings.execs([None, {"ExecIDs": None}], Limits())
    holdings.one_volume([], Limits())
    assert holdings.wants_volumes(create({"Binds": ["a:/a"]}))
    assert not holdings.wants_volumes(create())
