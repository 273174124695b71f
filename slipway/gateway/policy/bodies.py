"""The bodies of every call but `POST /containers/create`: exec, networks and volumes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from slipway.gateway.policy.strict_model import (
    Directory,
    EnvWords,
    LabelMap,
    Network,
    Never,
    Reference,
    Size2,
    StrictModel,
    Volume,
    Word,
    Words,
)


class ExecCreate(StrictModel):
    """`docker exec`: a further process in a container that passed the policy."""

    Cmd: Words = Field(default_factory=list)
    Env: EnvWords = Field(default_factory=list)
    User: Word = ""
    WorkingDir: Directory = "/"
    Detach: bool = False
    DetachKeys: Word = ""
    Tty: bool = False
    AttachStdin: bool = False
    AttachStdout: bool = False
    AttachStderr: bool = False
    ConsoleSize: Size2 = Field(default_factory=list)
    Privileged: Never = False


class ExecStart(StrictModel):
    """The start of an exec that was created before."""

    Detach: bool = False
    Tty: bool = False
    ConsoleSize: Size2 = Field(default_factory=list)


class Ipam(StrictModel):
    """Address management: the engine's own defaults only."""

    Driver: Literal["default"] = "default"
    ranges: Never = Field(default_factory=list, alias="Config")
    Options: Never = Field(default_factory=dict)


class NetworkCreate(StrictModel):
    """`docker network create`: a bridge network inside the sandbox."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"EnableIPv4"})

    Name: Network
    Driver: Literal["bridge"] = "bridge"
    Internal: bool = False
    CheckDuplicate: bool = False
    Labels: LabelMap = Field(default_factory=dict)
    IPAM: Ipam = Field(default_factory=Ipam)
    Options: Never = Field(default_factory=dict)
    Ingress: Never = False
    Attachable: Never = False
    ConfigOnly: Never = False
    ConfigFrom: Never = Field(default_factory=dict)
    EnableIPv4: Literal[True] = True
    EnableIPv6: Never = False
    Scope: Never = ""


class Endpoint(StrictModel):
    """A container's place in a network: aliases, and nothing that steers the network itself."""

    Aliases: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list)
    IPAMConfig: Never = Field(default_factory=dict)
    Links: Never = Field(default_factory=list)
    MacAddress: Never = ""
    DriverOpts: Never = Field(default_factory=dict)
    GwPriority: Never = 0
    NetworkID: Never = ""
    EndpointID: Never = ""
    Gateway: Never = ""
    IPAddress: Never = ""
    IPPrefixLen: Never = 0
    IPv6Gateway: Never = ""
    GlobalIPv6Address: Never = ""
    GlobalIPv6PrefixLen: Never = 0
    DNSNames: Never = Field(default_factory=list)


class NetworkConnect(StrictModel):
    """`docker network connect`."""

    Container: Reference
    EndpointConfig: Endpoint = Field(default_factory=Endpoint)


class NetworkDisconnect(StrictModel):
    """`docker network disconnect`."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"Force"})
    Container: Reference
    Force: bool = False


class VolumeCreate(StrictModel):
    """`docker volume create`: a local volume inside the sandbox, without driver options (they can mount anything)."""

    Name: Volume = ""
    Driver: Literal["local"] = "local"
    DriverOpts: Never = Field(default_factory=dict)
    Labels: LabelMap = Field(default_factory=dict)
    ClusterVolumeSpec: Never = Field(default_factory=dict)
