"""Models of the bodies of all calls except `POST /containers/create`: exec, networks and volumes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from slipway.gateway.policy.strict_model import (
    Arguments,
    Directory,
    Environment,
    Forbidden,
    LabelMap,
    NetworkName,
    Reference,
    ShortText,
    StrictModel,
    TerminalSize,
    VolumeName,
)


class ExecCreate(StrictModel):
    """`docker exec`: another process in a container that passed the policy."""

    Cmd: Arguments = Field(default_factory=list)
    Env: Environment = Field(default_factory=list)
    User: ShortText = ""
    WorkingDir: Directory = "/"
    Detach: bool = False
    DetachKeys: ShortText = ""
    Tty: bool = False
    AttachStdin: bool = False
    AttachStdout: bool = False
    AttachStderr: bool = False
    ConsoleSize: TerminalSize = Field(default_factory=list)
    Privileged: Forbidden = False


class ExecStart(StrictModel):
    """The start of an exec."""

    Detach: bool = False
    Tty: bool = False
    ConsoleSize: TerminalSize = Field(default_factory=list)


class Ipam(StrictModel):
    """IP address management: only the engine's defaults."""

    Driver: Literal["default"] = "default"
    ranges: Forbidden = Field(default_factory=list, alias="Config")
    Options: Forbidden = Field(default_factory=dict)


class NetworkCreate(StrictModel):
    """`docker network create`: a bridge network inside the sandbox."""

    MEANINGFUL_ZEROS: ClassVar[frozenset[str]] = frozenset({"EnableIPv4"})

    Name: NetworkName
    Driver: Literal["bridge"] = "bridge"
    Internal: bool = False
    CheckDuplicate: bool = False
    Labels: LabelMap = Field(default_factory=dict)
    IPAM: Ipam = Field(default_factory=Ipam)
    Options: Forbidden = Field(default_factory=dict)
    Ingress: Forbidden = False
    Attachable: Forbidden = False
    ConfigOnly: Forbidden = False
    ConfigFrom: Forbidden = Field(default_factory=dict)
    EnableIPv4: Literal[True] = True
    EnableIPv6: Forbidden = False
    Scope: Forbidden = ""


class Endpoint(StrictModel):
    """A container's endpoint in a network: aliases, and nothing that configures the network itself."""

    Aliases: Annotated[list[ShortText], Field(max_length=20)] = Field(default_factory=list)
    IPAMConfig: Forbidden = Field(default_factory=dict)
    Links: Forbidden = Field(default_factory=list)
    MacAddress: Forbidden = ""
    DriverOpts: Forbidden = Field(default_factory=dict)
    GwPriority: Forbidden = 0
    NetworkID: Forbidden = ""
    EndpointID: Forbidden = ""
    Gateway: Forbidden = ""
    IPAddress: Forbidden = ""
    IPPrefixLen: Forbidden = 0
    IPv6Gateway: Forbidden = ""
    GlobalIPv6Address: Forbidden = ""
    GlobalIPv6PrefixLen: Forbidden = 0
    DNSNames: Forbidden = Field(default_factory=list)


class NetworkConnect(StrictModel):
    """`docker network connect`."""

    Container: Reference
    EndpointConfig: Endpoint = Field(default_factory=Endpoint)


class NetworkDisconnect(StrictModel):
    """`docker network disconnect`."""

    MEANINGFUL_ZEROS: ClassVar[frozenset[str]] = frozenset({"Force"})
    Container: Reference
    Force: bool = False


class VolumeCreate(StrictModel):
    """`docker volume create`: a local volume inside the sandbox, without driver options, which can mount anything."""

    Name: VolumeName = ""
    Driver: Literal["local"] = "local"
    DriverOpts: Forbidden = Field(default_factory=dict)
    Labels: LabelMap = Field(default_factory=dict)
    ClusterVolumeSpec: Forbidden = Field(default_factory=dict)
