"""A class from its door to its report, in several browsers at once: they join in three ways, get stuck in the same way,
get the hint, lose the network and come back; and what an instructor has of them. One class for all tests, in order."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from slipway.core.classroom.progress import RETRY_INTERVAL
from tests.browser.axe import is_for_everyone
from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, WATCH
from tests.browser.room import Room, joins

pytestmark = pytest.mark.browser

HINT = "takes the name that you gave"
SIZES, THEMES = ((1440, 900), (1920, 1080), (390, 844)), ("light", "dark")
# What is on a page once the lab has told it all.
TOLD = {
    "/join": "#join-name",
    "/wall": ".dashboard-board .dot >> nth=3",
    "/report": "tr:has-text('Dai')",
    "/invite": ".invite-joined:has-text('4 have joined')",
    "/mine": ".report-code:text-matches('^[0-9A-Z]{4}-[0-9A-Z]{4}$')",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Room]:
    place = tmp_path_factory.mktemp("class")
    lab = Lab(place / "state", place / "lab.log", flags=("--class",))
    room = None
    try:
        lab.up()
        room = Room(lab, browser)
        yield room
    finally:
        for context in room.contexts if room else ():
            context.close()
        lab.stop()


def test_the_invitation_holds_no_token_and_counts_who_comes_by_link_by_code_and_by_personal_code(room: Room) -> None:
    anna, ben, cem, dai = (room.page() for _ in range(4))
    expect(room.teacher.locator(".invite-joined")).to_have_text("Nobody has joined yet")
    anna.goto(room.link)
    joins(anna, "Anna")
    assert "#" not in anna.url
    expect(room.teacher.locator(".invite-joined")).to_have_text("1 has joined")
    ben.goto(f"http://{room.place}")  # what is typed from the projector leads to the door
    joins(ben, "Ben", room.code.lower())
    cem.goto(f"http://{room.place}/join")
    joins(cem, "Cem", room.code)
    personal = cem.locator(".join-personal").inner_text()
    back = room.page()
    back.goto(f"http://{room.place}/join")
    back.get_by_text("I was here before").click()
    back.get_by_label("Your personal code").fill(personal)
    back.get_by_role("button", name="Come back").click()
    expect(back.locator(".join-name")).to_have_text("Cem")
    dai.goto(room.link)
    joins(dai, "Dai")
    expect(room.teacher.locator(".invite-joined")).to_have_text("4 have joined")
    assert room.lab.token not in room.teacher.content()
    assert room.lab.token not in room.teacher.url
    assert "token" not in room.teacher.url
    for name in ("Anna", "Ben", "Cem", "Dai"):
        assert name not in room.teacher.locator("body").inner_text()
    for name, page in (("Anna", anna), ("Ben", ben), ("Cem", back), ("Dai", dai)):
        room.comes(name, page)


def test_three_who_are_stuck_in_the_same_way_get_the_hint_politely_and_the_fourth_does_not(room: Room) -> None:
    wall = room.wall()
    for pupil in (*room.stuck, room.pupils["Dai"]):
        pupil.runs(CREATE)
    for pupil in (*room.stuck, room.pupils["Dai"]):
        pupil.sees_passed(CREATE)
        pupil.sees_prompt()
    for again in (False, True):
        if again:
            wall.wait_for_timeout(RETRY_INTERVAL * 1000)  # the rule itself: what is typed within a breath is one try
        for pupil in room.stuck:
            pupil.does("docker start greeter")
            pupil.sees_why(WATCH, "nobody was watching")
    group = wall.locator(".group.stuck")
    expect(group.locator("h3")).to_have_text("3 started it without -a")
    expect(group.locator(".group-where")).to_contain_text("1.2")
    expect(group.locator(".group-where")).to_contain_text("3 stuck · Anna, Ben, Cem")
    expect(group.locator(".group-page")).to_contain_text("without -a")
    expect(group.locator(".group-say")).to_contain_text(HINT)
    for pupil in room.stuck:
        pupil.page.locator("lab-terminal textarea").focus()
        pupil.clears()
    group.locator(".group-send").click()
    expect(group.locator(".group-done")).to_contain_text("Sent to 3")
    expect(group.locator(".group-say")).to_contain_text("Hint 2 of 2")  # the next one is offered next
    for pupil in room.stuck:
        expect(pupil.step(WATCH).locator(".message-text")).to_contain_text(HINT)
        expect(pupil.page.locator("#announcements")).to_contain_text("Your instructor says:")
        assert pupil.page.evaluate("document.activeElement.matches('lab-terminal textarea')")
    expect(room.pupils["Dai"].page.locator(".message")).to_have_count(0)


def test_who_loses_the_network_is_shown_so_and_comes_back_to_the_note(room: Room) -> None:
    anna = room.pupils["Anna"]
    expect(room.dot("Anna")).to_have_attribute("data-state", "stuck")
    anna.page.context.set_offline(True)
    expect(room.dot("Anna")).to_have_attribute("data-state", "lost")
    anna.page.context.set_offline(False)
    expect(room.dot("Anna")).not_to_have_attribute("data-state", "lost")
    anna.reload()
    expect(anna.step(WATCH).locator(".message-text")).to_contain_text(HINT)
    anna.step(WATCH).get_by_role("button", name="Got it").click()
    expect(anna.page.locator(".message")).to_have_count(0)
    anna.does("docker start -a greeter")
    anna.sees_passed(WATCH)
    expect(room.wall().locator(".group.stuck .group-many")).to_have_text("2")


def test_a_note_finds_a_learner_on_the_first_page_too(room: Room) -> None:
    ben = room.pupils["Ben"].page
    ben.goto(f"http://{room.place}/")
    note = ben.locator("lab-messages .message")
    expect(note).to_contain_text(HINT)
    note.get_by_role("link", name="To the step").click()
    room.pupils["Ben"].is_ready()
    expect(room.pupils["Ben"].step(WATCH).locator(".message-text")).to_contain_text(HINT)
    ben.set_viewport_size({"width": 390, "height": 844})
    expect(ben.locator(".messages-open")).to_be_in_viewport(ratio=1)
    expect(ben.locator(".keys-open")).to_be_in_viewport(ratio=1)  # the last button of the header
    ben.set_viewport_size({"width": 1440, "height": 900})


def test_help_is_asked_for_seen_and_watched_with_one_key_once_the_learner_agrees(room: Room) -> None:
    wall, ben = room.wall(), room.pupils["Ben"]
    ben.page.locator(".ask-button").click()
    row = wall.locator(".hand-row")
    expect(row.locator(".hand-who")).to_have_text("Ben")
    expect(row.locator(".hand-where")).to_contain_text("1.2")
    expect(row.locator(".hand-did")).to_have_text(re.compile("^Last typed (clear|docker start greeter), "))
    expect(row.locator(".hand-mistake")).to_contain_text("nobody was watching")
    wall.keyboard.press("h")
    expect(row.locator(".hand-who")).to_be_focused()
    with wall.context.expect_page() as opened:
        wall.keyboard.press("w")
    window = opened.value
    expect(window.locator(".watch-say")).to_contain_text("Waiting for Ben to agree")
    ben.page.locator(".consent-ask .primary").click()
    ben.does("echo mine-$((1))")
    expect(window.locator("lab-remote-terminal .xterm-rows")).to_contain_text("mine-1")
    window.close()
    row.get_by_role("button", name="I am coming").click()
    expect(ben.page.locator(".ask-button")).to_have_attribute("data-help", "seen")
    row.get_by_role("button", name="Settled").click()
    expect(row).to_have_count(0)
    expect(ben.page.locator(".ask-button")).to_have_attribute("data-help", "none")


def test_for_a_projector_nobodys_name_is_left_on_the_wall(room: Room) -> None:
    wall = room.wall()
    room.dot("Cem").click()
    expect(wall.locator(".group-where").first).to_contain_text("Ben")
    wall.get_by_text("Personal code, name").click()
    field, code = wall.locator("#member-name"), wall.locator(".member-code")
    expect(field).to_have_value("Cem")
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    wall.get_by_role("button", name="Rename").click()
    expect(wall.locator(".member-say")).to_have_text("The name is Cem now.")
    wall.keyboard.press("n")
    shown = wall.locator("body").inner_text()
    assert [name for name in ("Anna", "Ben", "Cem", "Dai") if name in shown] == []
    expect(code).to_have_text("…")
    expect(wall.locator(".member-say")).to_be_empty()
    expect(field).to_have_value("")
    expect(wall.locator("lab-dashboard-member summary")).to_be_focused()
    wall.keyboard.press("n")
    wall.keyboard.press("Escape")


def test_a_sentence_goes_once_and_whole_and_to_whom_it_was_written(room: Room) -> None:
    wall = room.wall()
    field = wall.get_by_label("What this learner should read")
    room.dot("Cem").click()
    field.fill("For Cem alone")
    room.dot("Dai").click()
    expect(wall.locator(".person-name")).to_have_text("Dai")
    expect(field).to_have_value("")
    enter = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: %s, cancelable: true})"
    field.fill("Look at")
    field.evaluate(f"one => one.dispatchEvent({enter % 'true'})")  # an input method's own
    field.fill("Look at the name")
    field.evaluate(f"one => [1, 2].forEach(() => one.dispatchEvent({enter % 'false'}))")
    expect(field).to_have_value("")
    field.fill("and at the end of it")
    field.press("Enter")
    expect(room.pupils["Dai"].page.locator(".message-text")).to_have_text(["Look at the name", "and at the end of it"])
    field.press("Escape")


def test_a_dot_opens_a_learner_whose_code_is_looked_up_and_who_is_watched_with_one_click(room: Room) -> None:
    wall = room.wall()
    room.dot("Cem").click()
    panel = wall.get_by_role("region", name="One learner")
    expect(panel.locator(".person-name")).to_have_text("Cem")
    link = panel.get_by_role("link", name="Watch, if they agree")
    expect(link).to_have_attribute("href", re.compile("^/watch/[0-9a-f]{12}$"))
    panel.get_by_text("Personal code, name").click()
    mine = room.pupils["Cem"].page.context.new_page()
    mine.goto(f"http://{room.place}/mine")
    expect(mine.locator(".report-code")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    expect(panel.locator(".member-code")).to_have_text(mine.locator(".report-code").inner_text())
    mine.close()
    panel.get_by_label("Name").fill("Cem Ö.")
    panel.get_by_role("button", name="Rename").click()
    expect(panel.locator(".person-name")).to_have_text("Cem Ö.")
    wall.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(room.dot("Cem Ö.")).to_be_focused()


def test_the_walls_keys_are_listed_and_lead_to_the_invitation_and_back(room: Room) -> None:
    wall = room.wall()
    wall.keyboard.press("?")
    expect(wall.get_by_role("dialog", name="Keys of the class dashboard")).to_be_visible()
    wall.keyboard.press("Escape")
    wall.keyboard.press("i")
    expect(wall.locator(".invite-code")).to_have_text(room.code)
    wall.keyboard.press("q")
    expect(wall.locator("lab-dashboard")).to_be_visible()
    wall.goto(f"{room.lab.base}/present/{LESSON}")
    expect(wall.locator("lab-idea:not([hidden])")).to_be_visible()
    wall.keyboard.press("i")
    for key in ("q", "PageDown", "PageUp", "b"):  # all but the first are a remote's
        expect(wall.locator(".invite-joined")).to_have_text("4 have joined")
        wall.keyboard.press(key)
        expect(wall.locator("lab-present")).to_be_visible()
        wall.goto(f"{room.lab.base}/invite")


def test_the_report_tells_who_did_what_on_the_page_on_paper_and_as_a_table(room: Room, tmp_path: Path) -> None:
    page = room.teacher
    page.goto(f"{room.lab.base}/report")
    row = page.get_by_role("row", name=re.compile("^Anna"))
    expect(row.locator("td").nth(1)).to_contain_text("2 mistakes")
    expect(row.locator("td").nth(0)).not_to_contain_text("mistake")  # a pull on the way to `docker create` is none
    expect(page.locator(".report-of")).to_contain_text(f"Class {room.code}")
    wrong = page.locator(".report-wrongs li").filter(has_text="nobody was watching")
    expect(wrong).to_contain_text("3 learners at 2. Start it and watch")
    expect(wrong).to_contain_text("Anna (2×), Ben (2×), Cem Ö. (2×)")
    page.emulate_media(media="print")
    expect(wrong).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV").click()
    saved.value.save_as(tmp_path / "class.csv")
    rows = list(csv.DictReader((tmp_path / "class.csv").read_text(encoding="utf-8-sig").splitlines()))
    (anna,) = [one for one in rows if one["name"] == "Anna" and one["step"].startswith("2.")]
    assert (anna["state"], anna["mistakes"]) == ("passed", "2")
    assert "nobody was watching" in anna["what went wrong"]


@pytest.mark.parametrize("path", ["/join", "/wall", "/report", "/invite", "/mine"])
def test_every_page_of_a_class_is_for_everyone(room: Room, path: str) -> None:
    person = room.pupils["Ben"].page if path == "/mine" else room.teacher
    for (width, height), theme in product(SIZES, THEMES):
        page = room.page(width, height, theme) if path == "/join" else room.beside(person, width, height, theme)
        page.goto(f"{room.lab.base}{path}")
        expect(page.locator("h1").first).to_be_attached()
        expect(page.locator(TOLD[path]).first).to_be_attached()
        is_for_everyone(page, path)
        if path == "/wall" and width > 1000:
            page.locator(".dashboard-board .dot").first.click()
            page.get_by_text("Personal code, name").click()
            is_for_everyone(page, "the class dashboard with one learner")
        page.context.close()


def test_who_is_removed_and_a_class_that_is_over_are_out(room: Room) -> None:
    wall = room.wall()
    room.dot("Dai").click()
    panel = wall.get_by_role("region", name="One learner")
    panel.get_by_text("Personal code, name").click()
    panel.get_by_role("button", name="Remove from the class…").click()
    panel.get_by_role("button", name="Yes, remove").click()
    expect(room.dot("Dai")).to_have_count(0)
    expect(room.pupils["Dai"].page.get_by_role("link", name="I am a learner: join the class")).to_be_visible()
    wall.get_by_role("button", name="Begin another class…").click()
    yes = wall.get_by_role("button", name="Begin another class", exact=True)
    expect(yes).to_be_disabled()
    wall.get_by_label("I don’t need this class any more").check()
    yes.click()
    expect(wall.locator(".dashboard-board .dot")).to_have_count(0)
    expect(room.pupils["Anna"].page.get_by_role("link", name="I am a learner: join the class")).to_be_visible()
    wall.keyboard.press("i")
    expect(wall.locator(".invite-code")).to_have_text(re.compile(r"\w{3}-\w{3}"))
    assert wall.locator(".invite-code").inner_text() != room.code
