"""The payloads of the `story` and `step` messages to a page, as plain JSON values (docs/architecture.md).

A live session and a recording use the same ones, so that a page cannot tell the two apart.
"""

from __future__ import annotations

from typing import Any

from slipway.core import event_codec
from slipway.core.lessons.checks import Verdict
from slipway.core.messages import PublishEvent, PublishStep
from slipway.core.snapshot import encode


def story_payload(effect: PublishEvent) -> dict[str, Any]:
    """Return an event, its number, and the world after it."""
    return {"seq": effect.seq, "event": event_codec.encode(effect.event), "world": encode(effect.world)}


def step_payload(effect: PublishStep) -> dict[str, Any]:
    """Return the status of a step."""
    status = {"lesson": effect.lesson, "step": effect.step, "current": effect.current, "offer": effect.offer_hint}
    return status | verdict_payload(effect.verdict)


def verdict_payload(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict with its evidence."""
    evidence = [{"at": match.at, "text": match.text} for match in verdict.evidence]
    return {"verdict": verdict.value, "evidence": evidence, "why": verdict.why}
