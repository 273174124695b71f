"""What a page is told, as plain JSON values: the payloads of `story` and `step` (docs/architecture.md).

The same for a seat that lives and for a recording of one, so that no page can tell the two apart.
"""

from __future__ import annotations

from typing import Any

from slipway.core import event_codec
from slipway.core.lessons.checks import Verdict
from slipway.core.messages import Show, Tell
from slipway.core.snapshot import encode


def story(seen: Show) -> dict[str, Any]:
    """An event, and the world after it."""
    return {"seq": seen.seq, "event": event_codec.encode(seen.event), "world": encode(seen.world)}


def step(told: Tell) -> dict[str, Any]:
    """Where a step stands."""
    return {"lesson": told.lesson, "step": told.step, "current": told.current, "offer": told.offer} | in_words(
        told.verdict
    )


def in_words(verdict: Verdict) -> dict[str, Any]:
    """A verdict in the page's language."""
    evidence = [{"at": one.at, "text": one.text} for one in verdict.evidence]
    return {"verdict": verdict.value, "evidence": evidence, "why": verdict.why}
