"""What a container may see of disks and memory: named volumes, tmpfs, and never a directory of the machine below."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from slipway.gateway.policy import values
from slipway.gateway.policy.refusal import Refusal, shown
from slipway.gateway.policy.strict_model import LabelMap, Mountpoint, Never, StrictModel, Text, Volume

_NAME = values.VOLUME
_NAMELESS = "This would be a volume without a name. Give it one, so that you find it again: -v mydata:/data."
_MODE = "A volume is mounted to read and write, or with :ro to read only; the lab takes no :{mode} here."
_TMPFS_WORDS = frozenset(["rw", "ro", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "sync", "async"])
_TMPFS_VALUES = re.compile(r"(mode=[0-7]{1,4}|uid=[0-9]{1,10}|gid=[0-9]{1,10}|size=[0-9]{1,15}[bkmgBKMG]?)\Z")


def _bind(text: str) -> str:
    name, colon, rest = text.partition(":")
    if not colon and name.startswith("/"):
        raise Refusal(403, _NAMELESS)
    if not _NAME.match(name):
        raise Refusal(403, "")
    place, _, mode = rest.partition(":")
    if mode not in ("", "ro", "rw") or rest.endswith(":"):
        raise Refusal(403, _MODE.format(mode=shown(mode)))
    values.mountpoint(place)
    return text


def _plain_path(text: str) -> str:
    if ":" in text:
        raise Refusal(400, f"{shown(text)} is not a path for an anonymous volume, such as /data.")
    return values.mountpoint(text)


def _subpath(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/") or not values.PLAIN.match(text):
        raise Refusal(403, "")
    return text


def _tmpfs(text: str) -> str:
    for option in filter(None, text.split(",")):
        if option not in _TMPFS_WORDS and not _TMPFS_VALUES.match(option):
            raise Refusal(403, f"The lab's gateway takes no tmpfs option {shown(option)}.")
    return text


class VolumeMount(StrictModel):
    """What a volume mount may say; a driver's options could mount the machine below."""

    NoCopy: bool = False
    Labels: LabelMap = Field(default_factory=dict)
    Subpath: Annotated[str, AfterValidator(_subpath)] = ""
    DriverConfig: Never = Field(default_factory=dict)


class TmpfsMount(StrictModel):
    """A directory in memory."""

    SizeBytes: Annotated[int, Field(ge=0)] = 0
    Mode: Annotated[int, Field(ge=0, le=0o7777)] = 0
    Options: Never = Field(default_factory=list)


class Mount(StrictModel):
    """One `--mount`: a named volume or a directory in memory."""

    Type: Literal["volume", "tmpfs"]
    Source: Volume = ""
    Target: Mountpoint
    ReadOnly: bool = False
    Consistency: Literal["default", "consistent", "cached", "delegated"] = "default"
    VolumeOptions: VolumeMount = Field(default_factory=VolumeMount)
    TmpfsOptions: TmpfsMount = Field(default_factory=TmpfsMount)
    BindOptions: Never = Field(default_factory=dict)
    ImageOptions: Never = Field(default_factory=dict)
    ClusterOptions: Never = Field(default_factory=dict)

    @model_validator(mode="after")
    def _tmpfs_has_no_source(self) -> Mount:
        if self.Type == "tmpfs" and self.Source:
            raise Refusal(400, "A tmpfs mount has no source.")
        return self


Bind: TypeAlias = Annotated[str, AfterValidator(_bind)]
"""`name:/path`, `name:/path:ro`: a volume by its name, and nothing that begins with a slash."""

AnonymousVolume: TypeAlias = Annotated[Text, AfterValidator(_plain_path)]
Tmpfs: TypeAlias = Annotated[str, AfterValidator(_tmpfs)]
