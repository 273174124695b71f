"""`HostConfig` of a create, field by field (section 2.8 of the policy): the container's access to its host.

Lists every field of every engine version with its rule, so that a new field is refused until it has been reviewed. The
limits that the gateway writes into the request are in resource_limits.py.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from slipway.gateway.policy import mounts
from slipway.gateway.policy.host_options import Amount, ContainerLog, ContainerRestart, Ulimit
from slipway.gateway.policy.port_bindings import PortMap
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.strict_model import Forbidden, Mountpoint, NetworkName, ShortText, StrictModel, TerminalSize

_VOLUMES_FROM = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:(ro|rw))?\Z")
_LINK = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})?\Z")


def _matches(pattern: re.Pattern[str]) -> AfterValidator:
    def rule(text: str) -> str:
        if not pattern.match(text):
            raise Refusal(403, "")
        return text

    return AfterValidator(rule)


def _security_option(text: str) -> str:
    if text not in ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"):
        raise Refusal(403, "")
    return "no-new-privileges"


def _check_extra_host(text: str) -> str:
    if "host-gateway" in text.lower() or "host.docker.internal" in text.lower():
        raise Refusal(403, "")
    return text


PrivateNamespace: TypeAlias = Literal["private"]


class HostConfigModel(StrictModel):
    """The HostConfig of a container."""

    MEANINGFUL_ZEROS: ClassVar[frozenset[str]] = frozenset({"MaskedPaths", "ReadonlyPaths", "MemorySwappiness"})

    # processes, memory and CPU: reduced to the lab's limits in resource_limits.py
    Memory: Amount = 0
    MemorySwap: Amount = 0
    MemoryReservation: Annotated[int, Field(ge=0)] = 0
    NanoCpus: Annotated[int, Field(ge=0)] = 0
    CpuShares: Annotated[int, Field(ge=0, le=262144)] = 0
    CpuQuota: Amount = 0
    CpuPeriod: Annotated[int, Field(ge=1000, le=1_000_000)] = 0
    PidsLimit: Amount = 0
    ShmSize: Annotated[int, Field(ge=0)] = 0
    Ulimits: Annotated[list[Ulimit], Field(max_length=1)] = Field(default_factory=list)
    LogConfig: ContainerLog = Field(default_factory=ContainerLog)
    RestartPolicy: ContainerRestart = Field(default_factory=ContainerRestart)
    Tmpfs: Annotated[dict[Mountpoint, mounts.Tmpfs], Field(max_length=8)] = Field(default_factory=dict)

    # files
    Binds: Annotated[list[mounts.Bind], Field(max_length=10)] = Field(default_factory=list)
    Mounts: Annotated[list[mounts.Mount], Field(max_length=10)] = Field(default_factory=list)
    VolumesFrom: Annotated[list[Annotated[str, _matches(_VOLUMES_FROM)]], Field(max_length=10)] = Field(
        default_factory=list
    )
    ReadonlyRootfs: bool = False
    VolumeDriver: Forbidden = ""
    StorageOpt: Forbidden = Field(default_factory=dict)
    ContainerIDFile: Forbidden = ""

    # network
    NetworkMode: NetworkName = "default"
    PortBindings: PortMap = Field(default_factory=dict)
    PublishAllPorts: bool = False
    ExtraHosts: Annotated[list[Annotated[ShortText, AfterValidator(_check_extra_host)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    Links: Annotated[list[Annotated[str, _matches(_LINK)]], Field(max_length=10)] = Field(default_factory=list)
    Dns: Forbidden = Field(default_factory=list)
    DnsSearch: Forbidden = Field(default_factory=list)
    DnsOptions: Forbidden = Field(default_factory=list)

    # lifecycle
    AutoRemove: bool = False
    Init: bool = False
    ConsoleSize: TerminalSize = Field(default_factory=list)

    # privileges: fewer than the default are allowed, more are not
    CapDrop: list[ShortText] = Field(default_factory=list)
    SecurityOpt: Annotated[list[Annotated[str, AfterValidator(_security_option)]], Field(max_length=2)] = Field(
        default_factory=list
    )
    IpcMode: PrivateNamespace = "private"
    CgroupnsMode: PrivateNamespace = "private"
    PidMode: Forbidden = ""
    UTSMode: Forbidden = ""
    UsernsMode: Forbidden = ""
    Cgroup: Forbidden = ""
    Privileged: Forbidden = False
    CapAdd: Forbidden = Field(default_factory=list)
    Capabilities: Forbidden = Field(default_factory=list)
    GroupAdd: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]], Field(max_length=10)] = Field(
        default_factory=list
    )
    MaskedPaths: Forbidden = Field(default_factory=list)
    ReadonlyPaths: Forbidden = Field(default_factory=list)
    Devices: Forbidden = Field(default_factory=list)
    DeviceRequests: Forbidden = Field(default_factory=list)
    DeviceCgroupRules: Forbidden = Field(default_factory=list)
    Sysctls: Forbidden = Field(default_factory=dict)
    CgroupParent: Forbidden = ""
    Runtime: Literal["runc"] = "runc"
    Isolation: Literal["default"] = "default"
    Annotations: Forbidden = Field(default_factory=dict)
    OomScoreAdj: Forbidden = 0
    OomKillDisable: Forbidden = False
    MemorySwappiness: Literal[-1] = -1
    CpuRealtimePeriod: Forbidden = 0
    CpuRealtimeRuntime: Forbidden = 0
    CpusetCpus: Forbidden = ""
    CpusetMems: Forbidden = ""
    BlkioWeight: Forbidden = 0
    BlkioWeightDevice: Forbidden = Field(default_factory=list)
    BlkioDeviceReadBps: Forbidden = Field(default_factory=list)
    BlkioDeviceWriteBps: Forbidden = Field(default_factory=list)
    BlkioDeviceReadIOps: Forbidden = Field(default_factory=list)
    BlkioDeviceWriteIOps: Forbidden = Field(default_factory=list)
    KernelMemory: Forbidden = 0
    KernelMemoryTCP: Forbidden = 0
    CpuCount: Forbidden = 0
    CpuPercent: Forbidden = 0
    IOMaximumIOps: Forbidden = 0
    IOMaximumBandwidth: Forbidden = 0

    @model_validator(mode="after")
    def _check_cpu_options(self) -> HostConfigModel:
        """Refuse as the engine would; it would not notice, because resource_limits.py makes one number of all three."""
        for other, given in (("Period", self.CpuPeriod), ("Quota", self.CpuQuota)):
            if self.NanoCpus and given > 0:
                raise Refusal(400, f"Conflicting options: Nano CPUs and CPU {other} cannot both be set.")
        return self
