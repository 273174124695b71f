"""Image references: which may be pulled, and which names are reserved for the lab's registry."""

from __future__ import annotations

import re

from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, printable

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_PART = r"[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"(?:{_PART}(?::[0-9]{{1,5}})?/)?{_PART}(?:/{_PART})*\Z")
_DOCKER_HUB_PREFIXES = ("docker.io/library/", "index.docker.io/library/", "library/", "docker.io/", "index.docker.io/")


def split_reference(reference: str) -> tuple[str, str]:
    """Return the name and the tag (or digest, or "") of a reference. Raises Refusal (400) if it is invalid."""
    named, at, digest = reference.partition("@")
    name, colon, tag = named.rpartition(":") if ":" in named.rpartition("/")[2] else (named, "", "")
    is_valid = (not colon or TAG.match(tag)) and (not at or DIGEST.match(digest))
    if len(reference) > 200 or not _NAME.match(name) or not is_valid:
        raise Refusal(400, f"invalid reference format: {printable(reference)} is not an image name.", "image:name")
    return name, digest or tag


def check_reference(text: str) -> str:
    """Return a reference to an image by any name or id. Raises Refusal (400) if it is invalid."""
    try:
        split_reference(text)
    except Refusal as refusal:
        raise Refusal(refusal.status, refusal.message) from None
    return text


def short_name(name: str) -> str:
    """Return the familiar name: `docker.io/library/redis` is `redis`."""
    for prefix in _DOCKER_HUB_PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def catalogue_name(name: str, options: PolicyOptions) -> str:
    """Return the short name of an image to pull. Raises Refusal (404) if the lab's registry does not have it."""
    short = short_name(name)
    if short in options.catalogue:
        return short
    if options.online and not _is_on_other_registry(short):
        return short
    if _is_on_other_registry(short):
        raise Refusal(
            404,
            f"{printable(short)} is on another registry, and a lab sandbox reaches none. {_catalogue_text(options)}.",
            "image:registry",
        )
    hint = "" if options.online else "; or run the lab with --online"
    message = f"{printable(short)} is not in this lab's hub. {_catalogue_text(options)}{hint}."
    raise Refusal(404, message, "image:catalogue")


def check_own_name(reference: str, options: PolicyOptions) -> str:
    """Return a reference for a learner's own image. Raises Refusal (403) for a name of the lab's registry."""
    name, _ = split_reference(reference)
    if short_name(name) in options.catalogue:
        raise Refusal(
            403,
            f"{printable(name)} is an image of this lab's hub, and the next steps rely on it. "
            f"Give yours a name of its own, such as my-{short_name(name)}.",
            "image:shadow",
        )
    return reference


def _is_on_other_registry(name: str) -> bool:
    first, slash, _ = name.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def _catalogue_text(options: PolicyOptions) -> str:
    return f"The hub carries {', '.join(options.catalogue)}"
