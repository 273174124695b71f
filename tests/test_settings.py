"""Settings come from the environment; an invalid one is an error, and nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.cli import main
from slipway.settings import MIB, LabLimits, Settings, engine_from_env, from_env


def test_environment_overrides_the_limits_it_names(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.setenv("SLIPWAY_LIMITS", '{"sandboxes": 3, "idle": 60, "gateway": {"containers": 5}}')
    limits = from_env().limits
    assert (limits.sandboxes, limits.idle, limits.gateway.containers) == (3, 60, 5)
    assert limits.gateway.running == LabLimits().gateway.running


def test_sandboxes_fit_the_machine_and_are_at_least_one() -> None:
    gib = 1024 * MIB
    assert LabLimits().fit_memory(24 * gib).sandboxes == 60
    assert LabLimits(sandboxes=100).fit_memory(24 * gib).sandboxes == 100
    assert LabLimits().fit_memory(8 * gib).sandboxes == 44
    assert LabLimits().fit_memory(gib).sandboxes == LabLimits().fit_memory(0).sandboxes == 1
    assert LabLimits(sandbox_memory=0).fit_memory(8 * gib).sandboxes == 60


def test_limits_have_room_for_the_images_of_the_course() -> None:
    plain, roomy = LabLimits(), LabLimits().with_course_images(340 * MIB)
    assert roomy.engine_disk - plain.engine_disk == roomy.engine_memory - plain.engine_memory == 340 * MIB
    assert roomy.fit_memory(8 * 1024 * MIB).sandboxes == 14
    assert plain.with_course_images(0) == plain


@pytest.mark.parametrize(
    "name",
    ["docker.io/library", "mirror.example.com/library", "localhost:5000/a/b_c", "mirror:5000", "127.0.0.1:5000/x"],
)
def test_hub_may_be_a_mirror(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.setenv("SLIPWAY_HUB", name)
    assert from_env().hub == name
    monkeypatch.setenv("SLIPWAY_HUB", "")
    assert from_env().hub == "docker.io/library"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object"),
        ('{"sandbox": 3}', "no limit sandbox"),
        ('{"changed": 3}', "no limit changed"),
        ('{"sandboxes": "3"}', "sandboxes must be a non-negative number"),
        ('{"idle": -1}', "idle must be a non-negative number"),
        ('{"gateway": {"container": 3}}', "no limit container"),
        ('{"gateway": 3}', "JSON object"),
    ],
)
def test_invalid_limits_are_an_error(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        LabLimits().with_overrides(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SLIPWAY_LIMITS", '{"sandbox": 3}'),
        ("SLIPWAY_HUB", "https://mirror.example.com/library"),
        ("SLIPWAY_HUB", "mirror.example.com/library/"),
        ("SLIPWAY_HUB", "library"),
        ("SLIPWAY_HUB", "Mirror.Example.com/library"),
        ("SLIPWAY_PORT", "http"),
        ("SLIPWAY_PORT", "99999"),
        ("SLIPWAY_PORT", "0"),
        ("SLIPWAY_PORT", "-1"),
        ("SLIPWAY_URL", "lab.example"),
        ("SLIPWAY_URL", "https://example.org/lab"),
        ("SLIPWAY_PROXIES", "my-proxy"),
        ("SLIPWAY_PROXIES", "0.0.0.0/0"),
    ],
)
def test_invalid_setting_is_a_message_without_traceback(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.setenv(name, text)
    assert main(["doctor"]) == 1
    out, err = capfd.readouterr()
    assert name in out + err
    assert "Traceback" not in out + err
    assert "docs/settings.md" in out + err
    assert not list(tmp_path.iterdir())


def test_options_that_are_not_given_leave_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.setenv("SLIPWAY_PORT", "8123")
    monkeypatch.setenv("SLIPWAY_HOST", "127.0.0.2")
    settings = from_env(host=None, port=None, online=None)
    assert (settings.host, settings.port, settings.online) == ("127.0.0.2", 8123, False)
    assert from_env(port=8124).port == 8124


def test_lab_behind_a_proxy_has_its_public_url_and_listens_on_loopback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.delenv("SLIPWAY_HOST", raising=False)
    monkeypatch.setenv("SLIPWAY_URL", "https://lab.example/")
    monkeypatch.setenv("SLIPWAY_PROXIES", "127.0.0.1, 10.0.0.0/8")
    settings = from_env(classroom=True)
    assert settings.url == f"https://lab.example/?token={settings.token}"
    assert settings.local_url == f"http://127.0.0.1:8000/?token={settings.token}"
    assert settings.host == "127.0.0.1"
    assert [str(network) for network in settings.proxies] == ["127.0.0.1/32", "10.0.0.0/8"]


@pytest.mark.parametrize("word", ["99999", "65536", "0", "-1", "http", "8_000", "٨٠٠٠", "", "8000.0"])
def test_invalid_port_is_refused_before_anything_is_created(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    with pytest.raises(SystemExit) as caught:
        main(["up", "--port", word])
    out, err = capfd.readouterr()
    assert caught.value.code == 2
    assert f"argument --port: {word!r} is not a port: a port is a number from 1 to 65535." in out + err
    assert "host" not in out + err
    assert not (tmp_path / "state").exists()


TCP = {"DOCKER_HOST": "tcp://10.0.0.7:2376"}
VERIFIED = TCP | {"DOCKER_TLS_VERIFY": "1"}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, None),
        (TCP, None),
        (TCP | {"DOCKER_CERT_PATH": "/certs"}, None),
        (VERIFIED | {"DOCKER_TLS_VERIFY": ""}, None),
        ({"DOCKER_TLS_VERIFY": "1"}, Path.home() / ".docker"),
        (VERIFIED | {"DOCKER_HOST": "unix:///var/run/docker.sock"}, None),
        (VERIFIED | {"DOCKER_HOST": "ssh://me@there"}, None),
        (VERIFIED, Path.home() / ".docker"),
        (VERIFIED | {"DOCKER_TLS_VERIFY": "0"}, Path.home() / ".docker"),
        (VERIFIED | {"DOCKER_CONFIG": "/config"}, Path("/config")),
        (VERIFIED | {"DOCKER_CONFIG": "/config", "DOCKER_CERT_PATH": "/certs"}, Path("/certs")),
        (VERIFIED | {"DOCKER_CERT_PATH": "certs"}, Path.cwd() / "certs"),
        ({"DOCKER_HOST": "10.0.0.7:2376", "DOCKER_TLS_VERIFY": "1"}, Path.home() / ".docker"),
    ],
)
def test_certificates_are_found_where_the_docker_cli_looks(
    environment: dict[str, str], folder: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert engine_from_env().get("docker_cert_path") == folder


def test_started_programs_use_the_same_engine() -> None:
    def command(docker_host: str, folder: Path | None = None) -> list[str]:
        return Settings("", "", Path(), docker_host=docker_host, docker_cert_path=folder).with_engine_env(["x"])

    assert command("") == ["x"]
    plain = ["env", "DOCKER_HOST=unix:///x.sock", "DOCKER_TLS_VERIFY=", "DOCKER_CERT_PATH=", "x"]
    assert command("unix:///x.sock") == plain
    secure = ["env", "DOCKER_HOST=tcp://x:2376", "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=/certs", "x"]
    assert command("tcp://x:2376", Path("/certs")) == secure
