"""Models of mounts: named volumes and tmpfs, never a directory of the host."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from slipway.gateway.policy import values
from slipway.gateway.policy.refusal import Refusal, printable
from slipway.gateway.policy.strict_model import Forbidden, LabelMap, LongText, Mountpoint, StrictModel, VolumeName

_NAME = values.VOLUME
_UNNAMED = "This would be a volume without a name. Give it one, so that you find it again: -v mydata:/data."
_MODE = "A volume is mounted to read and write, or with :ro to read only; the lab takes no :{mode} here."
_TMPFS_FLAGS = frozenset(["rw", "ro", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "sync", "async"])
_TMPFS_VALUES = re.compile(r"(mode=[0-7]{1,4}|uid=[0-9]{1,10}|gid=[0-9]{1,10}|size=[0-9]{1,15}[bkmgBKMG]?)\Z")


def _check_bind(text: str) -> str:
    name, colon, rest = text.partition(":")
    if not colon and name.startswith("/"):
        raise Refusal(403, _UNNAMED)
    if not _NAME.match(name):
        raise Refusal(403, "")
    target, _, mode = rest.partition(":")
    if mode not in ("", "ro", "rw") or rest.endswith(":"):
        raise Refusal(403, _MODE.format(mode=printable(mode)))
    values.mountpoint(target)
    return text


def _check_anonymous_volume(text: str) -> str:
    if ":" in text:
        raise Refusal(400, f"{printable(text)} is not a path for an anonymous volume, such as /data.")
    return values.mountpoint(text)


def _check_subpath(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/") or not values.PRINTABLE.match(text):
        raise Refusal(403, "")
    return text


def _check_tmpfs(text: str) -> str:
    for option in filter(None, text.split(",")):
        if option not in _TMPFS_FLAGS and not _TMPFS_VALUES.match(option):
            raise Refusal(403, f"The lab's gateway takes no tmpfs option {printable(option)}.")
    return text


class VolumeMount(StrictModel):
    """Options of a volume mount; a driver's options could mount the host's directories."""

    NoCopy: bool = False
    Labels: LabelMap = Field(default_factory=dict)
    Subpath: Annotated[str, AfterValidator(_check_subpath)] = ""
    DriverConfig: Forbidden = Field(default_factory=dict)


class TmpfsMount(StrictModel):
    """Options of a tmpfs mount."""

    SizeBytes: Annotated[int, Field(ge=0)] = 0
    Mode: Annotated[int, Field(ge=0, le=0o7777)] = 0
    Options: Forbidden = Field(default_factory=list)


class Mount(StrictModel):
    """One `--mount`: a named volume or a tmpfs."""

    Type: Literal["volume", "tmpfs"]
    Source: VolumeName = ""
    Target: Mountpoint
    ReadOnly: bool = False
    Consistency: Literal["default", "consistent", "cached", "delegated"] = "default"
    VolumeOptions: VolumeMount = Field(default_factory=VolumeMount)
    TmpfsOptions: TmpfsMount = Field(default_factory=TmpfsMount)
    BindOptions: Forbidden = Field(default_factory=dict)
    ImageOptions: Forbidden = Field(default_factory=dict)
    ClusterOptions: Forbidden = Field(default_factory=dict)

    @model_validator(mode="after")
    def _tmpfs_has_no_source(self) -> Mount:
        if self.Type == "tmpfs" and self.Source:
            raise Refusal(400, "A tmpfs mount has no source.")
        return self


Bind: TypeAlias = Annotated[str, AfterValidator(_check_bind)]
"""`name:/path`, `name:/path:ro`: a volume by name, never a path on the host."""

AnonymousVolume: TypeAlias = Annotated[LongText, AfterValidator(_check_anonymous_volume)]
Tmpfs: TypeAlias = Annotated[str, AfterValidator(_check_tmpfs)]
