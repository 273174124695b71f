"""Why an online pull failed, also that of a build, in a sentence: the engine's own words are those of Go's library.

The patterns are what dockerd 26.1 answers. Pure: JSON in, JSON out.
"""

from __future__ import annotations

import json
import re
from typing import Any

COURSE_WORKS = "The course's own images need no internet."
SENTENCES = (
    (
        r"proxyconnect",
        "The proxy of the lab's machine does not pass this on. Whoever runs the lab: see ./lab doctor.",
    ),
    (
        r"x509:|certificate",
        "Something between the lab and Docker Hub shows a certificate that the lab does not know, as company proxies "
        "do. Whoever runs the lab: put its root certificate where this machine keeps its own, and see ./lab doctor.",
    ),
    (
        r"dial tcp: lookup",
        "The lab's machine could not look this name up: it has no internet, or its name server does not answer. "
        "Whoever runs the lab: see ./lab doctor.",
    ),
    (
        r"toomanyrequests",
        "Docker Hub counts the pulls of everybody behind this network's address, and there were too many. Try again "
        "in an hour or more.",
    ),
    (
        r"dial tcp|\"https://.*([Tt]imeout|deadline exceeded|connection reset|EOF)",
        "Docker Hub does not answer from here. Whoever runs the lab: see ./lab doctor.",
    ),
)


_FAILED_STEP = "The command"
"""How the engine begins to say that a step of a build failed; what follows is the learner's own text."""


def explain(message: str) -> str:
    """Return the engine's message, with a sentence added if it is about the way to Docker Hub."""
    if message.startswith(_FAILED_STEP):
        return message
    sentence = next((text for pattern, text in SENTENCES if re.search(pattern, message)), "")
    return f"{message}\n{sentence} {COURSE_WORKS}" if sentence else message


def explain_answer(body: bytes) -> bytes:
    """Return the answer to a pull that the engine refused, explained."""
    answer = _parse(body)
    if not isinstance(answer.get("message"), str):
        return body
    return json.dumps(answer | {"message": explain(answer["message"])}).encode()


def explain_line(chunk: bytes) -> bytes:
    """Return a part of the answer to a pull; explained if it is a whole line that reports an error."""
    line = _parse(chunk) if b'"error"' in chunk else {}
    if not isinstance(line.get("error"), str):
        return chunk
    message = explain(line["error"])
    return json.dumps(line | {"errorDetail": {"message": message}, "error": message}).encode() + b"\r\n"


def _parse(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
