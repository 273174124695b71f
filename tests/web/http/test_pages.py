"""The pages contain the course, but not what is requested later."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient

from slipway.core.lessons.lesson import Lesson
from slipway.web.http.pages import commands_shown, lesson_view, terminal_share
from slipway.web.http.recordings import NoRecordings


def test_home_page_links_every_lesson(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/lessons/01-the-life-of-a-container"' in page
    assert 'href="/lessons/02-once-more"' in page


def test_a_lessons_page_has_its_steps_and_its_runnable_block(client: FlaskClient) -> None:
    page = client.get("/lessons/01-the-life-of-a-container").text
    assert "Create, but do not start" in page
    assert 'data-block="create-but-do-not-start.0"' in page
    assert 'href="/lessons/02-once-more"' in page


def test_page_contains_no_solutions_hints_or_token(client: FlaskClient) -> None:
    page = client.get("/lessons/01-the-life-of-a-container").text
    assert "docker start -a box" not in page
    assert "It begins with" not in page
    assert "the-token-of-this-install" not in page


def test_lesson_view_for_the_template(lessons: tuple[Lesson, ...]) -> None:
    view = lesson_view(lessons[0], NoRecordings())
    assert [(step["slug"], step["number"], step["hints"], step["has_solution"]) for step in view["steps"]] == [
        ("create-but-do-not-start", 1, 1, True),
        ("start-it", 2, 0, True),
    ]
    assert "<strong>create</strong>" in view["outro_html"]
    assert view["questions"] == [
        {"ask_html": "<p>What does <code>create</code> run?</p>\n", "answer_html": "<p>Nothing <em>yet</em>.</p>\n"}
    ]


def test_presentation_contains_the_lesson_and_no_solutions_or_token(client: FlaskClient) -> None:
    for path in ("/present/01-the-life-of-a-container", "/present/01-the-life-of-a-container/notes"):
        page = client.get(path).text
        assert "The life of a container" in page
        assert "docker start -a box" not in page
        assert "the-token-of-this-install" not in page
    assert client.get("/present/99-none").status_code == 404


def test_watch_page_has_the_course_and_nothing_of_the_learner(client: FlaskClient) -> None:
    page = client.get("/watch/4f1c9a").text
    assert '<lab-watch learner="4f1c9a">' in page
    assert '"1. Create, but do not start"' in page
    assert "&lt;script" in client.get("/watch/<script>alert(1)").text


def test_commands_shown_by_the_end_of_each_part(lessons: tuple[Lesson, ...]) -> None:
    step = replace(lessons[0].steps[0], blocks=("docker create x\ndocker start x", "cat <<END\none\nEND", "# nothing"))
    assert commands_shown(step) == [2, 3, 3]
    assert commands_shown(replace(step, blocks=())) == []


def test_terminal_share_follows_the_recorded_lines() -> None:
    assert [terminal_share(lines) for lines in (None, 2, 9, 10, 15, 16, 76)] == [
        *("even", "small", "small", "even", "even", "large", "large")
    ]
