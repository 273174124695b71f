"""The bodies of exec, networks and volumes, and the names in paths."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.messages import FIELDS
from tests.gateway.decisions import forwarded_body, forwarded_target, refusal_reason, request

EXEC = "/containers/box/exec"
NETWORK = "/networks/create"
CONNECT = "/networks/mine/connect"
VOLUME = "/volumes/create"
START = f"/exec/{'a' * 64}/start"


ALLOWED_BODIES = [
    (EXEC, {"Cmd": ["sh"], "Privileged": False, "User": "0", "WorkingDir": "/srv", "Env": ["A=1"]}, None),
    (EXEC, {"Cmd": ["sh"], "ConsoleSize": [24, 80], "Tty": True, "DetachKeys": "ctrl-a"}, None),
    (NETWORK, {"Name": "mine", "Driver": "bridge", "IPAM": {"Driver": "default", "Config": []}}, None),
    (NETWORK, {"Name": "mine", "Options": {}, "ConfigFrom": None, "Scope": "", "EnableIPv4": True}, None),
    (NETWORK, {"Name": "mine", "Internal": True, "Labels": {"a": "b"}}, None),
    (CONNECT, {"Container": "box", "EndpointConfig": {"Aliases": ["b"], "IPAMConfig": {}}}, None),
    ("/networks/mine/disconnect", {"Container": "box", "Force": False}, {"Container": "box", "Force": False}),
    (VOLUME, {"Name": "Data", "Driver": "local", "DriverOpts": {}}, {"Name": "Data", "Driver": "local"}),
    (VOLUME, None, {}),
]


@pytest.mark.parametrize(
    ("target", "body", "canonical"),
    ALLOWED_BODIES,
)
def test_ordinary_body_passes(target: str, body: Any, canonical: dict[str, Any] | None) -> None:
    result = forwarded_body(request("POST", target, body))
    assert canonical in (None, result)


DANGEROUS = [
    (EXEC, {"Cmd": ["sh"], "Privileged": True}, "field:Privileged"),
    (EXEC, {"Cmd": ["sh"], "WorkingDir": "/proc/1"}, "field:WorkingDir"),
    (EXEC, {"Cmd": ["sh"], "CapAdd": []}, "field:CapAdd"),
    (EXEC, ["sh"], "field:body"),
    (NETWORK, {"Name": "host"}, "field:Name"),
    (NETWORK, {"Name": "mine", "Driver": "macvlan"}, "field:Driver"),
    (NETWORK, {"Name": "mine", "Options": {"com.docker.network.bridge.name": "eth0"}}, "field:Options"),
    (NETWORK, {"Name": "mine", "IPAM": {"Config": [{"Subnet": "10.0.0.0/24"}]}}, "field:IPAM.Config"),
    (NETWORK, {"Name": "mine", "IPAM": {"Driver": "x"}}, "field:IPAM.Driver"),
    (NETWORK, {"Name": "mine", "IPAM": {"Options": {"a": "b"}}}, "field:IPAM.Options"),
    (NETWORK, {"Name": "mine", "Ingress": True}, "field:Ingress"),
    (NETWORK, {"Name": "mine", "Attachable": True}, "field:Attachable"),
    (NETWORK, {"Name": "mine", "ConfigOnly": True}, "field:ConfigOnly"),
    (NETWORK, {"Name": "mine", "ConfigFrom": {"Network": "x"}}, "field:ConfigFrom"),
    (NETWORK, {"Name": "mine", "Scope": "swarm"}, "field:Scope"),
    (NETWORK, {"Name": "mine", "EnableIPv6": True}, "field:EnableIPv6"),
    (CONNECT, {"Container": "a/b"}, "field:Container"),
    (CONNECT, {"Container": "box", "EndpointConfig": {"IPAMConfig": {"IPv4Address": "1.2.3.4"}}}, "IPAMConfig"),
    (CONNECT, {"Container": "box", "EndpointConfig": {"DriverOpts": {"a": "b"}}}, "DriverOpts"),
    (CONNECT, {"Container": "box", "EndpointConfig": {"GwPriority": 1}}, "GwPriority"),
    ("/networks/host/connect", {"Container": "box"}, "path:network"),
    ("/networks/none/connect", {"Container": "box"}, "path:network"),
    (VOLUME, {"Name": "a/b"}, "field:Name"),
    (VOLUME, {"Name": "x", "Driver": "nfs"}, "field:Driver"),
    (VOLUME, {"Name": "x", "DriverOpts": {"o": "bind", "device": "/", "type": "none"}}, "field:DriverOpts"),
    (VOLUME, {"Name": "x", "ClusterVolumeSpec": {"Group": "x"}}, "field:ClusterVolumeSpec"),
    ("/containers/box/start", {"HostConfig": {}}, "body:none"),
    ("/images/create?fromImage=busybox", {}, "body:none"),
]


@pytest.mark.parametrize(
    ("target", "body", "reason"),
    DANGEROUS,
)
def test_dangerous_body_is_refused_by_its_field(target: str, body: Any, reason: str) -> None:
    assert reason in refusal_reason(request("POST", target, body))


def test_only_a_detached_exec_needs_no_upgrade() -> None:
    assert isinstance(request("POST", START, {"Detach": True}), Allowed)
    assert refusal_reason(request("POST", START, {"Detach": False})) == "http:upgrade"
    assert refusal_reason(request("POST", START, {"Detach": True}, upgrade="h2c")) == "http:upgrade"
    streamed = request("POST", START, {"Tty": True}, upgrade="TCP")
    assert isinstance(streamed, Allowed)
    assert streamed.upgrade


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/containers/-x/json", "path:container"),
        (f"/containers/{'x' * 129}/json", "path:container"),
        ("/exec/short/json", "path:exec"),
        ("/images/Upper/json", "path:image"),
        ("/images/a@sha256:x/json", "path:image"),
        (f"/images/{'x' * 201}/json", "path:image"),
        ("/networks/~/x", "route"),
        ("/networks/-x", "path:network"),
        ("/volumes/.x", "path:volume"),
        ("/v1.23/info", "path:version"),
        ("/v2.0/info", "path:version"),
        ("/containers//json", "path:syntax"),
    ],
)
def test_invalid_name_in_the_path_is_refused(target: str, reason: str) -> None:
    assert refusal_reason(request("GET", target)) == reason


def test_image_is_known_by_every_form_of_its_name() -> None:
    for name in ("busybox", "library/busybox:1", "docker.io/library/busybox", f"busybox@sha256:{'a' * 64}", "a_b/c-d"):
        assert name in forwarded_target(request("GET", f"/images/{name}/json"))


def test_every_message_fits_on_one_line() -> None:
    assert not [path for path, sentence in FIELDS.items() if len(sentence) > 300 or "{" in sentence]
