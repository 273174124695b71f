"""`HostConfig` of a create, field by field (section 2.8 of the policy): how a container may meet its engine.

Every field that any engine knows stands here with its rule, so that a new one is refused until someone has thought
about it. The limits that the gateway writes into the request are in bounds.py.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from slipway.gateway.policy import mounts
from slipway.gateway.policy.host_options import Amount, ContainerLog, ContainerRestart, Ulimit
from slipway.gateway.policy.port_bindings import PortMap
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.strict_model import Mountpoint, Network, Never, Size2, StrictModel, Word

_FROM = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:(ro|rw))?\Z")
_LINK = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})?\Z")


def _matches(pattern: re.Pattern[str]) -> AfterValidator:
    def rule(text: str) -> str:
        if not pattern.match(text):
            raise Refusal(403, "")
        return text

    return AfterValidator(rule)


def _no_new_privileges(text: str) -> str:
    if text not in ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"):
        raise Refusal(403, "")
    return "no-new-privileges"


def _extra_host(text: str) -> str:
    if "host-gateway" in text.lower() or "host.docker.internal" in text.lower():
        raise Refusal(403, "")
    return text


Own: TypeAlias = Literal["private"]


class HostPart(StrictModel):
    """How a container may meet the engine that runs it."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"MaskedPaths", "ReadonlyPaths", "MemorySwappiness"})

    # processes, memory and processor: moved under the lab's bounds in bounds.py
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
    VolumesFrom: Annotated[list[Annotated[str, _matches(_FROM)]], Field(max_length=10)] = Field(default_factory=list)
    ReadonlyRootfs: bool = False
    VolumeDriver: Never = ""
    StorageOpt: Never = Field(default_factory=dict)
    ContainerIDFile: Never = ""

    # network
    NetworkMode: Network = "default"
    PortBindings: PortMap = Field(default_factory=dict)
    PublishAllPorts: bool = False
    ExtraHosts: Annotated[list[Annotated[Word, AfterValidator(_extra_host)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    Links: Annotated[list[Annotated[str, _matches(_LINK)]], Field(max_length=10)] = Field(default_factory=list)
    Dns: Never = Field(default_factory=list)
    DnsSearch: Never = Field(default_factory=list)
    DnsOptions: Never = Field(default_factory=list)

    # life
    AutoRemove: bool = False
    Init: bool = False
    ConsoleSize: Size2 = Field(default_factory=list)

    # rights: what a container has less than usual is free, what it has more than usual is not
    CapDrop: list[Word] = Field(default_factory=list)
    SecurityOpt: Annotated[list[Annotated[str, AfterValidator(_no_new_privileges)]], Field(max_length=2)] = Field(
        default_factory=list
    )
    IpcMode: Own = "private"
    CgroupnsMode: Own = "private"
    PidMode: Never = ""
    UTSMode: Never = ""
    UsernsMode: Never = ""
    Cgroup: Never = ""
    Privileged: Never = False
    CapAdd: Never = Field(default_factory=list)
    Capabilities: Never = Field(default_factory=list)
    GroupAdd: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]], Field(max_length=10)] = Field(
        default_factory=list
    )
    MaskedPaths: Never = Field(default_factory=list)
    ReadonlyPaths: Never = Field(default_factory=list)
    Devices: Never = Field(default_factory=list)
    DeviceRequests: Never = Field(default_factory=list)
    DeviceCgroupRules: Never = Field(default_factory=list)
    Sysctls: Never = Field(default_factory=dict)
    CgroupParent: Never = ""
    Runtime: Literal["runc"] = "runc"
    Isolation: Literal["default"] = "default"
    Annotations: Never = Field(default_factory=dict)
    OomScoreAdj: Never = 0
    OomKillDisable: Never = False
    MemorySwappiness: Literal[-1] = -1
    CpuRealtimePeriod: Never = 0
    CpuRealtimeRuntime: Never = 0
    CpusetCpus: Never = ""
    CpusetMems: Never = ""
    BlkioWeight: Never = 0
    BlkioWeightDevice: Never = Field(default_factory=list)
    BlkioDeviceReadBps: Never = Field(default_factory=list)
    BlkioDeviceWriteBps: Never = Field(default_factory=list)
    BlkioDeviceReadIOps: Never = Field(default_factory=list)
    BlkioDeviceWriteIOps: Never = Field(default_factory=list)
    KernelMemory: Never = 0
    KernelMemoryTCP: Never = 0
    CpuCount: Never = 0
    CpuPercent: Never = 0
    IOMaximumIOps: Never = 0
    IOMaximumBandwidth: Never = 0

    @model_validator(mode="after")
    def _one_way_to_ask_for_a_processor(self) -> HostPart:
        """As the engine says it, which would not notice: bounds.py makes one number of all three."""
        for other, given in (("Period", self.CpuPeriod), ("Quota", self.CpuQuota)):
            if self.NanoCpus and given > 0:
                raise Refusal(400, f"Conflicting options: Nano CPUs and CPU {other} cannot both be set.")
        return self
