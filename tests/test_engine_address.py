"""Which engine the docker CLI's variables and files name. The expectations were measured with the docker CLI 28.2."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from slipway import engine_address
from slipway.engine_address import EngineAddress
from tests import docker_contexts

HOST = {"DOCKER_HOST": "tcp://10.0.0.1:2375"}
ONE, TWO = "tcp://10.0.0.2:2375", "tcp://10.0.0.3:2375"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A folder for DOCKER_CONFIG, in which `one` is the current context."""
    folder = tmp_path / "config"
    docker_contexts.create(folder, "one", {"Host": ONE})
    docker_contexts.create(folder, "two", {"Host": TWO})
    docker_contexts.use(folder, "one")
    return folder


def find(config: Path, **variables: str) -> EngineAddress:
    return engine_address.find({"DOCKER_CONFIG": str(config)} | variables, home=None)


def problem(config: Path, name: str) -> str:
    found = find(config, DOCKER_CONTEXT=name)
    assert (found.docker_host, found.docker_context) == ("", name)
    return found.docker_problem


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, EngineAddress(ONE, "one")),
        ({"DOCKER_CONTEXT": ""}, EngineAddress(ONE, "one")),
        ({"DOCKER_HOST": ""}, EngineAddress(ONE, "one")),
        ({"DOCKER_CONTEXT": "two"}, EngineAddress(TWO, "two")),
        ({"DOCKER_CONTEXT": "default"}, EngineAddress()),
        (HOST, EngineAddress(HOST["DOCKER_HOST"])),
        (HOST | {"DOCKER_CONTEXT": "two"}, EngineAddress(HOST["DOCKER_HOST"])),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}, EngineAddress(ONE, "one")),
        (
            {"DOCKER_CONTEXT": "default", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"},
            EngineAddress("tcp://localhost:2376", docker_cert_path=Path("/certs")),
        ),
    ],
)
def test_host_goes_before_context_and_context_before_the_current_one(
    config: Path, variables: dict[str, str], expected: EngineAddress
) -> None:
    assert find(config, **variables) == expected


def test_contexts_are_found_in_the_home_folder(config: Path, tmp_path: Path) -> None:
    config.rename(tmp_path / ".docker")
    assert engine_address.find({}, home=tmp_path).docker_host == ONE
    assert engine_address.find({}, home=None) == EngineAddress()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"currentContext": 3}', '{"currentContext": ""}', "{}"])
def test_config_file_that_names_no_context_means_the_default(config: Path, content: str) -> None:
    (config / "config.json").write_text(content)
    assert find(config) == EngineAddress()


def test_context_has_certificates_of_its_own(config: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "ca.pem").write_text("a certificate")
    docker_contexts.create(config, "secure", {"Host": TWO}, tmp_path / "made")
    found = find(config, DOCKER_CONTEXT="secure", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH="/others")
    assert found.docker_cert_path
    assert (found.docker_cert_path / "ca.pem").read_text() == "a certificate"


def test_context_without_a_host_means_the_default_socket(config: Path) -> None:
    docker_contexts.create(config, "bare", {})
    assert find(config, DOCKER_CONTEXT="bare") == EngineAddress(docker_context="bare")


def test_missing_context_is_an_error_and_not_the_default(config: Path) -> None:
    docker_contexts.use(config, "gone")
    assert find(config).docker_problem.startswith("The Docker context gone does not exist")


def test_damaged_context_is_an_error(config: Path) -> None:
    key = hashlib.sha256(b"one").hexdigest()
    for content in ("{", "[]", '{"Endpoints": {}}', '{"Endpoints": {"docker": []}}'):
        (config / "contexts" / "meta" / key / "meta.json").write_text(content)
        assert "The Docker context one is damaged" in problem(config, "one")


def test_context_that_verifies_nothing_is_refused(config: Path) -> None:
    docker_contexts.create(config, "careless", {"Host": TWO, "SkipTLSVerify": True})
    assert "does not verify the engine's certificate (skip-tls-verify)" in problem(config, "careless")


@pytest.mark.parametrize("named_by", ["variable", "context"])
def test_ssh_is_refused_with_a_way_that_works(config: Path, named_by: str) -> None:
    docker_contexts.create(config, "far", {"Host": "ssh://me@there:22"})
    chosen = {"DOCKER_HOST": "ssh://me@there:22"} if named_by == "variable" else {"DOCKER_CONTEXT": "far"}
    sentence = find(config, **chosen).docker_problem
    assert "`ssh -N -L /tmp/docker.sock:/var/run/docker.sock ssh://me@there:22`" in sentence
    assert "DOCKER_HOST=unix:///tmp/docker.sock" in sentence
