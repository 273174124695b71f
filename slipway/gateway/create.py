"""The body of `POST /containers/create`, field by field (section 2.8 of the policy).

Every field that any engine knows stands here with its rule, so that a new one is refused until someone has thought
about it. The limits that the gateway writes into the request are in bounds.py.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from slipway.gateway import values
from slipway.gateway.bodies import Endpoint
from slipway.gateway.body import (
    Directory,
    EnvWords,
    Host,
    LabelMap,
    Mountpoint,
    Network,
    Never,
    Nothing,
    Port,
    Signal,
    Size2,
    Strict,
    Text,
    Volume,
    Word,
    Words,
)
from slipway.gateway.limits import SECOND
from slipway.gateway.refusal import Refusal, shown

_BIND = re.compile(r"([a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}):(/[^:]*)(?::(ro|rw))?\Z")
_FROM = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:(ro|rw))?\Z")
_LINK = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(:/?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})?\Z")
_HOST_PORT = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z")
_TMPFS_WORDS = frozenset(["rw", "ro", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "sync", "async"])
_TMPFS_VALUES = re.compile(r"(mode=[0-7]{1,4}|uid=[0-9]{1,10}|gid=[0-9]{1,10}|size=[0-9]{1,15}[bkmgBKMG]?)\Z")


def _bind(text: str) -> str:
    match = _BIND.match(text)
    if not match:
        raise Refusal(403, "")
    values.mountpoint(match[2])
    return text


def _matches(pattern: re.Pattern[str]) -> AfterValidator:
    def rule(text: str) -> str:
        if not pattern.match(text):
            raise Refusal(403, "")
        return text

    return AfterValidator(rule)


def _no_new_privileges(text: str) -> str:
    if text not in ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"):
        raise Refusal(403, "")
    return text


def _extra_host(text: str) -> str:
    if "host-gateway" in text.lower() or "host.docker.internal" in text.lower():
        raise Refusal(403, "")
    return text


def _host_port(text: str) -> str:
    match = _HOST_PORT.match(text)
    if not match or any(int(port) != 0 and not 1024 <= int(port) <= 65535 for port in match.groups() if port):
        raise Refusal(
            403,
            f"The lab can't publish on port {shown(text)}: the ports below 1024 are kept. "
            "Use one from 1024 to 65535, such as -p 8080:80.",
        )
    return text


def _plain_path(text: str) -> str:
    if ":" in text:
        raise Refusal(400, f"{shown(text)} is not a path for an anonymous volume, such as /data.")
    return values.mountpoint(text)


def _subpath(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/"):
        raise Refusal(403, "")
    return text


def _tmpfs(text: str) -> str:
    for option in filter(None, text.split(",")):
        if option not in _TMPFS_WORDS and not _TMPFS_VALUES.match(option):
            raise Refusal(403, f"The lab's gateway takes no tmpfs option {shown(option)}.")
    return text


def _period(value: int) -> int:
    if value < SECOND:
        raise Refusal(403, "A health check may run once a second at most here: it would eat the lab's processor.")
    return value


Period: TypeAlias = Annotated[int, AfterValidator(_period)]
Own: TypeAlias = Literal["private"]
Amount: TypeAlias = Annotated[int, Field(ge=-1)]


class Health(Strict):
    """How the engine asks whether a container is well. Times are nanoseconds."""

    Test: Words = Field(default_factory=list)
    Interval: Period = SECOND
    Timeout: Period = SECOND
    StartPeriod: Period = SECOND
    StartInterval: Period = SECOND
    Retries: Annotated[int, Field(ge=0, le=1000)] = 0


class LogOptions(Strict):
    """How much a container's log may take; both are moved under the lab's bound in bounds.py."""

    max_size: Annotated[str, AfterValidator(lambda text: str(values.size(text)))] = Field("", alias="max-size")
    max_file: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] = Field("", alias="max-file")


class Log(Strict):
    """Where a container's output is kept: in a file of the sandbox, never sent elsewhere."""

    Type: Literal["json-file", "local"] = "json-file"
    options: LogOptions = Field(default_factory=lambda: LogOptions.model_validate({}), alias="Config")


class Restart(Strict):
    """When the engine starts a container again by itself."""

    Name: Literal["no", "on-failure", "unless-stopped", "always"] = "no"
    MaximumRetryCount: Annotated[int, Field(ge=0)] = 0


