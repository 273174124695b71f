"""Query strings: read strictly, checked against a route's schema, written again in one canonical way.

A schema is a dict from the parameter's name to its rule, a function from text to canonical text, or None to leave
the parameter out. A name that is not in the schema refuses the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from slipway.gateway.policy import image_names, messages, strict_json, values
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, shown

Rule: TypeAlias = Callable[[str, PolicyOptions], str | None]
Schema: TypeAlias = Mapping[str, Rule]
Pairs: TypeAlias = tuple[tuple[str, str], ...]

MOST = 100
_DOUBTFUL = re.compile(r"[;#\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})|[^\x00-\x7f]")
_FALSE = frozenset({"", "0", "false", "False"})
_TRUE = frozenset({"1", "true", "True"})
_COUNT = re.compile(r"[0-9]{1,18}\Z")
_NO_MAP = frozenset({"", "null", "{}"})


def parse(raw: str) -> Pairs:
    """The pairs of a query string; refuses (400) what two readers could read differently."""
    if not raw:
        return ()
    if _DOUBTFUL.search(raw):
        raise Refusal(
            400, "The lab can't take this query: it is not written as browsers and clients do.", "query:syntax"
        )
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST, separator="&"
        )
    except ValueError:
        raise Refusal(400, "The lab can't read this query.", "query:syntax") from None
    return tuple(pairs)


def check(pairs: Pairs, schema: Schema, rules: PolicyOptions) -> Pairs:
    """The canonical pairs that `schema` allows; refuses (400, 403, 404) the rest."""
    kept: list[tuple[str, str]] = []
    for index, (name, text) in enumerate(pairs):
        if name not in schema:
            raise Refusal(403, f"The lab's gateway takes no parameter {shown(name)} here.", f"query:{shown(name)}")
        if schema[name] not in _REPEATED and any(name == other for other, _ in pairs[:index]):
            raise Refusal(400, f"The parameter {name} stands in the query twice.", "query:duplicate")
        canonical = _apply(name, text, schema[name], rules)
        if canonical is not None:
            kept.append((name, canonical))
    return tuple(kept)


def write(pairs: Pairs) -> str:
    """The pairs as a query string, every doubtful byte escaped."""
    return urlencode(pairs)


def _apply(name: str, text: str, rule: Rule, rules: PolicyOptions) -> str | None:
    try:
        return rule(text, rules)
    except Refusal as refusal:
        reason = refusal.reason or f"query:{name}"
        raise Refusal(refusal.status, refusal.message, reason) from None


def flag(text: str, rules: PolicyOptions) -> str | None:
    """A yes or no, as Go's client and people write them."""
    if text in _TRUE:
        return "1"
    if text in _FALSE:
        return "0"
    raise Refusal(400, f"{shown(text)} is neither 1 nor 0.")


def off(text: str, rules: PolicyOptions) -> str | None:
    """A flag that is dropped whatever it says, because it makes the engine walk its disk or fetch afresh."""
    flag(text, rules)
    return None


def empty(*zeros: str) -> Rule:
    """A parameter that only a zero of its own kind may have: nothing, or one of these. It is left out."""

    def rule(text: str, rules: PolicyOptions) -> str | None:
        if text and text not in zeros:
            raise Refusal(403, "The lab's gateway takes this option only when it is empty.")
        return None

    return rule


no_text = empty()
no_number = empty("0")
no_flag = empty("0", "false", "False")
no_list = empty("null", "[]")


def dropped(text: str, rules: PolicyOptions) -> str | None:
    """A parameter that the gateway sets itself."""
    return None


def whole(least: int, most: int) -> Rule:
    """A whole number, moved into least..most."""

    def rule(text: str, rules: PolicyOptions) -> str | None:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise Refusal(400, f"{shown(text)} is not a whole number.")
        return str(max(least, min(most, int(text))))

    return rule


def one_of(*allowed: str) -> Rule:
    """One of a few words."""

    def rule(text: str, rules: PolicyOptions) -> str | None:
        if text not in allowed:
            raise Refusal(400, f"{shown(text)} is not one of {', '.join(filter(None, allowed))}.")
        return text or None

    return rule


def text_of(alphabet: str, length: int = 200) -> Rule:
    """Free text of ASCII letters, digits and the characters of `alphabet`."""

    def rule(text: str, rules: PolicyOptions) -> str | None:
        if len(text) > length or not all(char.isascii() and (char.isalnum() or char in alphabet) for char in text):
            raise Refusal(400, f"{shown(text)} is not a value that the lab's gateway takes here.")
        return text

    return rule


def tail(text: str, rules: PolicyOptions) -> str | None:
    """How many of the last lines: to the engine every number below zero, and whatever is no number, is all of them."""
    text_of("-")(text, rules)
    return str(int(text)) if _COUNT.match(text) else "all"


