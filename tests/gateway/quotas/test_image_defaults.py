"""An image's defaults are checked like the learner's own options."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.quotas import image_defaults
from tests.gateway.recorder import http_request, json_response, send_raw, send_with_answers


def image(**config: Any) -> dict[str, Any]:
    return {"Config": config}


def create(**fields: Any) -> bytes:
    return http_request(b"/containers/create", {"Image": "mine"} | fields)


def exposing(ports: range) -> dict[str, Any]:
    return {f"{port}/tcp": {} for port in ports}


FD = image(WorkingDir="/proc/self/fd/8")
MANY = image(ExposedPorts=exposing(range(1000, 9001)))
ALL = {"HostConfig": {"PublishAllPorts": True}}


@pytest.mark.parametrize(
    ("fields", "found", "reason", "words"),
    [
        ({}, FD, "image:workdir", "WORKDIR /proc/self/fd/8 belongs to the kernel"),
        ({}, image(WorkingDir="data/../x"), "image:workdir", "must be an absolute path"),
        (ALL, MANY, "image:ports", "at most 50 ports"),
        (
            ALL | {"ExposedPorts": exposing(range(1, 31))},
            image(ExposedPorts=exposing(range(20, 52))),
            "image:ports",
            "",
        ),
        (
            {"HostConfig": {"PublishAllPorts": True, "PortBindings": {"99/tcp": [{"HostPort": "8080"}]}}},
            image(ExposedPorts=exposing(range(1, 51))),
            "image:ports",
            "",
        ),
    ],
)
def test_image_default_that_a_request_could_not_set_is_refused(
    tmp_path: Path, fields: dict[str, Any], found: Any, reason: str, words: str
) -> None:
    result = send_raw(tmp_path, create(**fields), answer=json_response(found))
    assert result.status in (400, 403)
    assert json.loads(result.journal)["reason"] == reason
    assert words in result.message
    assert b"POST" not in result.forwarded


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"WorkingDir": "/srv"}, FD),
        ({"WorkingDir": "/"}, FD),
        ({}, image(WorkingDir="/usr/src/app/")),
        ({}, image(WorkingDir="")),
        ({}, MANY),
        (ALL, image(ExposedPorts=exposing(range(1, 51)))),
        (ALL | {"ExposedPorts": {"80": {}}}, image(ExposedPorts=exposing(range(80, 130)))),
        (ALL, image(ExposedPorts=None)),
        (ALL, {"Config": None}),
        (ALL, []),
    ],
)
def test_image_default_that_a_request_could_set_passes(tmp_path: Path, fields: dict[str, Any], found: Any) -> None:
    assert b"POST /containers/create" in send_raw(tmp_path, create(**fields), answer=json_response(found)).forwarded


@pytest.mark.parametrize(("body", "status"), [({"Cmd": ["sh"]}, 403), ({"Cmd": ["sh"], "WorkingDir": "/srv"}, 200)])
def test_exec_is_checked_for_its_containers_working_dir(tmp_path: Path, body: dict[str, Any], status: int) -> None:
    box = {"Id": "b" * 64, **FD}
    there = {b"GET /containers/json": [{"Id": "b" * 64}], b"GET /containers/": box, b"POST": {"Id": "e" * 64}}
    answer, journal = asyncio.run(
        send_with_answers(tmp_path, http_request(b"/containers/box/exec", body), GatewayLimits(), there)
    )
    assert answer.startswith(b"HTTP/1.1 %d" % status)
    assert ("image:workdir" in journal) == (status == 403)


@pytest.mark.parametrize(
    ("config", "host", "reason"),
    [
        ({"WorkingDir": "/proc/self/fd/8"}, {}, "image:workdir"),
        ({"ExposedPorts": exposing(range(1, 52))}, {"PublishAllPorts": True}, "image:ports"),
        ({"ExposedPorts": exposing(range(1, 52)), "WorkingDir": "/srv"}, {}, ""),
    ],
)
@pytest.mark.parametrize("call", [b"start", b"restart"])
def test_container_is_checked_again_when_it_starts(
    tmp_path: Path, call: bytes, config: dict[str, Any], host: dict[str, Any], reason: str
) -> None:
    """Its image's name may have moved to another image since the create was checked."""
    box = {"Id": "b" * 64, "Config": config, "HostConfig": host}
    there = {b"GET /containers/json": [], b"GET /containers/": box, b"POST": {}}
    answer, journal = asyncio.run(
        send_with_answers(tmp_path, http_request(b"/containers/box/" + call), GatewayLimits(), there)
    )
    assert answer.startswith(b"HTTP/1.1 403" if reason else b"HTTP/1.1 200")
    assert f'"reason":"{reason}"' in journal or not reason


@pytest.mark.parametrize("described", [None, 3, {"Config": []}, {"Config": {"WorkingDir": None}}])
def test_missing_description_passes(described: Any) -> None:
    image_defaults.check_working_dir({}, described)
    image_defaults.check_published_ports({"HostConfig": {"PublishAllPorts": True}}, described)


def test_working_dir_that_is_not_text_is_refused() -> None:
    with pytest.raises(Refusal):
        image_defaults.check_working_dir({}, image(WorkingDir=["/srv"]))


def restarting(name: str, id: str) -> dict[str, Any]:
    return {"Id": id, "HostConfig": {"RestartPolicy": {"Name": name, "MaximumRetryCount": 0}}}


@pytest.mark.parametrize(
    ("policy", "there", "status"),
    [
        ("always", "always", 429),
        ("unless-stopped", "always", 429),
        ("on-failure", "unless-stopped", 429),
        ("always", "no", 200),
        ("always", "", 200),
        ("no", "always", 200),
    ],
)
def test_containers_with_a_restart_policy_are_limited(tmp_path: Path, policy: str, there: str, status: int) -> None:
    """With an engine that is restarted, its containers with `--restart always` start too: up to forty at once."""
    result = {
        b"GET /containers/json": [{"Id": "a"}, {"Id": "b"}],
        b"GET /containers/": restarting(there, "a"),
        b"POST": {"Id": "c" * 64},
    }
    raw = create(HostConfig={"RestartPolicy": {"Name": policy}})
    answer, journal = asyncio.run(send_with_answers(tmp_path, raw, GatewayLimits(running=2), result))
    assert answer.startswith(b"HTTP/1.1 %d" % status)
    assert ("limit:restarting" in journal) == (status == 429)
