"""`POST /containers/create`, field by field: what passes and how it is written, what is refused and why."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway.policy.decision import Refused
from slipway.gateway.policy.messages import ADDRESS
from tests.gateway.decisions import create, create_with_host_config, forwarded_body, refusal_reason, request

LONG = "x" * 4097


ALLOWED_BODIES: list[dict[str, Any]] = [
    {"Cmd": "one word"},
    {"Image": "busybox:latest@sha256:" + "0" * 64},
    {"Image": "sha256:" + "0" * 64},
    {"Image": "0123456789ab"},
    {"Cmd": ["echo", "hi"], "Entrypoint": None},
    {"Env": ["A=1"], "Labels": {"a": "b"}},
    {"Hostname": "my_host"},
    {"NetworkingConfig": {"EndpointsConfig": {"bridge": None}}},
    {"Hostname": "box", "Domainname": "example.org", "User": "1000:1000"},
    {"WorkingDir": "/srv/app"},
    {"ExposedPorts": {"80/tcp": {}, "81": {}}, "Volumes": {"/data": {}}},
    {"StopSignal": "SIGINT", "StopTimeout": 30},
    {"StopSignal": "15"},
    {"Healthcheck": {"Test": ["CMD", "true"], "Interval": 10**9, "Retries": 3}},
    {"Tty": True, "OpenStdin": True, "StdinOnce": True, "AttachStdin": True},
    {"NetworkingConfig": {"EndpointsConfig": {"mine": {"Aliases": ["a"]}}}},
    {"NetworkingConfig": {"EndpointsConfig": {"default": {"MacAddress": "", "DriverOpts": None}}}},
    {"MacAddress": "", "OnBuild": None, "Shell": []},
]


@pytest.mark.parametrize(
    "fields",
    ALLOWED_BODIES,
)
def test_ordinary_container_passes(fields: dict[str, Any]) -> None:
    assert forwarded_body(create(**fields))["Image"] == fields.get("Image", "busybox")


DANGEROUS: list[tuple[dict[str, Any], str]] = [
    ({"Image": "-x"}, "Image"),
    ({"Image": None}, "Image"),
    *(
        ({"Image": name}, "Image")
        for name in ("", "a/../b", "Busybox", "a:b:c", "a@sha256:x", "a:-@sha256:" + "0" * 64)
    ),
    ({"Env": [LONG]}, "Env"),
    ({"Env": ["é" * 2049]}, "Env"),
    ({"Env": ["A=1"] * 101}, "Env"),
    ({"Labels": {f"l{number}": "" for number in range(21)}}, "Labels"),
    ({"Labels": {"lab.keep": ""}}, "Labels"),
    ({"Labels": {"slipway.role": "engine"}}, "Labels"),
    ({"Hostname": "a b"}, "Hostname"),
    ({"User": "a\nb"}, "User"),
    ({"WorkingDir": "relative"}, "WorkingDir"),
    ({"WorkingDir": "/proc/self/fd/7"}, "WorkingDir"),
    ({"WorkingDir": "//./dev"}, "WorkingDir"),
    ({"WorkingDir": "/a/../proc"}, "WorkingDir"),
    ({"WorkingDir": "/" + "x" * 1024}, "WorkingDir"),
    *(({"ExposedPorts": {port: {}}}, "ExposedPorts") for port in ("80/sctp", "0/tcp", "65536", "1-65535/tcp", "080")),
    ({"Volumes": {"/a\nb": {}}}, "Volumes"),
    ({"WorkingDir": "/a\x7f"}, "WorkingDir"),
    ({"ExposedPorts": {"80": {"a": 1}}}, "ExposedPorts"),
    ({"Volumes": {"/host:/data": {}}}, "Volumes"),
    ({"Volumes": {"/proc": {}}}, "Volumes"),
    ({"Volumes": {"/": {}}}, "Volumes"),
    ({"StopSignal": "SIGNONSENSE"}, "StopSignal"),
    ({"StopSignal": "65"}, "StopSignal"),
    ({"StopTimeout": 31}, "StopTimeout"),
    ({"StopTimeout": True}, "StopTimeout"),
    ({"Healthcheck": {"Interval": 10**6}}, "Healthcheck.Interval"),
    ({"Healthcheck": {"Timeout": 999_999_999}}, "Healthcheck.Timeout"),
    ({"Healthcheck": {"StartPeriod": 1}}, "Healthcheck.StartPeriod"),
    ({"Healthcheck": {"StartInterval": 1}}, "Healthcheck.StartInterval"),
    ({"NetworkingConfig": {"EndpointsConfig": {"host": {}}}}, "NetworkingConfig.EndpointsConfig"),
    ({"NetworkingConfig": {"EndpointsConfig": {"mine": {"MacAddress": "02:42:ac:11:00:02"}}}}, "MacAddress"),
    ({"NetworkingConfig": {"EndpointsConfig": {"mine": {"DriverOpts": {"a": "b"}}}}}, "DriverOpts"),
    ({"NetworkingConfig": {"EndpointsConfig": {"mine": {"Links": ["a"]}}}}, "Links"),
    ({"NetworkDisabled": True}, "NetworkDisabled"),
    ({"OnBuild": ["RUN x"]}, "OnBuild"),
    ({"ArgsEscaped": True}, "ArgsEscaped"),
    ({"Shell": ["sh"]}, "Shell"),
    ({"Binds": ["/:/host"]}, "Binds"),
    ({"Privileged": True}, "Privileged"),
    ({"Memory": 1}, "Memory"),
    ({"hostconfig": {}}, "hostconfig"),
    ({"Tty": 1}, "Tty"),
    ({"Cmd": [1]}, "Cmd"),
    ({"Cmd": {"a": "b"}}, "Cmd"),
]


@pytest.mark.parametrize(
    ("fields", "reason"),
    DANGEROUS,
)
def test_dangerous_container_is_refused_by_its_field(fields: dict[str, Any], reason: str) -> None:
    assert reason in refusal_reason(create(**fields))


LIMITED: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({"Binds": ["data:/data:ro", "Data2:/b"]}, {"Binds": ["data:/data:ro", "Data2:/b"]}),
    ({"Mounts": [{"Type": "volume", "Source": "data", "Target": "/d"}]}, None),
    ({"Mounts": [{"Type": "volume", "Source": "data", "Target": "/d", "VolumeOptions": {"Subpath": "a/b"}}]}, None),
    ({"VolumesFrom": ["box:ro"], "Links": ["/box:db"], "GroupAdd": ["1000"]}, None),
    ({"SecurityOpt": ["no-new-privileges"], "CapDrop": ["ALL"], "IpcMode": "private"}, None),
    ({"Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 10**6}]}, None),
    ({"Ulimits": [{"Name": "nofile", "Soft": 10}]}, {"Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 4096}]}),
    ({"RestartPolicy": {"Name": "unless-stopped"}}, {"RestartPolicy": {"Name": "unless-stopped"}}),
    (
        {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 99}},
        {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5}},
    ),
    ({"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080-8090"}, {"HostPort": "0"}]}}, None),
    ({"PortBindings": {"80/tcp": None, "81": []}}, {"PortBindings": {"80/tcp": [], "81": []}}),
    ({"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": ""}]}}, {"PortBindings": {"80/tcp": [{}]}}),
    ({"ExtraHosts": ["db:10.0.0.1"]}, {"ExtraHosts": ["db:10.0.0.1"]}),
    ({"Tmpfs": {"/t": "rw,size=64m,noexec"}}, {"Tmpfs": {"/t": "rw,noexec,size=33554432"}}),
    ({"Tmpfs": {"/t": "size=1k"}}, {"Tmpfs": {"/t": "size=1024"}}),
    ({"Tmpfs": {"/t": ""}}, {"Tmpfs": {"/t": "size=33554432"}}),
    ({"ShmSize": 64 << 30}, {"ShmSize": 16 << 20}),
    ({"MemoryReservation": 1 << 40}, {"MemoryReservation": 64 << 20}),
    ({"CpuQuota": 10_000, "CpuPeriod": 100_000}, {"NanoCpus": 100_000_000}),
    ({"CpuQuota": -1}, {"NanoCpus": 500_000_000}),
    ({"NanoCpus": 1}, {"NanoCpus": 10_000_000}),
    ({"ConsoleSize": [2000, 80]}, {"ConsoleSize": [1000, 80]}),
    ({"CapDrop": ["CHOWN"] * 70}, None),
    ({"CpuShares": 2048}, {"CpuShares": 1024}),
    ({"PidsLimit": -1}, {"PidsLimit": 64}),
    (
        {"LogConfig": {"Type": "local", "Config": {"max-size": "10k", "max-file": "9"}}},
        {"LogConfig": {"Type": "local", "Config": {"max-size": "10240", "max-file": "2"}}},
    ),
]


@pytest.mark.parametrize(
    ("fields", "kept"),
    LIMITED,
)
def test_allowed_host_config_is_forwarded_within_the_limits(
    fields: dict[str, Any], kept: dict[str, Any] | None
) -> None:
    config = forwarded_body(create_with_host_config(**fields))["HostConfig"]
    assert {key: config[key] for key in kept or fields} == (kept or {key: config[key] for key in fields})


def test_tmpfs_mount_has_a_size() -> None:
    mounts = forwarded_body(
        create_with_host_config(Mounts=[{"Type": "tmpfs", "Target": "/t"}, {"Type": "volume", "Target": "/d"}])
    )
    assert mounts["HostConfig"]["Mounts"] == [
        {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 32 << 20}},
        {"Type": "volume", "Target": "/d"},
    ]


@pytest.mark.parametrize("other", ["CpuPeriod", "CpuQuota"])
def test_conflicting_cpu_options_are_refused(other: str) -> None:
    """As the engine does; it could not notice here, because only one number reaches it."""
    decision = create_with_host_config(**{"NanoCpus": 10**8, other: 50_000})
    assert isinstance(decision, Refused)
    assert decision.message == f"Conflicting options: Nano CPUs and CPU {other[3:]} cannot both be set."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Binds": ["data:/data:z"]}, "the lab takes no :z here"),
        ({"Binds": ["/etc"]}, "a volume without a name"),
        ({"Binds": ["/:/host"]}, "doesn't mount directories of the machine below"),
        ({"PortBindings": {f"{port}": [] for port in range(1, 52)}}, "at most 50 ports"),
    ],
)
def test_message_says_what_was_wrong(fields: dict[str, Any], message: str) -> None:
    decision = create_with_host_config(**fields)
    assert isinstance(decision, Refused)
    assert message in decision.message


@pytest.mark.parametrize("field", ["MacAddress", "Links", "IPAMConfig", "DriverOpts", "GwPriority"])
def test_chosen_address_is_refused_with_an_explanation(field: str) -> None:
    value = {"MacAddress": "02:42:ac:11:00:02", "Links": ["a"], "GwPriority": 1}.get(field, {"a": "b"})
    for asked in (
        create(NetworkingConfig={"EndpointsConfig": {"mine": {field: value}}}),
        request("POST", "/networks/mine/connect", {"Container": "box", "EndpointConfig": {field: value}}),
    ):
        assert isinstance(asked, Refused)
        assert asked.message == ADDRESS
