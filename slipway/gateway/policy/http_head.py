"""Parses the head of one HTTP request strictly (section 2.11 of the policy).

h11 parses the grammar. What h11 tolerates and request smuggling could use (repeated or contradictory lengths, bare line
feeds, folded lines, unusual encodings) is refused on the raw bytes first. Knows nothing of sockets and routes. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.refusal import Refusal

HEAD_END = b"\r\n\r\n"
SINGLE_HEADERS = frozenset(
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
"""Headers that two readers could interpret differently if repeated."""

_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)|\x00")
_LENGTH_HEADER = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)
_CANONICAL_LENGTH = re.compile(rb"content-length:[ \t]*(0|[1-9][0-9]{0,14})[ \t]*\Z", re.IGNORECASE)
"""Checked on the raw line, because h11 accepts `19, 19` as one length."""
_HOST = re.compile(r"[A-Za-z0-9!$%&()*+,.:;=@_~'\[\]-]+\Z")
"""What Go's server accepts as a host: `localhost`, or an escaped socket path, as old clients send."""
_JSON = re.compile(r"application/json(; ?charset=\"?utf-8\"?)?\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """The head of a request: `target` as the client sent it (ASCII), and the few headers that matter."""

    method: str
    target: str
    content_type: str = ""
    upgrade: str = ""
    user_agent: str = ""
    accept: str = ""
    length: int | None = 0
    """Bytes of the body; None if it is chunked."""

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the Content-Type is JSON in the one form that the lab accepts."""
        return bool(_JSON.match(self.content_type))


def check_lines(raw: bytes | bytearray, start: int = 0) -> None:
    """Refuse (400) an incomplete head, from `start` on, as soon as a line is invalid. The line feed after a final
    carriage return may still arrive."""
    if _BARE_LINE_END.search(raw, start, len(raw) - raw.endswith(b"\r")):
        raise _bad_request("its lines don't end with CR LF", "http:line")


def check_raw(raw: bytes, limits: GatewayLimits) -> None:
    """Refuse (400, 431) a head, `raw` up to its empty line, that another reader could parse differently."""
    check_lines(raw)
    lines = raw.removesuffix(HEAD_END).split(b"\r\n")[1:]
    if len(lines) > limits.headers:
        raise Refusal(431, f"The lab takes at most {limits.headers} header lines.", "http:headers")
    if any(_LENGTH_HEADER.match(line) and not _CANONICAL_LENGTH.match(line) for line in lines):
        raise _bad_request("its length is not one number", "http:content-length")
    names = [line.partition(b":")[0].strip().lower() for line in lines]
    if any(line[:1] in (b" ", b"\t") for line in lines):
        raise _bad_request("a header is folded over two lines", "http:fold")
    for name in SINGLE_HEADERS:
        if names.count(name) > 1:
            raise _bad_request(f"the header {name.decode()} appears twice", f"http:{name.decode()}")


def parse_head(request: h11.Request) -> Head:
    """Return the head. Raises Refusal (4xx) for what section 2.11 does not allow."""
    headers = {name.decode("latin-1"): value.decode("latin-1").strip() for name, value in request.headers}
    _check_body_headers(headers)
    if not _HOST.match(headers.get("host", "")):
        raise _bad_request("its Host header is missing or invalid", "http:host")
    if not request.target.isascii() or request.http_version not in (b"1.0", b"1.1"):
        raise _bad_request("its first line is not plain HTTP/1.1", "http:target")
    if headers.get("expect", "100-continue").lower() != "100-continue":
        raise Refusal(417, "The lab supports only Expect: 100-continue.", "http:expect")
    return Head(
        method=request.method.decode("latin-1"),
        target=request.target.decode("ascii"),
        content_type=headers.get("content-type", ""),
        upgrade=headers.get("upgrade", ""),
        user_agent=_printable_or_empty(headers.get("user-agent", "")),
        accept=_printable_or_empty(headers.get("accept", "")),
        length=None if "transfer-encoding" in headers else int(headers.get("content-length", "0")),
    )


def _check_body_headers(headers: dict[str, str]) -> None:
    if "transfer-encoding" in headers and "content-length" in headers:
        raise _bad_request("it has both Content-Length and Transfer-Encoding", "http:length")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "The lab takes no compressed requests.", "http:content-encoding")
    media_type = headers.get("content-type", "").lower()
    if "x-www-form-urlencoded" in media_type or "multipart" in media_type:
        raise Refusal(
            415,
            "The lab takes no form bodies, because the engine would let them override the query. "
            "With curl, send JSON: -H 'Content-Type: application/json'.",
            "http:form",
        )


def _printable_or_empty(value: str) -> str:
    return value[:200] if value.isascii() and value.isprintable() else ""


def _bad_request(why: str, reason: str) -> Refusal:
    return Refusal(400, f"The lab can't take this request: {why}.", reason)
