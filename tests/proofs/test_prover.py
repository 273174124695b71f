"""What a proof types on a slow machine."""

from __future__ import annotations

import pytest

from slipway.proofs.prover import lengthen_timeouts


@pytest.mark.parametrize(
    ("commands", "lengthened"),
    [
        (
            "timeout -s KILL 6 docker run -t busybox sh\n^ hostname",
            "timeout -s KILL 60 docker run -t busybox sh\n^ hostname",
        ),
        (
            "docker run busybox; timeout -s INT 4 docker logs -f c",
            "docker run busybox; timeout -s INT 40 docker logs -f c",
        ),
        ("docker stop --timeout 6 quiet", "docker stop --timeout 6 quiet"),
    ],
)
def test_only_the_seconds_of_timeout_are_lengthened(commands: str, lengthened: str) -> None:
    assert lengthen_timeouts(commands) == lengthened
