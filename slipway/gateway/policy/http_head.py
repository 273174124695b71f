"""The head of one HTTP request, read strictly (docs: section 2.11 of the policy).

h11 reads the grammar; what h11 tolerates and a smuggler could use (doubled or contradicting lengths, bare line
feeds, folded lines, odd encodings) is refused on the raw bytes first. No sockets here, and no knowledge of routes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal

END = b"\r\n\r\n"
SINGLE = frozenset(
    {
        b"content-length",
        b"transfer-encoding",
        b"content-type",
        b"content-encoding",
        b"host",
        b"upgrade",
        b"connection",
        b"expect",
    }
)
"""Headers that two readers could weigh differently if they came twice."""

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)|\x00")
_LENGTHS = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)
_ONE_LENGTH = re.compile(rb"content-length:[ \t]*(0|[1-9][0-9]{0,14})[ \t]*\Z", re.IGNORECASE)
"""On the raw line, because h11 makes one length of `19, 19`."""
_HOST = re.compile(r"[A-Za-z0-9!$%&()*+,.:;=@_~'\[\]-]+\Z")
"""What Go's server takes for a host: `localhost`, or a socket's path with its slashes escaped, as old clients do."""
_JSON = re.compile(r"application/json(; ?charset=\"?utf-8\"?)?\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """A request's head that passed: `target` as the client wrote it (ASCII), the few headers that count."""

    method: str
    target: str
    version: str = "1.1"
    content_type: str = ""
    upgrade: str = ""
    user_agent: str = ""
    accept: str = ""
    length: int | None = 0
    """Bytes of the body that the client announced; None when it comes in chunks."""
    continues: bool = False

    @property
    def kind(self) -> str:
        """What the body is declared as, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def json(self) -> bool:
        """Whether the body is declared as JSON in the one way that the lab takes."""
        return bool(_JSON.match(self.content_type))


def check_lines(raw: bytes | bytearray, start: int = 0) -> None:
    """Refuse (400) what has come of a head, from `start` on, as soon as its lines can't be right. A carriage return at
    the very end may still get its line feed."""
    if _BARE.search(raw, start, len(raw) - raw.endswith(b"\r")):
        raise _bad("its lines don't end as HTTP says", "http:line")


def check_raw(raw: bytes, limits: GatewayLimits) -> None:
    """Refuse (400, 431) a head, `raw` up to its empty line, that another reader could understand differently."""
    check_lines(raw)
    lines = raw.removesuffix(END).split(b"\r\n")[1:]
    if len(lines) > limits.headers:
        raise Refusal(431, f"The lab takes at most {limits.headers} header lines.", "http:headers")
    if any(_LENGTHS.match(line) and not _ONE_LENGTH.match(line) for line in lines):
        raise _bad("its length is not one number", "http:content-length")
    names = [line.partition(b":")[0].strip().lower() for line in lines]
    if any(line[:1] in (b" ", b"\t") for line in lines):
        raise _bad("a header is folded over two lines", "http:fold")
    for name in SINGLE:
        if names.count(name) > 1:
            raise _bad(f"the header {name.decode()} stands in it twice", f"http:{name.decode()}")


def head_of(request: h11.Request) -> Head:
    """The head as a value; refuses (4xx) whatever section 2.11 does not allow."""
    headers = {name.decode("latin-1"): value.decode("latin-1").strip() for name, value in request.headers}
    _check_body_headers(headers)
    if not _HOST.match(headers.get("host", "")):
        raise _bad("its Host header names no host", "http:host")
    if not request.target.isascii() or request.http_version not in (b"1.0", b"1.1"):
        raise _bad("its first line is not plain HTTP/1.1", "http:target")
    if headers.get("expect", "100-continue").lower() != "100-continue":
        raise Refusal(417, "The lab knows no such expectation.", "http:expect")
    return Head(
        method=request.method.decode("latin-1"),
        target=request.target.decode("ascii"),
        version=request.http_version.decode("ascii"),
        content_type=headers.get("content-type", ""),
        upgrade=headers.get("upgrade", ""),
        user_agent=_plain(headers.get("user-agent", "")),
        accept=_plain(headers.get("accept", "")),
        length=None if "transfer-encoding" in headers else int(headers.get("content-length", "0")),
        continues="expect" in headers,
    )


def _check_body_headers(headers: dict[str, str]) -> None:
    if "transfer-encoding" in headers and "content-length" in headers:
        raise _bad("it gives its length in two ways", "http:length")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "The lab takes no compressed requests.", "http:content-encoding")
    kind = headers.get("content-type", "").lower()
    if "x-www-form-urlencoded" in kind or "multipart" in kind:
        raise Refusal(
            415,
            "The lab takes no form bodies, because the engine would let them override the query. "
            "With curl, send JSON: -H 'Content-Type: application/json'.",
            "http:form",
        )


def _plain(value: str) -> str:
    return value[:200] if value.isascii() and value.isprintable() else ""


def _bad(why: str, reason: str) -> Refusal:
    return Refusal(400, f"The lab can't take this request: {why}.", reason)
