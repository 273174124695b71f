"""Probes the address of a lab over HTTP, as a browser would. Does not judge the result."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

TIMEOUT = 5.0

ProbeResult: TypeAlias = Literal["lab", "other", "timeout", "closed"]
"""A lab answered; another program answered; the connection timed out; nothing listens there."""


def probe(address: str) -> ProbeResult:
    """Probe `http://host:port/`."""
    url = urlsplit(address)
    if not url.hostname:
        return "closed"
    connection = HTTPConnection(url.hostname, url.port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        return _identify(connection.getresponse().read(10_000))
    except TimeoutError:
        return "timeout"
    except HTTPException:
        return "other"
    except OSError:
        return "closed"
    finally:
        connection.close()


def _identify(body: bytes) -> ProbeResult:
    try:
        status = json.loads(body)["status"]
    except (ValueError, LookupError, TypeError):
        return "other"
    return "lab" if status == "ok" else "other"
