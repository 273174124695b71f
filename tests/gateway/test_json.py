"""JSON that two readers could read differently does not pass."""

from __future__ import annotations

import pytest

from slipway.gateway.json_strict import loads
from slipway.gateway.refusal import Refusal


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{} {}",
        b'{"a":1,"a":2}',
        b'{"a":1,"A":2}',
        '{"Hoſt":1}'.encode(),
        b'{"\\u212a":1}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":99999999999999999999999}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"[" * 33 + b"]" * 33,
    ],
)
def test_doubtful_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        loads(raw)


def test_an_escaped_key_is_read_as_what_it_says() -> None:
    assert loads(b'{"\\u0050rivileged":true}') == {"Privileged": True}
