"""Whether a lab answers at its address: asks it, as a browser would. Knows nothing of what the answer means."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

PATIENCE = 5.0

Answer: TypeAlias = Literal["lab", "stranger", "silence", "nobody"]
"""A lab; something else that listens there; a program that takes the call and says nothing; nobody listens."""


def ask(address: str) -> Answer:
    """Who answers at `http://host:port/`."""
    where = urlsplit(address)
    if not where.hostname:
        return "nobody"
    connection = HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return _who(connection.getresponse().read(10_000))
    except TimeoutError:
        return "silence"
    except HTTPException:
        return "stranger"
    except OSError:
        return "nobody"
    finally:
        connection.close()


def _who(said: bytes) -> Answer:
    try:
        status = json.loads(said)["status"]
    except (ValueError, LookupError, TypeError):
        return "stranger"
    return "lab" if status == "ok" else "stranger"
