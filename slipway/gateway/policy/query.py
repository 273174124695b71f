"""Query strings: parsed strictly, checked against a route's schema, written in canonical form.

A schema maps each parameter's name to its rule: a function from text to canonical text, or None to drop the parameter.
A name that is not in the schema refuses the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from slipway.gateway.policy import image_names, messages, strict_json, values
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, printable

Rule: TypeAlias = Callable[[str, PolicyOptions], str | None]
Schema: TypeAlias = Mapping[str, Rule]
Pairs: TypeAlias = tuple[tuple[str, str], ...]

MAX_PAIRS = 100
_AMBIGUOUS = re.compile(r"[;#\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})|[^\x00-\x7f]")
_FALSE = frozenset({"", "0", "false", "False"})
_TRUE = frozenset({"1", "true", "True"})
_DIGITS = re.compile(r"[0-9]{1,18}\Z")
_EMPTY_MAPS = frozenset({"", "null", "{}"})


def parse(raw: str) -> Pairs:
    """Return the pairs of a query string. Raises Refusal (400) for what two readers could parse differently."""
    if not raw:
        return ()
    if _AMBIGUOUS.search(raw):
        raise Refusal(
            400, "The lab can't take this query: it is not encoded as browsers and clients do it.", "query:syntax"
        )
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_PAIRS, separator="&"
        )
    except ValueError:
        raise Refusal(400, "The lab can't read this query.", "query:syntax") from None
    return tuple(pairs)


def check(pairs: Pairs, schema: Schema, options: PolicyOptions) -> Pairs:
    """Return the canonical pairs. Raises Refusal (400, 403, 404) for what `schema` does not allow."""
    kept: list[tuple[str, str]] = []
    for index, (name, text) in enumerate(pairs):
        if name not in schema:
            message = f"The lab's gateway takes no parameter {printable(name)} here."
            raise Refusal(403, message, f"query:{printable(name)}")
        if schema[name] not in _REPEATABLE and any(name == other for other, _ in pairs[:index]):
            raise Refusal(400, f"The parameter {name} appears twice in the query.", "query:duplicate")
        canonical = _apply(name, text, schema[name], options)
        if canonical is not None:
            kept.append((name, canonical))
    return tuple(kept)


def write(pairs: Pairs) -> str:
    """Return the pairs as a query string with all special bytes escaped."""
    return urlencode(pairs)


def _apply(name: str, text: str, rule: Rule, options: PolicyOptions) -> str | None:
    try:
        return rule(text, options)
    except Refusal as refusal:
        reason = refusal.reason or f"query:{name}"
        raise Refusal(refusal.status, refusal.message, reason) from None


def flag(text: str, options: PolicyOptions) -> str | None:
    """A boolean, as Go's client and people write it."""
    if text in _TRUE:
        return "1"
    if text in _FALSE:
        return "0"
    raise Refusal(400, f"{printable(text)} is neither 1 nor 0.")


def ignored_flag(text: str, options: PolicyOptions) -> str | None:
    """A flag that is dropped, because it makes the engine walk its disk or fetch images."""
    flag(text, options)
    return None


def only_zero(*zeros: str) -> Rule:
    """A parameter that must be empty or one of these zeros, and is dropped."""

    def rule(text: str, options: PolicyOptions) -> str | None:
        if text and text not in zeros:
            raise Refusal(403, "The lab's gateway takes this option only when it is empty.")
        return None

    return rule


no_text = only_zero()
no_number = only_zero("0")
no_flag = only_zero("0", "false", "False")
no_list = only_zero("null", "[]")


def ignored(text: str, options: PolicyOptions) -> str | None:
    """A parameter that is dropped, because the gateway sets it."""
    return None


def integer(least: int, most: int) -> Rule:
    """A whole number, clamped to least..most."""

    def rule(text: str, options: PolicyOptions) -> str | None:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise Refusal(400, f"{printable(text)} is not a whole number.")
        return str(max(least, min(most, int(text))))

    return rule


def one_of(*allowed: str) -> Rule:
    """One of these values."""

    def rule(text: str, options: PolicyOptions) -> str | None:
        if text not in allowed:
            raise Refusal(400, f"{printable(text)} is not one of {', '.join(filter(None, allowed))}.")
        return text or None

    return rule


def text_of(alphabet: str, length: int = 200) -> Rule:
    """Free text of ASCII letters, digits and the characters of `alphabet`."""

    def rule(text: str, options: PolicyOptions) -> str | None:
        if len(text) > length or not all(char.isascii() and (char.isalnum() or char in alphabet) for char in text):
            raise Refusal(400, f"{printable(text)} is not a value that the lab's gateway takes here.")
        return text

    return rule


def tail(text: str, options: PolicyOptions) -> str | None:
    """The number of last lines; like the engine, takes a negative number or other text as all of them."""
    text_of("-")(text, options)
    return str(int(text)) if _DIGITS.match(text) else "all"


