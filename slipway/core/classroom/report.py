"""What a room, or one learner, did: deeds folded into a line for each step, for reading afterwards.

Pure. Knows deeds, and neither names nor titles; slipway/web/http/step_titles.py puts those in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slipway.core.classroom.activity import Activity


@dataclass
class ReportRow:
    """One learner at one step. `began` is when they came to it, in seconds since the epoch."""

    learner: str
    lesson: str
    step: str
    began: float
    deeds: list[Activity] = field(default_factory=list)

    @property
    def passed_at(self) -> float | None:
        """When it passed for the first time; None while it has not."""
        return next((one.at for one in self.deeds if one.kind == "passed"), None)

    @property
    def state(self) -> str:
        """passed | skipped | begun"""
        kinds = {one.kind for one in self.deeds}
        return next((kind for kind in ("passed", "skipped") if kind in kinds), "begun")

    @property
    def seconds(self) -> float | None:
        """From coming to it until it passed, breaks included; None while it has not."""
        return None if self.passed_at is None else max(0.0, self.passed_at - self.began)

    def texts(self, kind: str) -> list[str]:
        """The texts of the deeds of one kind, in their order."""
        return [one.text for one in self.deeds if one.kind == kind]

    def count(self, kind: str) -> int:
        """How many deeds of one kind there are."""
        return len(self.texts(kind))


def lines(deeds: Iterable[Activity]) -> list[ReportRow]:
    """A line for each learner and step that anything was done at, in the order in which they came to them.

    Whoever passes a step is at the next one from that moment on, unless they open the lesson again for it. What looked
    like a mistake while the right command was under way is left out.
    """
    found: dict[tuple[str, str, str], ReportRow] = {}
    came: dict[tuple[str, str], float] = {}
    for deed in deeds:
        if not deed.step:
            continue
        key, here = (deed.learner, deed.lesson, deed.step), (deed.learner, deed.lesson)
        arrives = deed.kind in ("opened", "turned")
        if key not in found:
            found[key] = ReportRow(*key, began=deed.at if arrives else min(deed.at, came.get(here, deed.at)))
        found[key].deeds.append(deed)
        if arrives or deed.kind == "passed":
            came[here] = deed.at
    for line in found.values():
        line.deeds = [one for one in line.deeds if not _under_way(one, line)]
    return list(found.values())


def _under_way(deed: Activity, line: ReportRow) -> bool:
    """Whether this mistake was none: `docker create` pulls an image first, which is half of what the step asks for. The
    step has passed after it, and nothing was typed in between."""
    passed = next((one.at for one in line.deeds if one.kind == "passed" and one.at >= deed.at), None)
    if deed.kind != "mistake" or passed is None:
        return False
    return not any(one.kind == "command" and deed.at < one.at <= passed for one in line.deeds)
