"""The body of `POST /containers/create` without its HostConfig, which is in host_config.py (section 2.8 of the policy).

Lists every field of every engine version with its rule, so that a new field is refused until it has been reviewed.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from slipway.gateway.limits import SECOND
from slipway.gateway.policy import image_names, port_bindings
from slipway.gateway.policy.bodies import Endpoint
from slipway.gateway.policy.host_config import HostConfigModel
from slipway.gateway.policy.mounts import AnonymousVolume
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.strict_model import (
    Arguments,
    Directory,
    EmptyObject,
    Environment,
    Forbidden,
    HostName,
    LabelMap,
    NetworkName,
    Port,
    ShortText,
    Signal,
    StrictModel,
)


def _check_period(value: int) -> int:
    if value < SECOND:
        raise Refusal(403, "A health check may run once a second at most here: it would eat the lab's processor.")
    return value


CheckPeriod: TypeAlias = Annotated[int, AfterValidator(_check_period)]


class HealthCheck(StrictModel):
    """The health check of a container. Times are nanoseconds."""

    Test: Arguments = Field(default_factory=list)
    Interval: CheckPeriod = SECOND
    Timeout: CheckPeriod = SECOND
    StartPeriod: CheckPeriod = SECOND
    StartInterval: CheckPeriod = SECOND
    Retries: Annotated[int, Field(ge=0, le=1000)] = 0


NullableEndpoint: TypeAlias = Annotated[Endpoint, BeforeValidator(lambda given: {} if given is None else given)]
"""A network to join with default settings: clients send {} or null."""


class NetworkingConfigModel(StrictModel):
    """The networks that a new container joins."""

    EndpointsConfig: Annotated[dict[NetworkName, NullableEndpoint], Field(max_length=5)] = Field(default_factory=dict)


class ContainerCreate(StrictModel):
    """`docker create`, and the first call of `docker run`."""

    MEANINGFUL_ZEROS: ClassVar[frozenset[str]] = frozenset({"StopTimeout", "Entrypoint"})

    Image: Annotated[str, AfterValidator(image_names.check_reference)]
    Cmd: Arguments = Field(default_factory=list)
    Entrypoint: Arguments = Field(default_factory=list)
    Env: Environment = Field(default_factory=list)
    Labels: LabelMap = Field(default_factory=dict)
    Tty: bool = False
    OpenStdin: bool = False
    StdinOnce: bool = False
    AttachStdin: bool = False
    AttachStdout: bool = False
    AttachStderr: bool = False
    Hostname: HostName = ""
    Domainname: HostName = ""
    User: ShortText = ""
    WorkingDir: Directory = "/"
    ExposedPorts: Annotated[dict[Port, EmptyObject], Field(max_length=port_bindings.MAX_PORTS)] = Field(
        default_factory=dict
    )
    Volumes: Annotated[dict[AnonymousVolume, EmptyObject], Field(max_length=10)] = Field(default_factory=dict)
    StopSignal: Signal = ""
    StopTimeout: Annotated[int, Field(ge=0, le=30)] = 10
    Healthcheck: HealthCheck = Field(default_factory=HealthCheck)
    HostConfig: HostConfigModel = Field(default_factory=HostConfigModel)
    NetworkingConfig: NetworkingConfigModel = Field(default_factory=NetworkingConfigModel)
    NetworkDisabled: Forbidden = False
    MacAddress: Forbidden = ""
    OnBuild: Forbidden = Field(default_factory=list)
    ArgsEscaped: Forbidden = False
    Shell: Forbidden = Field(default_factory=list)
