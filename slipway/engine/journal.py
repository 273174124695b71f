"""The journal of a sandbox as raw lines: the standard output of its engine container, from the beginning and onwards.

Knows nothing of what the lines mean: journal_parser.py does.
"""

from __future__ import annotations

from collections.abc import Iterator

import docker
from docker.errors import NotFound

from slipway.engine.sandboxes import Sandbox


def read_lines(client: docker.DockerClient, sandbox: Sandbox, follow: bool = True) -> Iterator[bytes]:
    """Yield each whole line, without its newline, as soon as it is there, until the container ends.

    Without `follow`, stop after what is there now. With it, block without a time limit (docker-py lifts its own for a
    followed log), because a sandbox may be quiet. Also stops when the host's engine goes away; `Sandboxes.is_running`
    tells the difference.
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
        # docker-py closes the connection, but not the response that reads from it, which its stub does not know.
        chunks._response.close()  # type: ignore[attr-defined]
    if rest:
        yield rest