def filters(text: str, rules: PolicyOptions) -> str | None:
    """A filter set, `{"name": {"value": true}}` or `{"name": ["value"]}`, written again in the first form."""
    if text in _NO_MAP:
        return None
    value = strict_json.loads(text.encode(), 4)
    if not isinstance(value, dict) or len(value) > 20:
        raise Refusal(400, "Filters must be a JSON object of at most 20 filters.")
    return dump({name: _choices(choices) for name, choices in value.items()})


def _choices(value: Any) -> dict[str, bool]:
    if isinstance(value, list) and len(value) <= 50 and all(isinstance(text, str) for text in value):
        return dict.fromkeys(value, True)
    if isinstance(value, dict) and len(value) <= 50 and all(isinstance(given, bool) for given in value.values()):
        return value
    raise Refusal(400, "A filter must be a list of texts.")


def dump(value: Any) -> str:
    """JSON in the one form that the gateway writes."""
    return json.dumps(value, separators=(",", ":"))


def name(text: str, rules: PolicyOptions) -> str | None:
    """A new container's name; empty lets the engine choose."""
    return values.new_name(text) if text else None


def signal(text: str, rules: PolicyOptions) -> str | None:
    """A signal; empty is the container's own stop signal."""
    return values.signal(text) if text else None


def platform(text: str, rules: PolicyOptions) -> str | None:
    """Nothing, or the platform of this very machine."""
    if text in ("", "linux", rules.platform):
        return text or None
    raise Refusal(403, f"This lab's engine runs {rules.platform} only. Leave --platform out.")


def own_platform(text: str, rules: PolicyOptions) -> str | None:
    """The same, where the policy takes none at all: what the client names is what the engine does anyhow."""
    platform(text, rules)
    return None


def ps_args(text: str, rules: PolicyOptions) -> str | None:
    """Arguments for `ps`: they reach a program beside the engine, so only the usual few."""
    if text in ("", "-ef", "aux"):
        return text or None
    raise Refusal(403, "docker top takes only -ef or aux in this lab, because its arguments run beside the engine.")


def path(text: str, rules: PolicyOptions) -> str | None:
    """A path inside a container, for docker cp."""
    if not text or len(text) > 1024 or "\x00" in text:
        raise Refusal(400, "docker cp needs a path inside the container.")
    return text


def image(text: str, rules: PolicyOptions) -> str | None:
    """The image to pull, by the short name that the hub knows; its tag stands apart."""
    return text


def repository(text: str, rules: PolicyOptions) -> str | None:
    """The name of an image of the learner's own."""
    return image_names.ownable(text, rules) if text else None


def own_names(text: str, rules: PolicyOptions) -> str | None:
    """The names of the image that a build makes: a parameter that may come more than once."""
    return repository(text, rules)


def kind(text: str, rules: PolicyOptions) -> str | None:
    """What `docker system df` is about; it may come more than once (API 1.42)."""
    return one_of("", "container", "image", "volume", "build-cache")(text, rules)


_REPEATED = (own_names, kind)


def tag(text: str, rules: PolicyOptions) -> str | None:
    """A tag or a digest; empty means latest."""
    if text and not image_names.TAG.match(text) and not image_names.DIGEST.match(text):
        raise Refusal(400, f"{shown(text)} can't be a tag.")
    return text or None


def json_map(text: str, rules: PolicyOptions) -> str | None:
    """A flat JSON object of texts (build arguments, labels)."""
    if text in _NO_MAP:
        return None
    value = strict_json.loads(text.encode(), 2)
    if not isinstance(value, dict) or len(value) > 50:
        raise Refusal(400, "The lab takes at most 50 of these, as a JSON object.")
    if not all(given is None or isinstance(given, str) for given in value.values()):
        raise Refusal(400, "Each of these must be a text.")
    return dump(value)


def labels(text: str, rules: PolicyOptions) -> str | None:
    """A map of labels, none of them the lab's own: `lab.keep` would spare an image from every prune."""
    written = json_map(text, rules)
    for label in json.loads(written or "{}"):
        values.label(label)
    return written


def dockerfile(text: str, rules: PolicyOptions) -> str | None:
    """The Dockerfile's path inside the context."""
    if text.startswith("/") or ".." in text.split("/") or len(text) > 200 or not text.isprintable():
        raise Refusal(400, "The Dockerfile must lie inside the build's own directory.")
    return text or None


def builder(text: str, rules: PolicyOptions) -> str | None:
    """Which builder: the classic one, because nobody can read what BuildKit is told to do."""
    if text in ("", "1"):
        return text or None
    raise Refusal(403, messages.BUILDKIT)


def build_network(text: str, rules: PolicyOptions) -> str | None:
    """The network of a build's RUN steps: the default one or none."""
    if text in ("", "default", "none"):
        return text or None
    raise Refusal(403, messages.HOST_NETWORK if text == "host" else "A build takes only --network none in this lab.")
