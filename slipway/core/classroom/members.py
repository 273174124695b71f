"""The members of a class: people, their display names, and the codes that they read from a projector and type.

A learner's id is random and meaningless; the name is only for display, and may repeat.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

INSTRUCTOR = "me"
"""The learner id of the person who has the installation's token: the only learner of a lab without a class."""

CODE_ALPHABET = "CDFGHJKMNPQRTWXY3479"
"""The characters of codes: no vowels (so no words), and no two characters that look alike on a projector."""

MAX_NAME_LENGTH = 40
MAX_COMBINING_MARKS = 4
"""Combining marks on one letter; more than this would cover the lines above."""
JOINERS = "\u200c\u200d"  # needed by Persian and Indic names, and by emoji of several parts


@dataclass(frozen=True)
class Person:
    """A person with a session. `name` is "" if none was asked for."""

    learner: str
    name: str
    instructor: bool


@dataclass(frozen=True)
class Class:
    """A class, begun at `at`: the `code` is typed, the longer `key` is for links and QR codes."""

    number: int
    code: str
    key: str
    at: float


@dataclass(frozen=True)
class Member:
    """A learner who joined a class at `at` (seconds since the epoch); `personal_code` lets them come back."""

    learner: str
    name: str
    personal_code: str
    at: float


def normalize_name(text: str) -> str:
    """Return the name as it is stored: any script, at most 40 characters, harmless to the text around it.

    Control characters, line breaks and direction overrides are removed; runs of white space become one space. Return
    "" if no visible character is left.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in ("Zs", "Zl", "Zp") or char in "\t\r\n":
            kept.append(" ")
        elif category[0] == "M" and _trailing_marks(kept) >= MAX_COMBINING_MARKS:
            continue
        elif category[0] != "C" or char in JOINERS:
            kept.append(char)
    name = " ".join("".join(kept).split())[:MAX_NAME_LENGTH].strip(f" {JOINERS}")
    return name if any(unicodedata.category(char)[0] in "LNSP" for char in name) else ""


def normalize_code(text: str) -> str:
    """Return a typed code as it is compared: upper case, without spaces, dashes, dots and underscores."""
    return "".join(char for char in text.upper() if char not in " -–—._")


def format_code(code: str) -> str:
    """Return a code as it is displayed, in two halves: `KRT-7PH`; "" for no code."""
    if not code:
        return ""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _trailing_marks(chars: list[str]) -> int:
    count = 0
    for char in reversed(chars):
        if unicodedata.category(char)[0] != "M":
            break
        count += 1
    return count
