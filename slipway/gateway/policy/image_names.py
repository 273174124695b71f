"""Image references: which the engine may be asked for, and which names the lab keeps for its own hub."""

from __future__ import annotations

import re

from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, shown

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_PART = r"[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"(?:{_PART}(?::[0-9]{{1,5}})?/)?{_PART}(?:/{_PART})*\Z")
_HUB_PREFIXES = ("docker.io/library/", "index.docker.io/library/", "library/", "docker.io/", "index.docker.io/")


def split(reference: str) -> tuple[str, str]:
    """The name and the tag (or digest, or "") of a reference; refuses (400) what can't be one."""
    named, at, digest = reference.partition("@")
    name, colon, tag = named.rpartition(":") if ":" in named.rpartition("/")[2] else (named, "", "")
    fine = (not colon or TAG.match(tag)) and (not at or DIGEST.match(digest))
    if len(reference) > 200 or not _NAME.match(name) or not fine:
        raise Refusal(400, f"invalid reference format: {shown(reference)} is no image name.", "image:name")
    return name, digest or tag


def reference(text: str) -> str:
    """An image by whatever name or id the engine may know it."""
    try:
        split(text)
    except Refusal as refusal:
        raise Refusal(refusal.status, refusal.message) from None
    return text


def familiar(name: str) -> str:
    """The short name that people use: `docker.io/library/redis` is `redis`."""
    for prefix in _HUB_PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def pullable(name: str, rules: PolicyOptions) -> str:
    """The name to ask the hub for; refuses (404) what is not in this lab's hub."""
    short = familiar(name)
    if short in rules.catalogue:
        return short
    if rules.online and not _elsewhere(short):
        return short
    if _elsewhere(short):
        raise Refusal(
            404,
            f"{shown(short)} is on another registry, and a lab sandbox reaches none. {_carries(rules)}.",
            "image:registry",
        )
    hint = "" if rules.online else "; or run the lab with --online"
    raise Refusal(404, f"{shown(short)} is not in this lab's hub. {_carries(rules)}{hint}.", "image:catalogue")


def ownable(reference: str, rules: PolicyOptions) -> str:
    """A reference that a learner may give to an image of their own; refuses (403) the names of the hub."""
    name, _ = split(reference)
    if familiar(name) in rules.catalogue:
        raise Refusal(
            403,
            f"{shown(name)} is an image of this lab's hub, and the next steps rely on it. "
            f"Give yours a name of its own, such as my-{familiar(name)}.",
            "image:shadow",
        )
    return reference


def _elsewhere(name: str) -> bool:
    first, slash, _ = name.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def _carries(rules: PolicyOptions) -> str:
    return f"The hub carries {', '.join(rules.catalogue)}"
