"""The base model and the field types of request bodies: exact keys, zero values dropped.

The docker client always sends most keys with their zero value. So in every model null, or the zero of the field's type
(false, 0, "", [] or {}, the type of its default), drops the key; otherwise the field's rule decides; an unknown key
refuses the request. The zero of another type is refused like any wrong type.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from slipway.gateway.policy import values
from slipway.gateway.policy.refusal import Refusal, printable


class StrictModel(BaseModel):
    """A JSON object with exactly these keys. In the fields of `MEANINGFUL_ZEROS` only null is dropped."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    MEANINGFUL_ZEROS: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _drop_zeros(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: given for key, given in value.items() if not cls._is_dropped(key, given)}

    @classmethod
    def _is_dropped(cls, key: str, given: Any) -> bool:
        if key not in (zeros := cls._zeros()):
            return False
        return given is None or (key not in cls.MEANINGFUL_ZEROS and type(given) is type(zeros[key]) and not given)

    @classmethod
    @cache
    def _zeros(cls) -> dict[str, Any]:
        return {field.alias or name: _zero(field) for name, field in cls.model_fields.items()}

    def canonical(self) -> dict[str, Any]:
        """Return the object as it goes to the engine, without the dropped keys."""
        return self.model_dump(exclude_unset=True, by_alias=True)


def _zero(field: FieldInfo) -> Any:
    """Return the zero of a field's type; None for a required field."""
    default = field.get_default(call_default_factory=True)
    return {} if isinstance(default, StrictModel) else None if default is PydanticUndefined else type(default)()


def _refuse_any(value: Any) -> Any:
    raise Refusal(403, "")


def _check_empty(value: dict[str, Any]) -> dict[str, Any]:
    if value:
        raise Refusal(400, "This object must be empty.")
    return value


def _check_4_kib(text: str) -> str:
    if len(text.encode()) > 4096:
        raise Refusal(403, "")
    return text


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _check_volume_name(text: str) -> str:
    if not values.VOLUME.match(text):
        raise Refusal(400, f"{printable(text)} can't be a volume's name: letters, digits, _ . and - only.")
    return text


Forbidden: TypeAlias = Annotated[Any, BeforeValidator(_refuse_any)]
"""A field that must be the zero of its type (dropped before this check)."""

LongText: TypeAlias = Annotated[str, AfterValidator(_check_4_kib)]
ShortText: TypeAlias = Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
Arguments: TypeAlias = Annotated[
    list[Annotated[str, Field(max_length=65536)]], BeforeValidator(_as_list), Field(max_length=500)
]
Environment: TypeAlias = Annotated[list[LongText], Field(max_length=100)]
LabelMap: TypeAlias = Annotated[
    dict[Annotated[ShortText, AfterValidator(values.label)], LongText], Field(max_length=20)
]
HostName: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9_])?$")]
Directory: TypeAlias = Annotated[str, AfterValidator(values.absolute_path)]
Mountpoint: TypeAlias = Annotated[str, AfterValidator(values.mountpoint)]
Signal: TypeAlias = Annotated[str, AfterValidator(values.signal)]
Port: TypeAlias = Annotated[str, AfterValidator(values.port)]
EmptyObject: TypeAlias = Annotated[dict[str, Any], AfterValidator(_check_empty)]
NetworkName: TypeAlias = Annotated[str, AfterValidator(values.network)]
VolumeName: TypeAlias = Annotated[str, AfterValidator(_check_volume_name)]
TerminalSide: TypeAlias = Annotated[int, Field(ge=0), AfterValidator(lambda side: min(side, 1000))]
TerminalSize: TypeAlias = Annotated[list[TerminalSide], Field(min_length=2, max_length=2)]
Reference: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
"""A container or a network by name, id or id prefix."""
