"""A container's share of the machine, as far as it is more than a number: log, restarts, open files.

How large a share may be stands in bounds.py.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from slipway.gateway.policy import values
from slipway.gateway.policy.strict_model import StrictModel

Amount: TypeAlias = Annotated[int, Field(ge=-1)]
"""A number of which -1 means "no limit of my own"."""


class LogOptions(StrictModel):
    """How much a container's log may take; both are moved under the lab's bound in bounds.py."""

    max_size: Annotated[str, AfterValidator(lambda text: str(values.size(text)))] = Field("", alias="max-size")
    max_file: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] = Field("", alias="max-file")


class ContainerLog(StrictModel):
    """Where a container's output is kept: in a file of the sandbox, never sent elsewhere."""

    Type: Literal["json-file", "local"] = "json-file"
    options: LogOptions = Field(default_factory=lambda: LogOptions.model_validate({}), alias="Config")


class ContainerRestart(StrictModel):
    """When the engine starts a container again by itself."""

    Name: Literal["no", "on-failure", "unless-stopped", "always"] = "no"
    MaximumRetryCount: Annotated[int, Field(ge=0)] = 0


class Ulimit(StrictModel):
    """A process limit: the number of open files only."""

    Name: Literal["nofile"]
    Soft: Annotated[int, Field(ge=0)] = 0
    Hard: Annotated[int, Field(ge=0)] = 0
