"""What breaks, breaks in words, and mends by itself: the app killed, the engine lost, the sandbox gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, RUN, STOP, WATCH, Learner, comes_to
from tests.eventually import eventually

pytestmark = pytest.mark.browser

ASK = """
import http.client, socket, sys
line = http.client.HTTPConnection("engine")
line.sock = socket.socket(socket.AF_UNIX)
line.sock.connect("/run/engine/engine.sock")
line.request("GET", sys.argv[1])
print(line.getresponse().read().decode())
"""


@pytest.mark.parametrize("over", [False, True], ids=["back in the middle", "back afterwards"])
def test_the_app_is_killed_in_the_middle_of_a_stop(fresh: Lab, learner: Learner, over: bool) -> None:
    learner.turns_to(RUN)
    learner.runs(RUN)
    learner.sees_passed(RUN)
    learner.sees_prompt()
    learner.clears()
    learner.types("docker stop clock; echo stopped with $?")
    expect(learner.picture).to_contain_text("SIGTERM")

    fresh.kill()
    learner.sees_status("offline")
    assert "Connection lost. Trying again" in learner.status
    if over:
        eventually(lambda: not _is_running(fresh, "clock"))
    fresh.up()

    learner.sees_status("ready")
    learner.sees_passed(STOP)
    expect(learner.step(STOP).locator(".evidence-last")).to_contain_text("10.")
    learner.sees_prompt()
    learner.sees("docker stop clock; echo stopped with $?", times=1)
    learner.sees("\nclock\n", times=1)
    learner.sees("stopped with 0", times=1)


def test_a_narrow_page_says_it_too(fresh: Lab, sit: Callable[..., Learner]) -> None:
    learner = sit(390, 844)
    comes_to(learner.page, fresh, f"/lessons/{LESSON}")
    learner.sees_status("ready")
    status = learner.page.locator("lab-status")
    expect(status).to_be_hidden()
    learner.page.context.set_offline(True)
    expect(status).to_be_visible()
    expect(status).to_contain_text("Connection lost")
    learner.page.context.set_offline(False)
    expect(status).to_be_hidden()


def test_the_engine_dies_and_comes_back(fresh: Lab, learner: Learner) -> None:
    learner.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)
    learner.remembers()

    with closing(fresh.docker) as client:
        died = fresh.engine(client).exec_run(["pkill", "-KILL", "-x", "dockerd"])
    assert died.exit_code == 0

    learner.awaits_words("does not answer")
    learner.awaits_words("Cannot tell")
    learner.sees_status("ready")
    learner.sees_passed(CREATE)
    learner.does("docker start -a greeter")
    learner.sees_passed(WATCH)


def test_the_sandbox_is_taken_away_and_a_new_one_comes(fresh: Lab, learner: Learner) -> None:
    learner.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)
    learner.remembers()

    with closing(fresh.docker) as client:
        fresh.engine(client).remove(force=True, v=True)

    learner.awaits_words("Your Docker engine was lost")
    learner.is_ready()
    learner.sees_passed(CREATE)
    learner.does("docker ps -a --format '{{.Names}} is here'")
    learner.sees("is here", times=1)  # the command itself: the new engine is empty
    learner.does("docker create --name greeter busybox echo hello && docker start -a greeter")
    learner.sees_passed(WATCH)


def test_starting_afresh_is_asked_about_and_keeps_the_ticks(learner: Learner) -> None:
    learner.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)
    learner.remembers()
    button = learner.page.get_by_role("button", name="Start afresh", exact=True)

    button.click()
    learner.page.get_by_role("button", name="Keep this one").click()
    expect(button).to_be_focused()
    button.click()
    learner.page.get_by_role("button", name="Yes, start afresh").click()

    learner.awaits_words("A fresh Docker engine is starting")
    learner.is_ready()
    learner.does("docker ps -aq | wc -l | sed 's/^/containers: /'")
    learner.sees("containers: 0")
    learner.sees_passed(CREATE)


def test_a_module_that_did_not_arrive_is_asked_for_again(fresh: Lab, sit: Callable[..., Learner]) -> None:
    learner = sit()
    learner.page.route("**/js/scenes/lab-scene.js", lambda route: route.abort("failed"), times=1)
    learner.open_lesson()
    learner.page.wait_for_selector("lab-status[data-state=ready]")


def _is_running(lab: Lab, container: str) -> bool:
    """Asked of the learner's engine itself: the app is not there to be asked."""
    with closing(lab.docker) as client:
        found = lab.engine(client).exec_run(["python3", "-c", ASK, f"/containers/{container}/json"])
    assert found.exit_code == 0, found.output
    return bool(json.loads(found.output)["State"]["Running"])
