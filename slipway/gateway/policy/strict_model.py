"""The vocabulary of request bodies: strict models whose keys are exact, and whose zero values are left out.

The docker client always sends most keys with their zero value. So the rule of every model is: null, or the zero of the
field's own kind (false, 0, "", [] or {}, as its default says), drops the key; otherwise the field's own rule decides; a
key that the model does not have refuses. The zero of another kind is no zero: it is refused as any wrong type is.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from slipway.gateway.policy import values
from slipway.gateway.policy.refusal import Refusal, shown


class StrictModel(BaseModel):
    """A JSON object with exactly these keys. `MEANT` names the fields whose zero says something (only null drops)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    MEANT: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _drop_zeros(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: given for key, given in value.items() if not cls._says_nothing(key, given)}

    @classmethod
    def _says_nothing(cls, key: str, given: Any) -> bool:
        if key not in (zeros := cls._zeros()):
            return False
        return given is None or (key not in cls.MEANT and type(given) is type(zeros[key]) and not given)

    @classmethod
    @cache
    def _zeros(cls) -> dict[str, Any]:
        return {field.alias or name: _zero(field) for name, field in cls.model_fields.items()}

    def canonical(self) -> dict[str, Any]:
        """The object as it goes to the engine: only the keys that say something."""
        return self.model_dump(exclude_unset=True, by_alias=True)


def _zero(field: FieldInfo) -> Any:
    """The zero of a field, by the kind of its default; a field that must be there has none but null."""
    default = field.get_default(call_default_factory=True)
    return {} if isinstance(default, StrictModel) else None if default is PydanticUndefined else type(default)()


def _never(value: Any) -> Any:
    raise Refusal(403, "")


def _nothing(value: dict[str, Any]) -> dict[str, Any]:
    if value:
        raise Refusal(400, "This object must be empty.")
    return value


def _four_kib(text: str) -> str:
    if len(text.encode()) > 4096:
        raise Refusal(403, "")
    return text


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _volume(text: str) -> str:
    if not values.VOLUME.match(text):
        raise Refusal(400, f"{shown(text)} can't be a volume's name: letters, digits, _ . and - only.")
    return text


Never: TypeAlias = Annotated[Any, BeforeValidator(_never)]
"""A field that may hold only the zero of its kind, which its default names (and which has been dropped before)."""

Text: TypeAlias = Annotated[str, AfterValidator(_four_kib)]
Word: TypeAlias = Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words: TypeAlias = Annotated[
    list[Annotated[str, Field(max_length=65536)]], BeforeValidator(_words), Field(max_length=500)
]
EnvWords: TypeAlias = Annotated[list[Text], Field(max_length=100)]
LabelMap: TypeAlias = Annotated[dict[Annotated[Word, AfterValidator(values.label)], Text], Field(max_length=20)]
Host: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9_])?$")]
Directory: TypeAlias = Annotated[str, AfterValidator(values.absolute)]
Mountpoint: TypeAlias = Annotated[str, AfterValidator(values.mountpoint)]
Signal: TypeAlias = Annotated[str, AfterValidator(values.signal)]
Port: TypeAlias = Annotated[str, AfterValidator(values.port)]
Nothing: TypeAlias = Annotated[dict[str, Any], AfterValidator(_nothing)]
Network: TypeAlias = Annotated[str, AfterValidator(values.network)]
Volume: TypeAlias = Annotated[str, AfterValidator(_volume)]
Side: TypeAlias = Annotated[int, Field(ge=0), AfterValidator(lambda side: min(side, 1000))]
Size2: TypeAlias = Annotated[list[Side], Field(min_length=2, max_length=2)]
Reference: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
"""A container or a network by name, id or the beginning of its id."""
