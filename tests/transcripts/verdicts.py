"""Compares the verdict of a transcript with the expected one."""

from __future__ import annotations

from slipway.core.lessons.checks import PASSED
from tests.transcripts import Transcript


def verdict_error(transcript: Transcript, verdict: str, why: str) -> str:
    """Return what is wrong with the verdict, "" for nothing."""
    if transcript.right:
        return "" if verdict == PASSED else f"a right transcript did not pass: {why}"
    if verdict == PASSED:
        return "a wrong transcript passed"
    return "" if transcript.word in why else f"{transcript.word!r} is missing: {why}"
