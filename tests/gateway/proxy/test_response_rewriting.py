"""What the lab changes in the engine's responses: facts about the host are removed, none is added."""

from __future__ import annotations

import base64
import json

import pytest

from slipway.gateway.proxy import response_rewriting

TOLD = {
    "ID": "abc",
    "Name": "the-host",
    "DockerRootDir": "/data/docker",
    "HttpProxy": "http://user:secret@proxy:3128",
    "HttpsProxy": "http://user:secret@proxy:3128",
    "NoProxy": "intranet",
    "KernelVersion": "6.1",
    "Labels": ["rack=7"],
    "RegistryConfig": {"Mirrors": ["http://127.0.0.1:5000"]},
    "Swarm": {"NodeAddr": "10.0.0.5", "LocalNodeState": "active"},
    "Containers": 3,
}


def test_docker_info_shows_nothing_about_the_host() -> None:
    result = json.loads(response_rewriting.rewrite_info(json.dumps(TOLD).encode()))
    assert result["Containers"] == 3
    assert result.keys() == TOLD.keys()
    for secret in ("the-host", "/data", "secret", "intranet", "6.1", "rack", "5000", "10.0.0.5", "abc"):
        assert secret not in json.dumps(result)


def test_missing_facts_are_not_added() -> None:
    assert json.loads(response_rewriting.rewrite_info(b'{"Containers": 1}')) == {"Containers": 1}
    assert json.loads(response_rewriting.rewrite_info(b"nonsense")) == {}


def test_warnings_about_limits_of_the_lab_are_removed() -> None:
    output = {"Id": "x", "Warnings": ["Your kernel does not support swap limit capabilities", "Published ports"]}
    assert json.loads(response_rewriting.rewrite_create(json.dumps(output).encode()))["Warnings"] == ["Published ports"]


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (base64.b64encode(b'{"size": 5, "mode": 420}'), 5),
        (base64.b64encode(b'{"size": 5, "mode": 2147484141}'), 0),
        (b"nonsense", 0),
        (base64.b64encode(b'{"size": null}'), 0),
        (base64.b64encode(b"[]"), 0),
    ],
)
def test_size_of_a_copied_file_is_known_but_not_of_a_directory(header: bytes, size: int) -> None:
    assert response_rewriting.stat_size([(b"x-docker-container-path-stat", header)]) == size
    assert response_rewriting.stat_size([]) == 0
