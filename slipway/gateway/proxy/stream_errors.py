"""The last word of a stream that has begun: why it ends, in the one form that its client prints.

A JSON message in a log is "Unrecognized input header: 123" to the docker client, and a line of zeros in `docker stats`.
Where no form is right nothing is said: what breaks off unterminated is a break to every client. Pure.
"""

from __future__ import annotations

import json

from slipway.gateway.journal.stream_sample import StreamSample

QUIET = "Nothing has happened here for a long while, so the lab has closed this call. Type the command again."
QUIET_LINE = (
    "Nothing has happened here for a long while, so the lab has closed this line. What runs goes on; "
    "docker logs or docker attach show more. If no prompt comes, Ctrl-C brings it."
)
_ERR = 2


def last_word(call: str, sample: StreamSample | None, message: str) -> bytes:
    """What may be added to an answer of `call` that breaks off; b"" when its client would not understand it."""
    match call:
        case "image.pull" | "image.build":
            return json.dumps({"errorDetail": {"message": message}, "error": message}).encode() + b"\n"
        case "container.logs" if sample:
            return spoken(sample, message)
        case "container.wait":
            # The engine's own way: the client prints what is no JSON where it waits for JSON.
            return message.encode()
    return b""


def spoken(sample: StreamSample, message: str) -> bytes:
    """The sentence in the stream that `sample` has followed: as a terminal shows it, or as a frame for standard error;
    b"" in the middle of a frame, which would swallow it."""
    if sample.tty:
        return f"\r\n{message}\r\n".encode()
    words = message.encode() + b"\n"
    return bytes([_ERR, 0, 0, 0]) + len(words).to_bytes(4, "big") + words if sample.between else b""