class PortBinding(Strict):
    """Where a container's port is published inside the sandbox."""

    HostIp: Literal["127.0.0.1", "0.0.0.0"] = "0.0.0.0"  # noqa: S104  (the sandbox's own network namespace)
    HostPort: Annotated[str, AfterValidator(_host_port)] = ""


class Ulimit(Strict):
    """A process limit: the number of open files only."""

    Name: Literal["nofile"]
    Soft: Annotated[int, Field(ge=0)] = 0
    Hard: Annotated[int, Field(ge=0)] = 0


class VolumeMount(Strict):
    """What a volume mount may say; a driver's options could mount the machine below."""

    NoCopy: bool = False
    Labels: LabelMap = Field(default_factory=dict)
    Subpath: Annotated[str, AfterValidator(_subpath)] = ""
    DriverConfig: Never = None


class TmpfsMount(Strict):
    """A directory in memory."""

    SizeBytes: Annotated[int, Field(ge=0)] = 0
    Mode: Annotated[int, Field(ge=0, le=0o7777)] = 0
    Options: Never = None


class Mount(Strict):
    """One `--mount`: a named volume or a directory in memory."""

    Type: Literal["volume", "tmpfs"]
    Source: Volume = ""
    Target: Mountpoint
    ReadOnly: bool = False
    Consistency: Literal["default", "consistent", "cached", "delegated"] = "default"
    VolumeOptions: VolumeMount = Field(default_factory=VolumeMount)
    TmpfsOptions: TmpfsMount = Field(default_factory=TmpfsMount)
    BindOptions: Never = None
    ImageOptions: Never = None
    ClusterOptions: Never = None

    @model_validator(mode="after")
    def _tmpfs_has_no_source(self) -> Mount:
        if self.Type == "tmpfs" and self.Source:
            raise Refusal(400, "A tmpfs mount has no source.")
        return self


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
    Tmpfs: Annotated[dict[Mountpoint, Annotated[str, AfterValidator(_tmpfs)]], Field(max_length=8)] = Field(
        default_factory=dict
    )

    # files
    Binds: Annotated[list[Annotated[str, AfterValidator(_bind)]], Field(max_length=10)] = Field(default_factory=list)
    Mounts: Annotated[list[Mount], Field(max_length=10)] = Field(default_factory=list)
    VolumesFrom: Annotated[list[Annotated[str, _matches(_FROM)]], Field(max_length=10)] = Field(default_factory=list)
    ReadonlyRootfs: bool = False
    VolumeDriver: Never = None
    StorageOpt: Never = None
    ContainerIDFile: Never = None

    # network
    NetworkMode: Network = "default"
    # each published port is a process of the engine's
    PortBindings: Annotated[dict[Port, Annotated[list[PortBinding], Field(max_length=5)]], Field(max_length=50)] = (
        Field(default_factory=dict)
    )
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


class NetworkPart(Strict):
    """The networks that a container joins when it is created."""

    EndpointsConfig: Annotated[dict[Network, Endpoint], Field(max_length=5)] = Field(default_factory=dict)


class ContainerCreate(Strict):
    """`docker create`, and the first half of `docker run`."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"StopTimeout"})

    Image: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$")]
    Cmd: Words = Field(default_factory=list)
    Entrypoint: Words = Field(default_factory=list)
    Env: EnvWords = Field(default_factory=list)
    Labels: LabelMap = Field(default_factory=dict)
    Tty: bool = False
    OpenStdin: bool = False
    StdinOnce: bool = False
    AttachStdin: bool = False
    AttachStdout: bool = False
    AttachStderr: bool = False
    Hostname: Host = ""
    Domainname: Host = ""
    User: Word = ""
    WorkingDir: Directory = "/"
    ExposedPorts: Annotated[dict[Port, Nothing], Field(max_length=50)] = Field(default_factory=dict)
    Volumes: Annotated[dict[Annotated[Text, AfterValidator(_plain_path)], Nothing], Field(max_length=10)] = Field(
        default_factory=dict
    )
    StopSignal: Signal = ""
    StopTimeout: Annotated[int, Field(ge=0, le=30)] = 10
    Healthcheck: Health = Field(default_factory=Health)
    HostConfig: HostPart = Field(default_factory=HostPart)
    NetworkingConfig: NetworkPart = Field(default_factory=NetworkPart)
    NetworkDisabled: Never = None
    MacAddress: Never = None
    OnBuild: Never = None
    ArgsEscaped: Never = None
    Shell: Never = None
