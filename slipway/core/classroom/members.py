"""Who is in a class: people, their names as others may see them, and the codes that they read off a wall and type.

A learner's id is random and says nothing; the name is only for showing, and may repeat.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

INSTRUCTOR = "me"
"""The learner id of whoever holds the install's token: the only learner of a lab that is no class."""

SIGNS = "CDFGHJKMNPQRTWXY3479"
"""What codes are made of: no vowel (so no word), and no two signs that are taken for one another on a projector."""

LONGEST_NAME = 40
MARKS = 4
"""Accents that one letter may carry; more than this climb over the lines above."""
JOINERS = "\u200c\u200d"  # Persian and Indic names need them, and so do emoji of several parts


@dataclass(frozen=True)
class Person:
    """Somebody with a seat. `name` is "" where nobody asked for one."""

    learner: str
    name: str
    instructor: bool


@dataclass(frozen=True)
class Class:
    """A class, begun at `at`: the `code` that people type, and `key`, its long sister in links and QR codes."""

    number: int
    code: str
    key: str
    at: float


@dataclass(frozen=True)
class Member:
    """Somebody who joined a class at `at` (seconds since the epoch); `personal` is the code that brings them back."""

    learner: str
    name: str
    personal: str
    at: float


def tidy_name(given: str) -> str:
    """The name as it is kept: any script, no more than 40 characters, nothing that bends the text around it.

    Controls, line breaks and signs that turn the writing direction go; runs of blanks become one. "" when no letter,
    digit or sign that can be seen is left.
    """
    shown: list[str] = []
    for sign in unicodedata.normalize("NFC", given):
        kind = unicodedata.category(sign)
        if kind in ("Zs", "Zl", "Zp") or sign in "\t\r\n":
            shown.append(" ")
        elif kind[0] == "M" and _carries(shown) >= MARKS:
            continue
        elif kind[0] != "C" or sign in JOINERS:
            shown.append(sign)
    name = " ".join("".join(shown).split())[:LONGEST_NAME].strip(f" {JOINERS}")
    return name if any(unicodedata.category(sign)[0] in "LNSP" for sign in name) else ""


def tidy_code(given: str) -> str:
    """A code as it is compared: capital letters, without the blanks and dashes that people read aloud."""
    return "".join(sign for sign in given.upper() if sign not in " -–—._")


def spaced(code: str) -> str:
    """A code as it is shown: `KRT-7PH`, halves that can be remembered; "" for none."""
    if not code:
        return ""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _carries(shown: list[str]) -> int:
    count = 0
    for sign in reversed(shown):
        if unicodedata.category(sign)[0] != "M":
            break
        count += 1
    return count
