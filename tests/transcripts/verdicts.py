"""What is wrong with how a way was judged."""

from __future__ import annotations

from slipway.core.lessons.checks import PASSED
from tests.transcripts import Transcript


def wrong_with(transcript: Transcript, verdict: str, why: str) -> str:
    """What is wrong with how a way was judged, "" for nothing."""
    if transcript.right:
        return "" if verdict == PASSED else f"a right way that did not pass: {why}"
    if verdict == PASSED:
        return "a wrong way that passed"
    return "" if transcript.word in why else f"no word of {transcript.word!r}: {why}"
