"""The journal of a sandbox as raw lines: its engine container's standard output, from the very beginning and onwards.

Moves bytes and knows nothing of what they mean; that is wire.py's.
"""

from __future__ import annotations

from collections.abc import Iterator

import docker
from docker.errors import NotFound

from slipway.engine.sandboxes import Sandbox


def lines(client: docker.DockerClient, sandbox: Sandbox, follow: bool = True) -> Iterator[bytes]:
    """Each line, whole and without its end, as soon as it is there; ends with the container.

    Without `follow` it ends with what is there now.

    Blocks without a time limit (docker-py lifts its own for a followed log): a quiet sandbox is no fault. It also
    ends when the host's engine goes away; `Sandboxes.is_running` tells the difference.
    """
    try:
        chunks = client.api.logs(sandbox.engine, stdout=True, stderr=False, stream=True, follow=follow)
    except NotFound:
        return
    rest = b""
    try:
        for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
    finally:
        chunks.close()
        # docker-py ends the connection, and leaves open what reads from it; its stub does not know the response.
        chunks._response.close()  # type: ignore[attr-defined]
    if rest:
        yield rest
