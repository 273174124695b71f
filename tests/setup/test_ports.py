"""A port that the lab can't use is detected first, and the hint names a free one."""

from __future__ import annotations

import re
import socket

import pytest

from slipway.setup import ports
from slipway.setup.console import StageFailed


def test_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    ports.check("127.0.0.1", free)


def test_port_in_use_is_named_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(StageFailed) as caught:
            ports.check("127.0.0.1", taken)
    assert str(taken) in caught.value.message
    assert "another program listens there" in caught.value.message
    offered = re.search(r"--port (\d+)", caught.value.hint)
    assert offered
    ports.check("127.0.0.1", int(offered.group(1)))


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StageFailed, match="no such address"):
        ports.check("192.0.2.77", 8000)


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_invalid_port_is_refused(port: int) -> None:
    with pytest.raises(StageFailed, match=f"{port} is not a port: ports go from 1 to 65535") as caught:
        ports.check("127.0.0.1", port)
    assert caught.value.hint == "Try: ./lab up --port 8000"


def test_free_port_below_the_last_one_is_found() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(StageFailed) as caught:
        ports.check("127.0.0.1", 65535)
    offered = re.fullmatch(r"Try: \./lab up --port (\d+)", caught.value.hint)
    assert offered
    ports.check("127.0.0.1", int(offered.group(1)))


def test_port_taken_during_set_up_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with (
            pytest.raises(StageFailed, match=f"port {taken}: another program"),
            ports.explain_bind_errors("127.0.0.1", taken),
        ):
            raise OSError(98, "Address already in use")
    with pytest.raises(OSError, match="of another kind"), ports.explain_bind_errors("127.0.0.1", taken):
        raise OSError("of another kind")
