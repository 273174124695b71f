"""The zeros that clients send for unset options: each field drops the zero of its own type, and no other.

The fields' types are listed again here, as in the engine's Go source, so that a wrong default in a model is noticed.
"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from slipway.gateway.policy.bodies import Endpoint, ExecCreate, ExecStart, Ipam, NetworkCreate, VolumeCreate
from slipway.gateway.policy.container_create import ContainerCreate, HealthCheck, NetworkingConfigModel
from slipway.gateway.policy.host_config import HostConfigModel
from slipway.gateway.policy.host_options import ContainerLog, ContainerRestart, LogOptions, Ulimit
from slipway.gateway.policy.mounts import Mount, TmpfsMount, VolumeMount
from slipway.gateway.policy.port_bindings import PortBinding
from slipway.gateway.policy.strict_model import StrictModel
from tests.gateway.decisions import create, create_with_host_config, forwarded_body, refusal_reason

ZEROS: dict[str, Any] = {"null": None, "flag": False, "number": 0, "text": "", "list": [], "map": {}, "decimal": 0.0}
FIELD_TYPES: dict[type[StrictModel], dict[str, str]] = {
    ContainerCreate: {
        "flag": "Tty OpenStdin StdinOnce AttachStdin AttachStdout AttachStderr NetworkDisabled ArgsEscaped",
        "text": "Hostname Domainname User WorkingDir StopSignal MacAddress",
        "list": "Cmd Env OnBuild Shell",
        "map": "Labels ExposedPorts Volumes Healthcheck HostConfig NetworkingConfig",
    },
    HostConfigModel: {
        "flag": "Privileged PublishAllPorts ReadonlyRootfs AutoRemove Init OomKillDisable",
        "number": "Memory MemorySwap MemoryReservation NanoCpus CpuShares CpuQuota CpuPeriod PidsLimit ShmSize "
        "OomScoreAdj CpuRealtimePeriod CpuRealtimeRuntime BlkioWeight KernelMemory KernelMemoryTCP CpuCount "
        "CpuPercent IOMaximumIOps IOMaximumBandwidth",
        "text": "VolumeDriver ContainerIDFile NetworkMode IpcMode CgroupnsMode PidMode UTSMode UsernsMode Cgroup "
        "CgroupParent Runtime Isolation CpusetCpus CpusetMems",
        "list": "Ulimits Binds Mounts VolumesFrom ExtraHosts Links Dns DnsSearch DnsOptions ConsoleSize CapDrop "
        "SecurityOpt CapAdd Capabilities GroupAdd Devices DeviceRequests DeviceCgroupRules BlkioWeightDevice "
        "BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps",
        "map": "LogConfig RestartPolicy Tmpfs StorageOpt PortBindings Sysctls Annotations",
        "null": "MaskedPaths ReadonlyPaths MemorySwappiness",
    },
    HealthCheck: {"number": "Interval Timeout StartPeriod StartInterval Retries", "list": "Test"},
    NetworkingConfigModel: {"map": "EndpointsConfig"},
    ExecCreate: {
        "flag": "Detach Tty AttachStdin AttachStdout AttachStderr Privileged",
        "text": "User WorkingDir DetachKeys",
        "list": "Cmd Env ConsoleSize",
    },
    ExecStart: {"flag": "Detach Tty", "list": "ConsoleSize"},
    NetworkCreate: {
        "flag": "Internal CheckDuplicate Ingress Attachable ConfigOnly EnableIPv6",
        "text": "Driver Scope",
        "map": "Labels IPAM Options ConfigFrom",
        "null": "EnableIPv4",
    },
    Ipam: {"text": "Driver", "list": "Config", "map": "Options"},
    Endpoint: {
        "number": "GwPriority IPPrefixLen GlobalIPv6PrefixLen",
        "text": "MacAddress NetworkID EndpointID Gateway IPAddress IPv6Gateway GlobalIPv6Address",
        "list": "Aliases Links DNSNames",
        "map": "IPAMConfig DriverOpts",
    },
    VolumeCreate: {"text": "Name Driver", "map": "DriverOpts Labels ClusterVolumeSpec"},
    VolumeMount: {"flag": "NoCopy", "text": "Subpath", "map": "Labels DriverConfig"},
    TmpfsMount: {"number": "SizeBytes Mode", "list": "Options"},
    Mount: {
        "flag": "ReadOnly",
        "text": "Source Consistency",
        "map": "VolumeOptions TmpfsOptions BindOptions ImageOptions ClusterOptions",
    },
    PortBinding: {"text": "HostIp HostPort"},
    ContainerLog: {"text": "Type", "map": "Config"},
    LogOptions: {"text": "max-size max-file"},
    ContainerRestart: {"text": "Name", "number": "MaximumRetryCount"},
    Ulimit: {"number": "Soft Hard"},
}
REQUIRED = {
    ContainerCreate: {"Image": "busybox"},
    NetworkCreate: {"Name": "mine"},
    Mount: {"Type": "volume", "Target": "/x"},
    Ulimit: {"Name": "nofile"},
}
FORWARDED_ZEROS = {
    (ContainerCreate, "StopTimeout", "number"),  # at once
    (ContainerCreate, "Entrypoint", "list"),  # not the image's
    *((ContainerCreate, key, "text") for key in ("Cmd", "Entrypoint")),  # Go takes one word for a list of one
    *((ExecCreate, "Cmd", kind) for kind in ("text",)),
    (HealthCheck, "Test", "text"),
}
FIELDS = [(model, key, kind) for model, kinds in FIELD_TYPES.items() for kind in kinds for key in kinds[kind].split()]
FIELDS += [(ContainerCreate, "StopTimeout", "null"), (ContainerCreate, "Entrypoint", "null")]


def names(model: type[StrictModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("model", FIELD_TYPES, ids=lambda model: model.__name__)
def test_every_field_has_a_kind(model: type[StrictModel]) -> None:
    assert {key for other, key, _ in FIELDS if other is model} == names(model) - REQUIRED.get(model, {}).keys()


@pytest.mark.parametrize(("model", "key", "kind"), FIELDS, ids=[f"{model.__name__}.{key}" for model, key, _ in FIELDS])
def test_field_drops_its_own_zero_and_refuses_others(model: type[StrictModel], key: str, kind: str) -> None:
    for zero, value in ZEROS.items():
        asked = REQUIRED.get(model, {}) | {key: value}
        if zero in ("null", kind):
            assert key not in model.model_validate(asked).canonical()
        elif (model, key, zero) not in FORWARDED_ZEROS:
            with pytest.raises(ValidationError):
                model.model_validate(asked)


@pytest.mark.parametrize("field", ["MaskedPaths", "ReadonlyPaths", "MemorySwappiness", "Privileged"])
def test_null_is_dropped(field: str) -> None:
    assert field not in forwarded_body(create_with_host_config(**{field: None}))["HostConfig"]


def test_default_swappiness_is_dropped() -> None:
    assert "MemorySwappiness" not in forwarded_body(create_with_host_config(MemorySwappiness=-1))["HostConfig"]
    assert refusal_reason(create_with_host_config(MemorySwappiness=0)) == "field:HostConfig.MemorySwappiness"


def test_empty_entrypoint_is_forwarded() -> None:
    assert forwarded_body(create(Entrypoint=[]))["Entrypoint"] == []
    assert forwarded_body(create(Entrypoint=""))["Entrypoint"] == [""]
