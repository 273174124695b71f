"""`HostConfig` of a create, field by field (section 2.8 of the policy): how a container may meet its engine.

Every field that any engine knows stands here with its rule, so that a new one is refused until someone has thought
about it. The limits that the gateway writes into the request are in bounds.py.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field

from slipway.gateway import storage
from slipway.gateway.body import Mountpoint, Network, Never, Size2, Strict, Word
from slipway.gateway.ports import PortMap
from slipway.gateway.refusal import Refusal
from slipway.gateway.shares import Amount, Log, Restart, Ulimit

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


class HostPart(Strict):
    """How a container may meet the engine that runs it."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"MaskedPaths", "ReadonlyPaths"})

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
    LogConfig: Log = Field(default_factory=Log)
    RestartPolicy: Restart = Field(default_factory=Restart)
    Tmpfs: Annotated[dict[Mountpoint, storage.Tmpfs], Field(max_length=8)] = Field(default_factory=dict)

    # files
    Binds: Annotated[list[storage.Bind], Field(max_length=10)] = Field(default_factory=list)
    Mounts: Annotated[list[storage.Mount], Field(max_length=10)] = Field(default_factory=list)
    VolumesFrom: Annotated[list[Annotated[str, _matches(_FROM)]], Field(max_length=10)] = Field(default_factory=list)
    ReadonlyRootfs: bool = False
    VolumeDriver: Never = None
    StorageOpt: Never = None
    ContainerIDFile: Never = None

    # network
    NetworkMode: Network = "default"
    PortBindings: PortMap = Field(default_factory=dict)
    PublishAllPorts: bool = False
    ExtraHosts: Annotated[list[Annotated[Word, AfterValidator(_extra_host)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    Links: Annotated[list[Annotated[str, _matches(_LINK)]], Field(max_length=10)] = Field(default_factory=list)
    Dns: Never = None
    DnsSearch: Never = None
    DnsOptions: Never = None

    # life
    AutoRemove: bool = False
    Init: bool = False
    ConsoleSize: Size2 = Field(default_factory=list)

    # rights: what a container has less than usual is free, what it has more than usual is not
    CapDrop: Annotated[list[Word], Field(max_length=64)] = Field(default_factory=list)
    SecurityOpt: Annotated[list[Annotated[str, AfterValidator(_no_new_privileges)]], Field(max_length=2)] = Field(
        default_factory=list
    )
    IpcMode: Own = "private"
    CgroupnsMode: Own = "private"
    PidMode: Never = None
    UTSMode: Never = None
    UsernsMode: Never = None
    Cgroup: Never = None
    Privileged: Never = None
    CapAdd: Never = None
    Capabilities: Never = None
    GroupAdd: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]], Field(max_length=10)] = Field(
        default_factory=list
    )
    MaskedPaths: Never = None
    ReadonlyPaths: Never = None
    Devices: Never = None
    DeviceRequests: Never = None
    DeviceCgroupRules: Never = None
    Sysctls: Never = None
    CgroupParent: Never = None
    Runtime: Literal["runc"] = "runc"
    Isolation: Literal["default"] = "default"
    Annotations: Never = None
    OomScoreAdj: Never = None
    OomKillDisable: Never = None
    MemorySwappiness: Literal[-1] = -1
    CpuRealtimePeriod: Never = None
    CpuRealtimeRuntime: Never = None
    CpusetCpus: Never = None
    CpusetMems: Never = None
    BlkioWeight: Never = None
    BlkioWeightDevice: Never = None
    BlkioDeviceReadBps: Never = None
    BlkioDeviceWriteBps: Never = None
    BlkioDeviceReadIOps: Never = None
    BlkioDeviceWriteIOps: Never = None
    KernelMemory: Never = None
    KernelMemoryTCP: Never = None
    CpuCount: Never = None
    CpuPercent: Never = None
    IOMaximumIOps: Never = None
    IOMaximumBandwidth: Never = None
