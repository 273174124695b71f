"""The terminal under people's hands: tabs, copy and paste, keys, and a line that is slow to draw."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.lab import LESSON
from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

READ = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def learner(sit: Callable[..., Learner]) -> Learner:
    """Somebody in front of the lesson, whose engine may have a past."""
    learner = sit(permissions=READ)
    learner.open_lesson()
    learner.clears()
    return learner


def test_tabs_are_opened_named_closed_and_kept(learner: Learner) -> None:
    page = learner.page
    page.get_by_role("button", name="Another terminal").click()
    second = page.locator("#terminal-2")
    expect(second).to_have_attribute("data-state", "live")
    page.keyboard.type("echo I am $((1+1))nd\n")
    expect(second).to_contain_text("I am 2nd")

    page.get_by_role("tab", name="Terminal 2").press("F2")
    page.keyboard.type("watching\n")
    expect(page.get_by_role("tab", name="watching")).to_be_focused()

    page.reload()
    expect(page.get_by_role("tab", name="watching")).to_have_attribute("aria-selected", "true")
    expect(second).to_contain_text("I am 2nd")
    expect(page.locator("#terminal-1")).to_be_hidden()

    page.get_by_role("tab", name="watching").press("ArrowLeft")
    expect(page.locator("#terminal-1")).to_be_visible()
    page.locator("#terminal-1 textarea").press("Control+Shift+ArrowRight")
    expect(second).to_be_visible()

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("tab", name="watching").press("Delete")
    expect(second).to_have_count(0)
    page.get_by_role("button", name="Another terminal").click()
    expect(second).to_have_attribute("data-state", "live")
    expect(second).to_contain_text("learner@slipway")
    expect(second).not_to_contain_text("I am 2nd")


def test_run_types_into_the_terminal_in_view(learner: Learner) -> None:
    page = learner.page
    page.get_by_role("button", name="Another terminal").click()
    second = page.locator("#terminal-2")
    expect(second).to_contain_text("learner@slipway")
    page.locator("lab-command .run").first.click()
    expect(second).to_contain_text("docker ")


def test_ctrl_c_copies_what_is_selected_and_interrupts_where_nothing_is(learner: Learner) -> None:
    page = learner.page
    long = "wrapped-" * 40
    learner.does(f"clear; echo {long}")
    row = page.locator("#terminal-1 .xterm-rows > div").first.bounding_box()
    assert row is not None
    page.mouse.click(row["x"] + 30, row["y"] + row["height"] / 2, click_count=3)
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == long

    learner.types("sleep 100")
    page.wait_for_timeout(300)
    page.keyboard.press("Control+c")
    learner.sees("^C")
    learner.sees_prompt()


def test_keys_that_the_browser_keeps_have_buttons_on_a_touch_screen(sit: Callable[..., Learner]) -> None:
    learner = sit(390, 800, has_touch=True, is_mobile=True)
    page = learner.page
    page.goto(learner.lab.url)
    expect(page.locator(".course-start")).to_be_visible()
    page.goto(f"{learner.lab.base}/lessons/{LESSON}")
    page.locator("[data-view=terminal]").tap()
    learner.is_ready()
    learner.clears()
    page.locator("#terminal-1 textarea").focus()
    page.keyboard.type("echo one two")
    page.get_by_role("button", name="Ctrl-W").tap()
    page.keyboard.type("three")
    page.get_by_role("button", name="Ctrl", exact=True).tap()
    page.keyboard.type("a")
    page.keyboard.type("true; ")
    page.keyboard.press("Enter")
    learner.sees("true; echo one three")
    page.get_by_role("button", name="Up", exact=True).tap()
    learner.sees("true; echo one three", times=2)
    page.get_by_role("button", name="Ctrl-C").tap()
    learner.sees_prompt()


def test_keys_that_the_browser_keeps_have_buttons_on_a_desk_for_who_wants_them(learner: Learner) -> None:
    page = learner.page
    page.get_by_role("button", name="Another terminal").click()
    expect(page.locator("#terminal-2")).to_contain_text("learner@slipway")
    row = page.locator("#terminal-2 .terminal-keys")
    expect(row).to_be_hidden()
    page.locator("#terminal-2").get_by_role("button", name="A row of keys").click()
    expect(row).to_be_visible()
    page.get_by_role("tab", name="Terminal 1").click()
    row = page.locator("#terminal-1 .terminal-keys")
    expect(row).to_be_visible()

    learner.types("cat")
    page.keyboard.type("words")
    for _ in range(2):
        row.get_by_role("button", name="Ctrl-D").click()
    learner.sees_prompt()
    learner.types("clear; sleep 1000")
    page.wait_for_timeout(300)
    row.get_by_role("button", name="Ctrl-Z").click()
    learner.sees("Stopped")
    row.get_by_role("button", name="Ctrl-R").click()
    page.keyboard.type("cle")
    learner.sees("(reverse-i-search)`cle': clear; sleep 1000")
    row.get_by_role("button", name="Ctrl-C").click()
    learner.does("kill %1; docker run -d -it --name there busybox sh")
    learner.types("clear; docker attach there")
    page.keyboard.press("Enter")
    learner.awaits(lambda screen: screen.endswith("/ #"))
    row.get_by_role("button", name="Ctrl-P Ctrl-Q").click()
    learner.sees("read escape sequence")

    page.reload()
    learner.is_ready()
    expect(page.locator("#terminal-1 .terminal-keys")).to_be_visible()


def test_in_full_screen_the_page_asks_for_all_the_keys(learner: Learner) -> None:
    page = learner.page
    page.get_by_role("button", name="A row of keys").click()
    page.evaluate(WATCH_LOCK)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.matches('lab-tabs')")
    page.wait_for_function("() => window.wanted?.includes('KeyW')")
    page.keyboard.type("echo full-$((1))\n")
    learner.sees("full-1")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => !document.fullscreenElement")


def test_reading_aloud_is_switched_on_with_one_button_and_stays(learner: Learner) -> None:
    page = learner.page
    switch = page.get_by_role("button", name="Screen reader mode")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    learner.does("echo read-$((1))")
    expect(page.locator("#terminal-1 .xterm-accessibility")).to_contain_text("read-1")
    page.reload()
    learner.is_ready()
    expect(page.locator("#terminal-1 .xterm-accessibility")).to_contain_text("read-1")
    expect(switch).to_have_attribute("aria-pressed", "true")


def test_letters_have_the_colours_that_a_program_gave_them(learner: Learner) -> None:
    learner.does("clear; printf '\\033[38;2;255;120;0mtrue\\033[0m \\033[7mback\\033[0m\\n'")
    colours = learner.page.evaluate(COLOURS)
    assert colours["true"] == "rgb(255, 120, 0)"
    assert colours["back"] not in ("", "rgb(219, 228, 239)"), "white on white"


def test_characters_of_other_scripts_and_pictures_keep_their_columns(learner: Learner) -> None:
    learner.does("clear; printf '日本語|\\n🐳🐳ab|\\ngrüße |\\n'")
    learner.sees("日本語|")
    learner.sees("🐳🐳ab|")
    places = learner.page.evaluate(COLUMNS)
    assert places[0]
    assert len(set(places)) == 1, places


def test_the_text_grows_by_key_and_programs_follow_the_size(learner: Learner) -> None:
    learner.does("clear; stty size")
    before = learner.screen.splitlines()[-2].split()
    for _ in range(4):
        learner.page.keyboard.press("Control+=")
    learner.page.wait_for_timeout(500)
    learner.does("clear; stty size")
    after = learner.screen.splitlines()[-2].split()
    assert int(after[0]) < int(before[0])
    assert int(after[1]) < int(before[1])
    learner.page.keyboard.press("Control+0")


def test_find_goes_from_one_place_to_the_next(learner: Learner) -> None:
    page = learner.page
    learner.does("clear; seq -f 'row %g' 300")
    page.locator("#terminal-1 textarea").press("Control+Shift+f")
    page.keyboard.type("row 17")
    expect(page.locator("#terminal-1 .terminal-count")).to_contain_text(" of ")
    page.keyboard.press("Enter")
    learner.awaits(lambda screen: "row 17" in screen)
    page.keyboard.press("Escape")
    expect(page.locator("#terminal-1 .terminal-find")).to_be_hidden()


def test_a_shell_that_has_ended_offers_a_new_one(learner: Learner) -> None:
    page = learner.page
    learner.types("exit")
    page.get_by_role("button", name="Open a new one").click()
    learner.sees_prompt()
    learner.does("echo alive-$((1))")
    learner.sees("alive-1")


def test_ctrl_c_ends_a_flood_on_a_slow_machine(learner: Learner) -> None:
    page = learner.page
    slow: CDPSession = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    learner.types("yes 'the quick brown fox jumps over the lazy dog'")
    page.wait_for_timeout(4000)
    page.keyboard.press("Control+c")
    learner.sees_prompt()
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    learner.does("clear; echo back-$((1))")
    learner.sees("back-1")


def test_the_flash_of_the_bell(learner: Learner) -> None:
    learner.page.evaluate(WATCH_BELL)
    learner.does("printf '\\a'")
    learner.page.wait_for_selector("lab-terminal[data-rang]", state="attached")


# The colour of each piece of text on the second line.
COLOURS = """() => Object.fromEntries([...document.querySelectorAll("#terminal-1 .xterm-rows > div:first-child span")]
  .map((span) => [span.textContent.trim(), getComputedStyle(span).color]))"""
WATCH_LOCK = """() => {
  const { lock } = navigator.keyboard
  navigator.keyboard.lock = (keys) => ((window.wanted = keys), lock.call(navigator.keyboard, keys))
}"""
COLUMNS = """() => [...document.querySelectorAll("#terminal-1 .xterm-rows > div")].slice(0, 3).map((row) => {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf("|")
    if (at < 0) continue
    const range = document.createRange()
    range.setStart(walker.currentNode, at)
    range.setEnd(walker.currentNode, at + 1)
    return Math.round(range.getBoundingClientRect().left)
  }
})"""
WATCH_BELL = """() => {
  const terminal = document.querySelector("lab-terminal")
  new MutationObserver(() => { if (terminal.classList.contains("bell")) terminal.dataset.rang = "yes" })
    .observe(terminal, { attributes: true, attributeFilter: ["class"] })
}"""
