"""The journal: one line per record, whatever names a learner chooses, and never more than 8 KiB."""

from __future__ import annotations

import json

from slipway.gateway.journal.journal import MAX_LINE, Journal, fit_record


def test_record_is_one_line_whatever_its_content() -> None:
    lines: list[str] = []
    Journal(lines.append, clock=lambda: 1.5).write("call", name="a\nb\u2028c\x00")
    assert lines[0].count("\n") == 1
    assert json.loads(lines[0]) == {"kind": "call", "t": 1.5, "name": "a\nb\u2028c\x00"}


def test_huge_record_is_shortened_but_keeps_its_ids() -> None:
    record = {"kind": "call", "id": "f" * 64, "params": {"body": {"Cmd": ["é" * 9000] * 400}}}
    text = fit_record(record)
    assert len(text) <= MAX_LINE
    assert json.loads(text)["id"] == "f" * 64
    assert json.loads(text)["shortened"]


def test_record_that_stays_too_long_keeps_plain_values_and_is_marked() -> None:
    text = fit_record({"kind": "call", "much": {str(n): {str(m): "x" * 80 for m in range(24)} for n in range(24)}})
    assert json.loads(text) == {"kind": "call", "shortened": True}


def test_complete_record_is_not_marked_as_shortened() -> None:
    assert "shortened" not in fit_record({"kind": "call", "id": "f" * 64})


def test_call_ids_are_unique() -> None:
    journal = Journal(lambda text: None)
    assert journal.next_call_id() != journal.next_call_id()
