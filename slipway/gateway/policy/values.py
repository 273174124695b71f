"""The small kinds of text and numbers that queries and bodies share. Each returns the canonical value or refuses."""

from __future__ import annotations

import re

from slipway.gateway.policy import messages
from slipway.gateway.policy.refusal import Refusal, shown

CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}\Z")
NEW_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}\Z")
VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}\Z")
_PORT = re.compile(r"([1-9][0-9]{0,4})(?:/(?:tcp|udp))?\Z")
_SIGNAL = re.compile(
    r"(SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD|CLD|CONT|STOP|TSTP"
    r"|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS|RTMIN|RTMAX|RTMIN\+[0-9]{1,2}|RTMAX-[0-9]{1,2})\Z",
    re.IGNORECASE | re.ASCII,
)
_SIGNAL_NUMBERS = range(1, 65)
PLAIN = re.compile(r"[^\x00-\x1f\x7f]*\Z")
_KERNEL = ("/proc", "/sys", "/dev")


def new_name(text: str) -> str:
    """A name for a new container."""
    if not NEW_NAME.match(text):
        raise Refusal(
            400,
            f"{shown(text)} can't be a name. Use 2 to 64 letters, digits, _ . and -, beginning with a letter or digit.",
        )
    return text


def signal(text: str) -> str:
    """A signal's name (`TERM`, `SIGTERM`) or number, as the client wrote it."""
    if text.isascii() and text.isdigit() and int(text[:4]) in _SIGNAL_NUMBERS and len(text) <= 2:
        return text
    if _SIGNAL.match(text):
        return text
    raise Refusal(400, f"Invalid signal: {shown(text)}.")


def port(text: str) -> str:
    """A container's port, such as `80/tcp`: one, because the client spells a range out."""
    match = _PORT.match(text)
    if not match or int(match[1]) > 65535:
        raise Refusal(400, f"{shown(text)} is not a port such as 80/tcp.")
    return text


def absolute(path: str) -> str:
    """A path inside a container where work may be done: absolute, and not among the kernel's own files."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or ".." in parts or len(path) > 1024 or not PLAIN.match(path):
        raise Refusal(400, f"{shown(path)} must be an absolute path without '..', such as /data.")
    if parts and f"/{parts[0]}" in _KERNEL:
        raise Refusal(
            403,
            f"{shown(path)} belongs to the kernel, which all the containers here share; "
            "the lab keeps it closed. Use a directory such as /data.",
        )
    return path


def mountpoint(path: str) -> str:
    """An absolute path that a volume may cover: anything that `absolute` takes but / itself."""
    if not absolute(path).strip("/."):
        raise Refusal(400, "A volume can't cover / itself. Mount it on a directory such as /data.")
    return path


def label(name: str) -> str:
    """A label's name that is a learner's to give."""
    if name.startswith(("lab.", "slipway.")):
        raise Refusal(403, f"Labels that begin with lab. or slipway. are the lab's own; name {shown(name)} otherwise.")
    return name


def size(text: str) -> int:
    """Bytes of a size such as `64m`, `1g` or `4096`."""
    match = re.fullmatch(r"([0-9]{1,15})([bkmg]?)b?", text.lower())
    if not match or not text.isascii():
        raise Refusal(400, f"{shown(text)} is not a size such as 512k or 1m.")
    return int(match[1]) << 10 * "bkmg".index(match[2] or "b")


def network(name: str) -> str:
    """A network that a container may join: none, the default one, or one by name (whose driver is checked later)."""
    if name.casefold() == "host":
        raise Refusal(403, messages.HOST_NETWORK)
    if name.startswith("container:"):
        raise Refusal(
            403,
            "Sharing another container's network is closed in this lab. "
            "Put both on a network of your own: docker network create mine, then --network mine.",
        )
    if not CONTAINER.match(name):
        raise Refusal(400, f"{shown(name)} can't be the name of a network.")
    return name
