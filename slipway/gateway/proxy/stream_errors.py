"""The reason why a stream breaks off, in the form that its client prints.

To the docker client a JSON message in a log is "Unrecognized input header: 123", and in `docker stats` a line of zeros.
Where no form is right nothing is added: every client reports a stream without its end as an error. Pure.
"""

from __future__ import annotations

import json

from slipway.gateway.journal.stream_sample import StreamSample

IDLE_MESSAGE = "Nothing has happened here for a long while, so the lab has closed this call. Type the command again."
IDLE_TUNNEL_MESSAGE = (
    "Nothing has happened here for a long while, so the lab has closed this connection. The container keeps running; "
    "use docker logs or docker attach to see more. If there is no prompt, press Ctrl-C."
)
_STDERR = 2


def closing_message(call: str, sample: StreamSample | None, message: str) -> bytes:
    """Return what to add to the response of `call` that breaks off; b"" if its client would not understand it."""
    match call:
        case "image.pull" | "image.build":
            return json.dumps({"errorDetail": {"message": message}, "error": message}).encode() + b"\n"
        case "container.logs" if sample:
            return encode_for_stream(sample, message)
        case "container.wait":
            # As the engine does: the client prints text where it expects JSON.
            return message.encode()
    return b""


def encode_for_stream(sample: StreamSample, message: str) -> bytes:
    """Return the message as terminal text or as a standard error frame, as `sample`'s stream requires.

    Returns b"" in the middle of a frame, which would swallow the message.
    """
    if sample.tty:
        return f"\r\n{message}\r\n".encode()
    line = message.encode() + b"\n"
    return bytes([_STDERR, 0, 0, 0]) + len(line).to_bytes(4, "big") + line if sample.at_frame_boundary else b""
