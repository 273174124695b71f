"""Every route of the engine's API and the important fields: what passes, what is refused, and how it is written."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway.policy.decision import Allowed, Answered, Refused
from slipway.gateway.policy.routes import ALLOWED, DENIED, Route
from tests.gateway.decisions import create, create_with_host_config, forwarded_body, request

NAMES = {"container": "clock", "exec": "a" * 64, "image": "busybox:latest", "network": "mine", "volume": "data"}
QUERIES = {
    "container.rename": "?name=clock2",
    "image.pull": "?fromImage=busybox&tag=latest",
    "image.tag": "?repo=mine",
    "container.archive.get": "?path=/etc",
}
BODIES: dict[str, dict[str, Any]] = {
    "container.create": {"Image": "busybox"},
    "network.create": {"Name": "mine"},
    "network.connect": {"Container": "clock"},
    "network.disconnect": {"Container": "clock"},
}


def path(route: Route) -> str:
    return route.path.format(**NAMES, any="thing")


@pytest.mark.parametrize("version", ["", "/v1.24", "/v1.41", "/v1.45"])
@pytest.mark.parametrize("route", ALLOWED, ids=lambda route: f"{route.method} {route.path}")
def test_allowed_route_passes(route: Route, version: str) -> None:
    upgrade = "tcp" if route.flow == "hijack" else ""
    target = version + path(route) + QUERIES.get(route.name, "")
    decision = request(route.method, target, BODIES.get(route.name), upgrade)
    assert isinstance(decision, Answered if route.action == "lab" else Allowed), decision


@pytest.mark.parametrize("version", ["", "/v1.24", "/v1.41", "/v1.45"])
@pytest.mark.parametrize("route", DENIED, ids=lambda route: f"{route.method} {route.path}")
def test_denied_route_is_refused_with_a_message(route: Route, version: str) -> None:
    decision = request(route.method, version + path(route))
    assert isinstance(decision, Refused)
    assert 20 < len(decision.message) < 300
    assert decision.status in (403, 404)


DISGUISES = [
    ("POST", "/containers/%63reate"),
    ("POST", "/v1.23/containers/x/start"),
    ("GET", "/V1.41/info"),
    ("GET", "/v1.41.0/info"),
    ("GET", "http://x/v1.41/info"),
    ("GET", "//info"),
    ("GET", "/containers/../info"),
    ("GET", "/containers/clock/json/"),
    ("OPTIONS", "/info"),
    ("get", "/info"),
    ("GET", "/containers/json?All=1"),
    ("GET", "/containers/json?all=1&all=0"),
    ("POST", "/containers/clock/start?checkpoint=x"),
    ("POST", "/images/create?fromSrc=http://x"),
    ("POST", "/images/create?fromImage=nginxx"),
    ("POST", "/images/create?fromImage=example.com/busybox"),
    ("POST", "/images/clock/tag?repo=busybox"),
    ("POST", "/build?remote=http://x"),
    ("POST", "/build?networkmode=host"),
    ("POST", "/build?cgroupparent=/"),
    ("GET", "/containers/clock/top?ps_args=-o%20x"),
    ("POST", "/containers/clock/attach?stream=1"),
]


@pytest.mark.parametrize(
    ("method", "target"),
    DISGUISES,
)
def test_disguised_request_is_refused(method: str, target: str) -> None:
    assert isinstance(request(method, target), Refused)


@pytest.mark.parametrize(
    "fields",
    [
        {"Privileged": True},
        {"Binds": ["/:/host"]},
        {"Binds": ["data:/proc"]},
        {"Binds": ["/etc"]},
        {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]},
        {"Mounts": [{"Type": "volume", "Target": "/x", "VolumeOptions": {"DriverConfig": {"Name": "local"}}}]},
        {"NetworkMode": "host"},
        {"NetworkMode": "HOST"},
        {"NetworkMode": "container:x"},
        {"PidMode": "host"},
        {"IpcMode": "host"},
        {"UTSMode": "host"},
        {"UsernsMode": "host"},
        {"CgroupnsMode": "host"},
        {"CapAdd": ["SYS_ADMIN"]},
        {"SecurityOpt": ["seccomp=unconfined"]},
        {"MaskedPaths": []},
        {"ReadonlyPaths": []},
        {"Devices": [{"PathOnHost": "/dev/sda"}]},
        {"Sysctls": {"a": "b"}},
        {"CgroupParent": "/"},
        {"OomKillDisable": True},
        {"LogConfig": {"Type": "syslog"}},
        {"PortBindings": {"80/tcp": [{"HostPort": "80"}]}},
        {"Dns": ["8.8.8.8"]},
        {"ExtraHosts": ["x:host-gateway"]},
        {"Unheard": None},
        {"privileged": False},
    ],
)
def test_dangerous_field_is_refused(fields: dict[str, Any]) -> None:
    decision = create_with_host_config(**fields)
    assert isinstance(decision, Refused)
    assert decision.reason.startswith("field:HostConfig")


def test_every_container_is_limited_and_a_smaller_limit_is_kept() -> None:
    config = forwarded_body(create())["HostConfig"]
    assert (config["Memory"], config["MemorySwap"], config["PidsLimit"]) == (64 << 20, 64 << 20, 64)
    assert config["LogConfig"]["Config"] == {"max-size": "1048576", "max-file": "2"}
    small = forwarded_body(create_with_host_config(Memory=8 << 20, MemorySwap=-1, NanoCpus=10**12))["HostConfig"]
    assert (small["Memory"], small["MemorySwap"], small["NanoCpus"]) == (8 << 20, 8 << 20, 500_000_000)


def test_zeros_of_the_client_are_dropped() -> None:
    body = forwarded_body(
        create_with_host_config(
            Privileged=False, CapAdd=None, Devices=[], MemorySwappiness=-1, GroupAdd=None, BlkioWeight=0
        )
    )
    assert not {"Privileged", "CapAdd", "Devices", "GroupAdd", "BlkioWeight"} & body["HostConfig"].keys()


def test_stop_timeout_of_zero_is_forwarded() -> None:
    assert forwarded_body(create(StopTimeout=0))["StopTimeout"] == 0


def test_own_network_must_be_checked_first() -> None:
    decision = create_with_host_config(NetworkMode="mine")
    assert isinstance(decision, Allowed)
    assert decision.networks == ("mine",)


def test_unknown_image_gets_a_helpful_message() -> None:
    decision = request("POST", "/images/create?fromImage=docker.io/library/nginxx&tag=latest")
    assert isinstance(decision, Refused)
    assert decision.status == 404
    assert decision.message.startswith("nginxx is not in this lab's hub. The hub carries hello-world, busybox")


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/images/create?fromImage={hub}", None),
        ("POST", "/containers/clock/rename?name={hub}", None),
        ("GET", "/containers/json?{hub}=1", None),
        ("POST", "/containers/create", {"Image": "busybox", "Labels": {"lab.{hub}": "x"}}),
    ],
)
def test_message_quotes_the_text_of_the_learner(method: str, target: str, body: Any) -> None:
    decision = request(method, target.replace("{", "%7B").replace("}", "%7D"), body)
    assert isinstance(decision, Refused)
    assert "{hub}" in decision.message
    assert "hub carries" not in decision.message


def test_message_about_the_registry_lists_its_images() -> None:
    decision = request("GET", "/images/search?term=x")
    assert isinstance(decision, Refused)
    assert decision.message.endswith("This lab's hub carries hello-world, busybox, redis, nginx.")
