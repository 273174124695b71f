"""The wrong ways: each has a sentence of its own, ticks nothing, and the right way still does afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.learner import CREATE, KILL, LISTEN, LOGS, RUN, STOP, WATCH, Learner

pytestmark = pytest.mark.browser


def test_run_is_not_create_and_start_without_a_is_not_watching(learner: Learner) -> None:
    learner.does("docker run --name greeter busybox echo 'hi there'")
    learner.sees_why(CREATE, "docker run is create and start")
    learner.sees_not_passed(CREATE)
    expect(learner.page.locator("#announcements")).to_contain_text("Not yet: That one has run already")
    learner.does("docker rm greeter && docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)

    learner.does("docker start greeter")
    learner.sees_why(WATCH, "without -a your terminal is not connected")
    learner.sees_not_passed(WATCH)
    learner.does("docker container start --attach greeter")
    learner.sees_passed(WATCH)

    learner.does("docker logs greeter")
    learner.sees_why(LOGS, "Those lines are from before")
    learner.sees_not_passed(LOGS)
    learner.runs(LOGS)
    learner.sees_passed(LOGS)


def test_kill_is_not_stop_and_stop_is_not_kill(learner: Learner) -> None:
    learner.turns_to(RUN)
    learner.runs(RUN)
    learner.sees_passed(RUN)

    learner.does("docker kill clock")
    learner.sees_why(STOP, "docker kill does not ask, it forces")
    learner.does("docker start clock && docker stop -t 1 clock")
    learner.sees_why(STOP, "less than its ten seconds")
    learner.sees_not_passed(STOP)
    learner.does("docker start clock && docker container stop $(docker ps -q)")
    learner.sees_passed(STOP)

    learner.runs(LISTEN)
    learner.sees_passed(LISTEN)
    learner.sees_prompt()
    learner.does("docker kill clock")
    learner.sees_why(KILL, "It was not running")
    learner.does("docker start clock && docker kill -s TERM clock")
    learner.sees_why(KILL, "you sent SIGTERM, which only asks")
    learner.sees_not_passed(KILL)
    learner.does("docker kill clock")
    learner.sees_passed(KILL)
