"""Reports: what the room did, for the instructor, and what one learner did, for themselves. As pages, JSON and CSV.

The pages hold nothing; what they show comes over the API. Knows deeds and people as they are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from typing import Any, Protocol

from flask import Blueprint, Response, render_template

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.members import format_code
from slipway.core.classroom.report import ReportRow, report_rows
from slipway.core.lessons.lesson import Lesson
from slipway.web.http import csv_export
from slipway.web.http.step_titles import StepTitles
from slipway.web.security import bearer
from slipway.web.security.auth import Authenticator, Person


class ActivitySource(Protocol):
    """Where deeds are kept (slipway/store/class_store.py)."""

    def activities(self, learner: str | None = None, since: float = 0.0) -> Sequence[Activity]: ...


class ReportedClass(Protocol):
    """Who is in the class (slipway/classroom/members.py)."""

    @property
    def since(self) -> float: ...
    @property
    def code(self) -> str: ...
    def personal(self, learner: str) -> str: ...
    def people(self) -> Sequence[Person]: ...
    def person(self, learner: str) -> Person | None: ...


def blueprint(
    lessons: Sequence[Lesson], chronicle: ActivitySource, room: ReportedClass, access: Authenticator
) -> Blueprint:
    """`GET /report` and `/mine`, and under /api the same as JSON and as `.csv`."""
    bp, reports = Blueprint("reports", __name__), Reports(StepTitles(lessons), chronicle, room)

    @bp.get("/report")
    def room_page() -> str:
        return render_template("report.html", of="report", title="What the class did")

    @bp.get("/mine")
    def own_page() -> str:
        return render_template("report.html", of="mine", title="What I did")

    @bp.get("/api/report")
    def report() -> dict[str, Any]:
        bearer.instructor(access)
        return reports.room()

    @bp.get("/api/report.csv")
    def report_csv() -> Response:
        bearer.instructor(access)
        return csv_export.answer("class", csv_export.ROOM, reports.rows())

    @bp.get("/api/mine")
    def mine() -> dict[str, Any]:
        return reports.mine(bearer.asking(access))

    @bp.get("/api/mine.csv")
    def mine_csv() -> Response:
        return csv_export.answer("my-course", csv_export.MINE, reports.activities(bearer.asking(access)))

    return bp


class Reports:
    """What is told of the class in its time, and of one learner in all of theirs."""

    def __init__(self, titles: StepTitles, chronicle: ActivitySource, room: ReportedClass) -> None:
        self._titles, self._chronicle, self._room = titles, chronicle, room

    def room(self) -> dict[str, Any]:
        people = labels(self._room.people())
        return {
            "since": self._room.since,
            "code": format_code(self._room.code),
            "people": [{"learner": one, "name": name} for one, name in people.items()],
            "lessons": self._titles.course(),
            "lines": [{"learner": one.learner} | self._titles.told(one) for one in self._done(people)],
        }

    def rows(self) -> list[list[Any]]:
        people = labels(self._room.people())
        done = self._done(people)
        idle = people.keys() - {one.learner for one in done}
        rows = [csv_export.row(people[one.learner], self._titles.told(one)) for one in done]
        return rows + [csv_export.nothing(name) for one, name in people.items() if one in idle]

    def mine(self, person: Person) -> dict[str, Any]:
        done = report_rows(self._chronicle.activities(person.learner))
        return {
            "name": person.name,
            "personal": format_code(self._room.personal(person.learner)),
            "lessons": self._titles.course(),
            "lines": [self._titles.told(one) | {"deeds": [_deed(deed) for deed in one.activities]} for one in done],
        }

    def activities(self, person: Person) -> list[list[Any]]:
        return [csv_export.deed(one, self._titles) for one in self._chronicle.activities(person.learner)]

    def _done(self, people: dict[str, str]) -> list[ReportRow]:
        return [one for one in report_rows(self._chronicle.activities(since=self._room.since)) if one.learner in people]


def labels(people: Iterable[Person]) -> dict[str, str]:
    """Their names by id, those with the same name told apart by a number."""
    found: dict[str, str] = {}
    for one in people:
        names = chain([one.name], (f"{one.name} ({number})" for number in count(2)))
        taken = set(found.values())
        found[one.learner] = next(name for name in names if name not in taken)
    return found


def _deed(deed: Activity) -> dict[str, Any]:
    return {"at": deed.at, "kind": deed.kind, "text": deed.text}