def filters(text: str, options: PolicyOptions) -> str | None:
    """Filters, `{"name": {"value": true}}` or `{"name": ["value"]}`, written in the first form."""
    if text in _EMPTY_MAPS:
        return None
    value = strict_json.loads(text.encode(), 4)
    if not isinstance(value, dict) or len(value) > 20:
        raise Refusal(400, "Filters must be a JSON object of at most 20 filters.")
    return to_json({name: _filter_values(choices) for name, choices in value.items()})


def _filter_values(value: Any) -> dict[str, bool]:
    if isinstance(value, list) and len(value) <= 50 and all(isinstance(text, str) for text in value):
        return dict.fromkeys(value, True)
    if isinstance(value, dict) and len(value) <= 50 and all(isinstance(given, bool) for given in value.values()):
        return value
    raise Refusal(400, "A filter must be a list of texts.")


def to_json(value: Any) -> str:
    """Return canonical JSON."""
    return json.dumps(value, separators=(",", ":"))


def name(text: str, options: PolicyOptions) -> str | None:
    """A new container's name; if empty, the engine chooses."""
    return values.new_name(text) if text else None


def signal(text: str, options: PolicyOptions) -> str | None:
    """A signal; empty is the container's own stop signal."""
    return values.signal(text) if text else None


def platform(text: str, options: PolicyOptions) -> str | None:
    """Empty, or this machine's platform."""
    if text in ("", "linux", options.platform):
        return text or None
    raise Refusal(403, f"This lab's engine runs {options.platform} only. Leave --platform out.")


def own_platform(text: str, options: PolicyOptions) -> str | None:
    """The same for a build, where it is dropped: the engine builds for this machine's platform anyway."""
    platform(text, options)
    return None


def ps_args(text: str, options: PolicyOptions) -> str | None:
    """Arguments for `ps`, which runs on the engine's host: only the common ones."""
    if text in ("", "-ef", "aux"):
        return text or None
    raise Refusal(403, "docker top takes only -ef or aux in this lab, because its arguments run beside the engine.")


def path(text: str, options: PolicyOptions) -> str | None:
    """A path inside a container, for docker cp."""
    if not text or len(text) > 1024 or "\x00" in text:
        raise Refusal(400, "docker cp needs a path inside the container.")
    return text


def image(text: str, options: PolicyOptions) -> str | None:
    """The image to pull; apply_forced_query checks it together with its tag."""
    return text


def repository(text: str, options: PolicyOptions) -> str | None:
    """The name of a learner's own image."""
    return image_names.check_own_name(text, options) if text else None


def build_names(text: str, options: PolicyOptions) -> str | None:
    """A name for the image that is built; the parameter may be repeated."""
    return repository(text, options)


def disk_usage_type(text: str, options: PolicyOptions) -> str | None:
    """A type of object for `docker system df`; the parameter may be repeated (API 1.42)."""
    return one_of("", "container", "image", "volume", "build-cache")(text, options)


_REPEATABLE = (build_names, disk_usage_type)


def tag(text: str, options: PolicyOptions) -> str | None:
    """A tag or a digest; empty means latest."""
    if text and not image_names.TAG.match(text) and not image_names.DIGEST.match(text):
        raise Refusal(400, f"{printable(text)} can't be a tag.")
    return text or None


def json_map(text: str, options: PolicyOptions) -> str | None:
    """A flat JSON object of texts (build arguments, labels)."""
    if text in _EMPTY_MAPS:
        return None
    value = strict_json.loads(text.encode(), 2)
    if not isinstance(value, dict) or len(value) > 50:
        raise Refusal(400, "The lab takes at most 50 of these, as a JSON object.")
    if not all(given is None or isinstance(given, str) for given in value.values()):
        raise Refusal(400, "Each of these must be a text.")
    return to_json(value)


def labels(text: str, options: PolicyOptions) -> str | None:
    """A map of labels without the lab's own: `lab.keep` would protect an image from every prune."""
    written = json_map(text, options)
    for label in json.loads(written or "{}"):
        values.label(label)
    return written


def dockerfile(text: str, options: PolicyOptions) -> str | None:
    """The Dockerfile's path inside the build context."""
    if text.startswith("/") or ".." in text.split("/") or len(text) > 200 or not text.isprintable():
        raise Refusal(400, "The Dockerfile must lie inside the build's own directory.")
    return text or None


def builder_version(text: str, options: PolicyOptions) -> str | None:
    """The builder: only the classic one, because the gateway can't inspect BuildKit's requests."""
    if text in ("", "1"):
        return text or None
    raise Refusal(403, messages.BUILDKIT)


def build_network(text: str, options: PolicyOptions) -> str | None:
    """The network of a build's RUN steps: default or none."""
    if text in ("", "default", "none"):
        return text or None
    raise Refusal(403, messages.HOST_NETWORK if text == "host" else "A build takes only --network none in this lab.")
