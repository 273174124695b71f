"""Reports: what the class did, for the instructor, and what a learner did, for that learner. As pages, JSON and CSV.

The pages contain nothing; what they show comes from the API. Knows activities and people only by protocols.
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
    """The stored activities (slipway/store/class_store.py)."""

    def activities(self, learner: str | None = None, since: float = 0.0) -> Sequence[Activity]:
        """Return the activities of one learner or of all, at `since` or later, in the order of saving."""
        ...


class ReportedClass(Protocol):
    """Who is in the class (slipway/classroom/members.py)."""

    @property
    def since(self) -> float:
        """When this class was created, in seconds since the epoch."""
        ...

    @property
    def code(self) -> str:
        """The short code that people type, "" when no class is open."""
        ...

    def personal_code(self, learner: str) -> str:
        """Return the personal code of a learner, "" for anyone else."""
        ...

    def people(self) -> Sequence[Person]:
        """Return the learners in the order in which they joined, without the instructor."""
        ...

    def person(self, learner: str) -> Person | None:
        """Return the member with this id, or the instructor; None if they are not in this class."""
        ...


def blueprint(
    lessons: Sequence[Lesson], activities: ActivitySource, classroom: ReportedClass, authenticator: Authenticator
) -> Blueprint:
    """Serve `GET /report` and `/mine`, and under /api the same as JSON and as `.csv`."""
    bp, reports = Blueprint("reports", __name__), Reports(StepTitles(lessons), activities, classroom)

    @bp.get("/report")
    def class_page() -> str:
        return render_template("report.html", of="report", title="What the class did")

    @bp.get("/mine")
    def own_page() -> str:
        return render_template("report.html", of="mine", title="What I did")

    @bp.get("/api/report")
    def report() -> dict[str, Any]:
        bearer.require_instructor(authenticator)
        return reports.of_class()

    @bp.get("/api/report.csv")
    def report_csv() -> Response:
        bearer.require_instructor(authenticator)
        return csv_export.csv_response("class", csv_export.CLASS_COLUMNS, reports.class_rows())

    @bp.get("/api/mine")
    def mine() -> dict[str, Any]:
        return reports.of_learner(bearer.authenticate(authenticator))

    @bp.get("/api/mine.csv")
    def mine_csv() -> Response:
        rows = reports.own_rows(bearer.authenticate(authenticator))
        return csv_export.csv_response("my-course", csv_export.OWN_COLUMNS, rows)

    return bp


class Reports:
    """The activities of the class since it began, and all activities of one learner."""

    def __init__(self, titles: StepTitles, activities: ActivitySource, classroom: ReportedClass) -> None:
        self._titles, self._activities, self._classroom = titles, activities, classroom

    def of_class(self) -> dict[str, Any]:
        """Return the report on the class, for its instructor."""
        people = unique_names(self._classroom.people())
        return {
            "since": self._classroom.since,
            "code": format_code(self._classroom.code),
            "people": [{"learner": learner, "name": name} for learner, name in people.items()],
            "lessons": self._titles.course(),
            "lines": [{"learner": row.learner} | self._titles.describe(row) for row in self._done(people)],
        }

    def class_rows(self) -> list[list[Any]]:
        """Return the same as rows, with csv_export.CLASS_COLUMNS."""
        people = unique_names(self._classroom.people())
        done = self._done(people)
        idle = people.keys() - {row.learner for row in done}
        rows = [csv_export.class_row(people[row.learner], self._titles.describe(row)) for row in done]
        return rows + [csv_export.empty_class_row(name) for learner, name in people.items() if learner in idle]

    def of_learner(self, person: Person) -> dict[str, Any]:
        """Return the report on one learner, for themselves."""
        done = report_rows(self._activities.activities(person.learner))
        return {
            "name": person.name,
            "personal": format_code(self._classroom.personal_code(person.learner)),
            "lessons": self._titles.course(),
            "lines": [
                self._titles.describe(row) | {"deeds": [_activity(activity) for activity in row.activities]}
                for row in done
            ],
        }

    def own_rows(self, person: Person) -> list[list[Any]]:
        """Return one learner's activities as rows, with csv_export.OWN_COLUMNS."""
        return [csv_export.own_row(activity, self._titles) for activity in self._activities.activities(person.learner)]

    def _done(self, people: dict[str, str]) -> list[ReportRow]:
        return [
            row
            for row in report_rows(self._activities.activities(since=self._classroom.since))
            if row.learner in people
        ]


def unique_names(people: Iterable[Person]) -> dict[str, str]:
    """Return their names by id; a number is added to a name that is taken."""
    unique: dict[str, str] = {}
    for person in people:
        names = chain([person.name], (f"{person.name} ({number})" for number in count(2)))
        taken = set(unique.values())
        unique[person.learner] = next(name for name in names if name not in taken)
    return unique


def _activity(activity: Activity) -> dict[str, Any]:
    return {"at": activity.at, "kind": activity.kind, "text": activity.text}
