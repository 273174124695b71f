"""Reports: what the room did, for the instructor, and what one learner did, for themselves. As pages, JSON and CSV.

The pages hold nothing; what they show comes over the API. Knows deeds and people as they are handed in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any, Protocol

from flask import Blueprint, Response, render_template

from slipway.core.deeds import Deed
from slipway.core.lesson import Lesson
from slipway.core.people import spaced
from slipway.core.report import Line, lines
from slipway.web import bearer
from slipway.web.access import Access, Person

ROOM = (
    *("name", "lesson", "step", "state", "began", "passed", "seconds"),
    *("mistakes", "hints", "solutions", "commands", "what went wrong"),
)
MINE = ("at", "lesson", "step", "what", "text")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection")."""


class Chronicle(Protocol):
    """Where deeds are kept (slipway/store/roll.py)."""

    def deeds(self, learner: str | None = None, since: float = 0.0) -> Sequence[Deed]: ...


class Room(Protocol):
    """Who is in the class (slipway/classroom.py)."""

    @property
    def since(self) -> float: ...
    @property
    def code(self) -> str: ...
    def personal(self, learner: str) -> str: ...
    def people(self) -> Sequence[Person]: ...
    def person(self, learner: str) -> Person | None: ...


def blueprint(lessons: Sequence[Lesson], chronicle: Chronicle, room: Room, access: Access) -> Blueprint:
    """`GET /report` and `/mine`, and under /api the same as JSON and as `.csv`."""
    bp, titles = Blueprint("reports", __name__), Titles(lessons)

    @bp.get("/report")
    def room_page() -> str:
        return render_template("report.html", of="report", title="What the class did")

    @bp.get("/mine")
    def own_page() -> str:
        return render_template("report.html", of="mine", title="What I did")

    @bp.get("/api/report")
    def report() -> dict[str, Any]:
        bearer.instructor(access)
        people, done = names(), the_rooms()
        return {
            "since": room.since,
            "code": spaced(room.code),
            "people": [{"learner": one, "name": name} for one, name in people.items()],
            "lessons": titles.course(),
            "lines": [{"learner": one.learner} | titles.told(one) for one in done if one.learner in people],
        }

    @bp.get("/api/report.csv")
    def report_csv() -> Response:
        bearer.instructor(access)
        people = names()
        done = [one for one in the_rooms() if one.learner in people]
        rows = [_row(people[one.learner], titles.told(one)) for one in done]
        idle = people.keys() - {one.learner for one in done}
        return _csv("class", ROOM, rows + [_nothing(name) for one, name in people.items() if one in idle])

    @bp.get("/api/mine")
    def mine() -> dict[str, Any]:
        person = bearer.asking(access)
        done = lines(chronicle.deeds(person.learner))
        return {
            "name": person.name,
            "personal": spaced(room.personal(person.learner)),
            "lessons": titles.course(),
            "lines": [titles.told(one) | {"deeds": [_deed(deed) for deed in one.deeds]} for one in done],
        }

    @bp.get("/api/mine.csv")
    def mine_csv() -> Response:
        deeds = chronicle.deeds(bearer.asking(access).learner)
        rows = [(_time(one.at), *titles.of(one.lesson, one.step), one.kind, one.text) for one in deeds]
        return _csv("my-course", MINE, rows)

    def names() -> dict[str, str]:
        """The learners by id, those with the same name told apart by a number."""
        found: dict[str, str] = {}
        for one in room.people():
            labels = chain([one.name], (f"{one.name} ({number})" for number in count(2)))
            taken = set(found.values())
            found[one.learner] = next(label for label in labels if label not in taken)
        return found

    def the_rooms() -> list[Line]:
        return lines(chronicle.deeds(since=room.since))

    return bp


class Titles:
    """Lessons and steps by their titles; what is in no lesson any more keeps its slug."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._lessons = {one.slug: one for one in lessons}

    def of(self, lesson: str, step: str) -> tuple[str, str]:
        found = self._lessons.get(lesson)
        if found is None:
            return lesson, step
        at = found.step(step)
        return f"{found.number}. {found.title}", f"{at.number}. {at.title}" if at else step

    def course(self) -> list[dict[str, Any]]:
        """What there was to do: each lesson with the slugs and titles of its steps."""
        return [
            {
                "slug": one.slug,
                "title": self.of(one.slug, "")[0],
                "steps": [{"slug": each.slug, "title": self.of(one.slug, each.slug)[1]} for each in one.steps],
            }
            for one in self._lessons.values()
        ]

    def told(self, line: Line) -> dict[str, Any]:
        """A line in words and numbers, times in seconds since the epoch."""
        lesson, step = self.of(line.lesson, line.step)
        return {
            "slug": f"{line.lesson}/{line.step}",
            "lesson": lesson,
            "step": step,
            "state": line.state,
            "began": line.began,
            "passed": line.passed_at,
            "seconds": line.seconds,
            "mistakes": line.texts("mistake"),
            "hints": line.count("hint"),
            "solutions": line.count("solution"),
            "commands": line.count("command"),
        }


def _deed(deed: Deed) -> dict[str, Any]:
    return {"at": deed.at, "kind": deed.kind, "text": deed.text}


def _row(name: str, told: dict[str, Any]) -> list[Any]:
    shown = told | {
        "name": name,
        "began": _time(told["began"]),
        "passed": _time(told["passed"]),
        "seconds": "" if told["seconds"] is None else round(told["seconds"]),
        "mistakes": len(told["mistakes"]),
        "what went wrong": " | ".join(told["mistakes"]),
    }
    return [shown[key] for key in ROOM]


def _nothing(name: str) -> list[Any]:
    """The row of whoever has joined and come to no step."""
    return [name, *("" for _ in ROOM[1:])]


def _time(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([_harmless(each) for each in row] for row in rows)
    answer = Response(
        "\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8"
    )  # or Excel reads it as Latin-1
    answer.headers["Content-Disposition"] = f'attachment; filename="slipway-{name}.csv"'
    return answer


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
