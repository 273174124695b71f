"""JSON that two parsers could read differently is refused."""

from __future__ import annotations

import json

import pytest

from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.strict_json import loads


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "syntax"),
        (b"{} {}", "syntax"),
        (b"{}x", "syntax"),
        (b"{'a':1}", "syntax"),
        (b'{"a":1,}', "syntax"),
        (b'{"a":01}', "syntax"),
        (b'{"a":"\t"}', "syntax"),
        (b"// {}", "syntax"),
        (b'{"a":1,"a":2}', "duplicate"),
        (b'{"a":1,"A":2}', "duplicate"),
        (b'{"b":{"a":1,"\\u0061":null}}', "duplicate"),
        ('{"Hoſt":1}'.encode(), "key"),
        (b'{"\\u212a":1}', "key"),
        (b'{"\\u017f":1}', "key"),
        (b'{"a":NaN}', "number"),
        (b'{"a":Infinity}', "number"),
        (b'{"a":-Infinity}', "number"),
        (b'{"a":1e999}', "number"),
        (b'{"a":9223372036854775808}', "number"),
        (b'{"a":' + b"9" * 5000 + b"}", "number"),
        (b'{"a":"\xff"}', "utf-8"),
        (b'{"a":"\xc0\xaf"}', "utf-8"),
        (b'{"a":"\\ud800"}', "utf-8"),
        (b"\xef\xbb\xbf{}", "syntax"),
        ("{}".encode("utf-16"), "utf-8"),
        (b"[" * 33 + b"]" * 33, "depth"),
        (b"[" + b"0," * 5000 + b"0]", "count"),
        (b"{" + b",".join(b'"%x":[[]]' % number for number in range(2600)) + b"}", "count"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "depth"),
        (b"[" * 100_000, "depth"),
        (b"[" * 100_000 + b"]" * 100_000, "depth"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_ambiguous_json_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        loads(raw)
    assert refused.value.reason == f"json:{reason}"
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 32 + b"]" * 32,
        b'{"a":{"b":1},"c":{"b":2}}',
        b'{"a":9223372036854775807,"b":-9223372036854775807,"c":1.5}',
        '{"a":"ſ K é \\ud83d\\ude00"}'.encode(),
        b' {"a" : null } \n',
    ],
)
def test_valid_json_is_parsed_unchanged(raw: bytes) -> None:
    assert loads(raw) == json.loads(raw)


def test_escaped_key_is_decoded() -> None:
    assert loads(b'{"\\u0050rivileged":true}') == {"Privileged": True}


def test_text_of_escaped_quotes_takes_no_longer_than_another() -> None:
    """A regex that looked for texts took five minutes for this one, while every other client waited."""
    with pytest.raises(Refusal):
        loads(b'"' + b'\\"' * 120_000)
