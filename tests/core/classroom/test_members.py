"""Names in any script that are harmless to the text around them, and codes that people read from a projector."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slipway.core.classroom.members import (
    CODE_ALPHABET,
    MAX_COMBINING_MARKS,
    MAX_NAME_LENGTH,
    format_code,
    normalize_code,
    normalize_name,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("ليلى", "ليلى"),
        ("ליאת", "ליאת"),
        ("王小明", "王小明"),
        ("नीलिमा", "नीलिमा"),
        ("پری\u200cناز", "پری\u200cناز"),
        ("👩\u200d💻 Grace", "👩\u200d💻 Grace"),
        ("O'Brien <b>", "O'Brien <b>"),
        ("line\nbreak\ttab", "line break tab"),
        ("\u202eevil\u202c", "evil"),
        ("\u2067right\u2069", "right"),
        ("bell\x07", "bell"),
        ("h" + "\u0301" * 30, "h" + "\u0301" * MAX_COMBINING_MARKS),
        ("\ud800half", "half"),
        ("", ""),
        ("   ", ""),
        ("\u200d\u200c", ""),
        ("\u0301", ""),
        ("x" * 100, "x" * MAX_NAME_LENGTH),
    ],
)
def test_normalize_name(typed: str, stored: str) -> None:
    assert normalize_name(typed) == stored


@given(st.text(max_size=200))
@example("\u202e" * 50 + "a")
@example("a" * 39 + "\u200d" * 4)
def test_normalized_name_cannot_affect_the_text_around_it(typed: str) -> None:
    name = normalize_name(typed)
    assert len(name) <= MAX_NAME_LENGTH
    assert name == name.strip()
    assert all(char.isprintable() or char in "\u200c\u200d" for char in name)
    assert not any(
        unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for char in name
    )


@given(st.text(max_size=60))
def test_normalize_name_is_idempotent(typed: str) -> None:
    assert normalize_name(normalize_name(typed)) == normalize_name(typed)


@pytest.mark.parametrize("typed", ["KRT-7PH", "krt7ph", " krt 7ph ", "k-r-t–7ph", "KRT_7.PH"])
def test_code_is_recognized_however_it_is_typed(typed: str) -> None:
    assert normalize_code(typed) == "KRT7PH"
    assert normalize_code(format_code("KRT7PH")) == "KRT7PH"


def test_format_code() -> None:
    assert (format_code("KRT7PH"), format_code("")) == ("KRT-7PH", "")


def test_no_two_characters_of_codes_look_alike() -> None:
    assert len(set(CODE_ALPHABET)) == len(CODE_ALPHABET) >= 20
    for group in ("O0QD"[:3], "1IL", "5S", "2Z", "8B", "6G"[:1], "UV", "AEIOU"):
        assert sum(char in CODE_ALPHABET for char in group) <= 1, group
