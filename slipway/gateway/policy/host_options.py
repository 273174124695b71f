"""Nested objects of HostConfig: log, restart policy, open files. Their limits are in resource_limits.py."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from slipway.gateway.policy import values
from slipway.gateway.policy.strict_model import StrictModel

Amount: TypeAlias = Annotated[int, Field(ge=-1)]
"""A number; -1 means "unlimited"."""


class LogOptions(StrictModel):
    """The size of a container's log; resource_limits.py reduces both to the lab's limits."""

    max_size: Annotated[str, AfterValidator(lambda text: str(values.parse_size(text)))] = Field("", alias="max-size")
    max_file: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] = Field("", alias="max-file")


class ContainerLog(StrictModel):
    """The log driver: output is kept in a file of the sandbox, never sent elsewhere."""

    Type: Literal["json-file", "local"] = "json-file"
    options: LogOptions = Field(default_factory=lambda: LogOptions.model_validate({}), alias="Config")


class ContainerRestart(StrictModel):
    """The restart policy."""

    Name: Literal["no", "on-failure", "unless-stopped", "always"] = "no"
    MaximumRetryCount: Annotated[int, Field(ge=0)] = 0


class Ulimit(StrictModel):
    """A ulimit: only the number of open files."""

    Name: Literal["nofile"]
    Soft: Annotated[int, Field(ge=0)] = 0
    Hard: Annotated[int, Field(ge=0)] = 0
