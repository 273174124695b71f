"""Validators shared by queries and bodies. Each returns the canonical value or raises Refusal."""

from __future__ import annotations

import re

from slipway.gateway.policy import messages
from slipway.gateway.policy.refusal import Refusal, printable

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
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*\Z")
_KERNEL_DIRECTORIES = ("/proc", "/sys", "/dev")


def new_name(text: str) -> str:
    """Check a name for a new container."""
    if not NEW_NAME.match(text):
        raise Refusal(
            400,
            f"{printable(text)} can't be a name. "
            "Use 2 to 64 letters, digits, _ . and -, beginning with a letter or digit.",
        )
    return text


def signal(text: str) -> str:
    """Check a signal's name (`TERM`, `SIGTERM`) or number."""
    if text.isascii() and text.isdigit() and int(text[:4]) in _SIGNAL_NUMBERS and len(text) <= 2:
        return text
    if _SIGNAL.match(text):
        return text
    raise Refusal(400, f"Invalid signal: {printable(text)}.")


def port(text: str) -> str:
    """Check a container's port, such as `80/tcp`; the client sends a range as single ports."""
    match = _PORT.match(text)
    if not match or int(match[1]) > 65535:
        raise Refusal(400, f"{printable(text)} is not a port such as 80/tcp.")
    return text


def absolute_path(path: str) -> str:
    """Check a path inside a container: absolute, and not in a directory of the kernel."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or ".." in parts or len(path) > 1024 or not PRINTABLE.match(path):
        raise Refusal(400, f"{printable(path)} must be an absolute path without '..', such as /data.")
    if parts and f"/{parts[0]}" in _KERNEL_DIRECTORIES:
        raise Refusal(
            403,
            f"{printable(path)} belongs to the kernel, which all the containers here share; "
            "the lab keeps it closed. Use a directory such as /data.",
        )
    return path


def mountpoint(path: str) -> str:
    """Check a path where a volume may be mounted: any that `absolute_path` accepts except /."""
    if not absolute_path(path).strip("/."):
        raise Refusal(400, "A volume can't cover / itself. Mount it on a directory such as /data.")
    return path


def label(name: str) -> str:
    """Check a label's name: the lab's own are reserved."""
    if name.startswith(("lab.", "slipway.")):
        message = f"Labels that begin with lab. or slipway. are the lab's own; name {printable(name)} otherwise."
        raise Refusal(403, message)
    return name


def parse_size(text: str) -> int:
    """Return the bytes of a size such as `64m`, `1g` or `4096`."""
    match = re.fullmatch(r"([0-9]{1,15})([bkmg]?)b?", text.lower())
    if not match or not text.isascii():
        raise Refusal(400, f"{printable(text)} is not a size such as 512k or 1m.")
    return int(match[1]) << 10 * "bkmg".index(match[2] or "b")


def network(name: str) -> str:
    """Check a network for a container: none, default, or one by name (its driver is checked later)."""
    if name.casefold() == "host":
        raise Refusal(403, messages.HOST_NETWORK)
    if name.startswith("container:"):
        raise Refusal(
            403,
            "Sharing another container's network is closed in this lab. "
            "Put both on a network of your own: docker network create mine, then --network mine.",
        )
    if not CONTAINER.match(name):
        raise Refusal(400, f"{printable(name)} can't be the name of a network.")
    return name
