"""Names of any script, shown as text that bends nothing around it; and codes that people read off a wall."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slipway.core.classroom.members import LONGEST_NAME, MARKS, SIGNS, spaced, tidy_code, tidy_name


@pytest.mark.parametrize(
    ("typed", "kept"),
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
        ("h" + "\u0301" * 30, "h" + "\u0301" * MARKS),
        ("\ud800half", "half"),
        ("", ""),
        ("   ", ""),
        ("\u200d\u200c", ""),
        ("\u0301", ""),
        ("x" * 100, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_kept_as_it_can_be_shown(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept


@given(st.text(max_size=200))
@example("\u202e" * 50 + "a")
@example("a" * 39 + "\u200d" * 4)
def test_no_name_can_bend_the_text_around_it(typed: str) -> None:
    name = tidy_name(typed)
    assert len(name) <= LONGEST_NAME
    assert name == name.strip()
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in name)
    assert not any(
        unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for sign in name
    )


@given(st.text(max_size=60))
def test_a_name_that_was_kept_is_kept_as_it_is(typed: str) -> None:
    assert tidy_name(tidy_name(typed)) == tidy_name(typed)


@pytest.mark.parametrize("typed", ["KRT-7PH", "krt7ph", " krt 7ph ", "k-r-t–7ph", "KRT_7.PH"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert tidy_code(typed) == "KRT7PH"
    assert tidy_code(spaced("KRT7PH")) == "KRT7PH"


def test_who_has_no_code_is_shown_none() -> None:
    assert (spaced("KRT7PH"), spaced("")) == ("KRT-7PH", "")


def test_no_two_signs_of_a_code_are_taken_for_one_another() -> None:
    assert len(set(SIGNS)) == len(SIGNS) >= 20
    for group in ("O0QD"[:3], "1IL", "5S", "2Z", "8B", "6G"[:1], "UV", "AEIOU"):
        assert sum(sign in SIGNS for sign in group) <= 1, group
