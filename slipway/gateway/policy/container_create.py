"""The body of `POST /containers/create`, but for its HostConfig, which is host.py's (section 2.8 of the policy).

Every field that any engine knows stands here with its rule, so that a new one is refused until someone has thought
about it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from slipway.gateway.limits import SECOND
from slipway.gateway.policy import image_names, port_bindings
from slipway.gateway.policy.bodies import Endpoint
from slipway.gateway.policy.host_config import HostPart
from slipway.gateway.policy.mounts import AnonymousVolume
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.strict_model import (
    Directory,
    EnvWords,
    Host,
    LabelMap,
    Network,
    Never,
    Nothing,
    Port,
    Signal,
    StrictModel,
    Word,
    Words,
)


def _period(value: int) -> int:
    if value < SECOND:
        raise Refusal(403, "A health check may run once a second at most here: it would eat the lab's processor.")
    return value


Period: TypeAlias = Annotated[int, AfterValidator(_period)]


class Health(StrictModel):
    """How the engine asks whether a container is well. Times are nanoseconds."""

    Test: Words = Field(default_factory=list)
    Interval: Period = SECOND
    Timeout: Period = SECOND
    StartPeriod: Period = SECOND
    StartInterval: Period = SECOND
    Retries: Annotated[int, Field(ge=0, le=1000)] = 0


Plainly: TypeAlias = Annotated[Endpoint, BeforeValidator(lambda given: {} if given is None else given)]
"""A network to join as it is, which clients write as {} or as null."""


class NetworkPart(StrictModel):
    """The networks that a container joins when it is created."""

    EndpointsConfig: Annotated[dict[Network, Plainly], Field(max_length=5)] = Field(default_factory=dict)


class ContainerCreate(StrictModel):
    """`docker create`, and the first half of `docker run`."""

    MEANT: ClassVar[frozenset[str]] = frozenset({"StopTimeout", "Entrypoint"})

    Image: Annotated[str, AfterValidator(image_names.reference)]
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
    ExposedPorts: Annotated[dict[Port, Nothing], Field(max_length=port_bindings.MOST)] = Field(default_factory=dict)
    Volumes: Annotated[dict[AnonymousVolume, Nothing], Field(max_length=10)] = Field(default_factory=dict)
    StopSignal: Signal = ""
    StopTimeout: Annotated[int, Field(ge=0, le=30)] = 10
    Healthcheck: Health = Field(default_factory=Health)
    HostConfig: HostPart = Field(default_factory=HostPart)
    NetworkingConfig: NetworkPart = Field(default_factory=NetworkPart)
    NetworkDisabled: Never = False
    MacAddress: Never = ""
    OnBuild: Never = Field(default_factory=list)
    ArgsEscaped: Never = False
    Shell: Never = Field(default_factory=list)
