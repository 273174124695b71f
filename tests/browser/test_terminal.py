"""The terminal under people's hands: tabs, copy and paste, keys, and a line that is slow to draw."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.lab import LESSON
from tests.browser.learner import Learner, comes_to

pytestmark = pytest.mark.browser

READ = ["clipboard-read", "clipboard-write"]
SLEEP = "clear; sh -c 'echo asleep; exec sleep 1000'"
FLOODED = 30_000  # lines, of about 50 bytes


def test_tabs_are_opened_named_closed_and_kept(typist: Learner) -> None:
    page = typist.page
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


def test_run_types_into_the_terminal_in_view(typist: Learner) -> None:
    page = typist.page
    page.get_by_role("button", name="Another terminal").click()
    second = page.locator("#terminal-2")
    expect(second).to_contain_text("learner@slipway")
    page.locator("lab-command .run").filter(visible=True).first.click()  # of a step that is not folded
    expect(second).to_contain_text("docker ")


def test_ctrl_c_copies_what_is_selected_and_interrupts_where_nothing_is(typist: Learner) -> None:
    page = typist.page
    long = "wrapped-" * 40
    typist.does(f"clear; echo {long}")
    row = page.locator("#terminal-1 .xterm-rows > div").first.bounding_box()
    assert row is not None
    page.mouse.click(row["x"] + 30, row["y"] + row["height"] / 2, click_count=3)
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == long

    typist.types(SLEEP)
    typist.awaits(_sleeps)
    page.keyboard.press("Control+c")
    typist.sees("^C")
    typist.sees_prompt()


def test_keys_that_the_browser_keeps_have_buttons_on_a_touch_screen(sit: Callable[..., Learner]) -> None:
    typist = sit(390, 800, has_touch=True, is_mobile=True)
    page = typist.page
    comes_to(page, typist.lab, f"/lessons/{LESSON}")
    page.locator("[data-view=terminal]").tap()
    typist.is_ready()
    typist.clears()
    page.locator("#terminal-1 textarea").focus()
    page.keyboard.type("echo one two")
    page.get_by_role("button", name="Ctrl-W").tap()
    page.keyboard.type("three")
    page.get_by_role("button", name="Ctrl", exact=True).tap()
    page.keyboard.type("a")
    page.keyboard.type("true; ")
    page.keyboard.press("Enter")
    typist.sees("true; echo one three")
    page.get_by_role("button", name="Up", exact=True).tap()
    typist.sees("true; echo one three", times=2)
    page.get_by_role("button", name="Ctrl-C").tap()
    typist.sees_prompt()


def test_keys_that_the_browser_keeps_have_buttons_on_a_desk_for_who_wants_them(typist: Learner) -> None:
    page = typist.page
    page.get_by_role("button", name="Another terminal").click()
    expect(page.locator("#terminal-2")).to_contain_text("learner@slipway")
    row = page.locator("#terminal-2 .terminal-keys")
    expect(row).to_be_hidden()
    page.locator("#terminal-2").get_by_role("button", name="A row of keys").click()
    expect(row).to_be_visible()
    page.get_by_role("tab", name="Terminal 1").click()
    row = page.locator("#terminal-1 .terminal-keys")
    expect(row).to_be_visible()

    typist.types("cat")
    page.keyboard.type("words")
    for _ in range(2):
        row.get_by_role("button", name="Ctrl-D").click()
    typist.sees_prompt()
    typist.types(SLEEP)
    typist.awaits(_sleeps)
    row.get_by_role("button", name="Ctrl-Z").click()
    typist.sees("Stopped")
    row.get_by_role("button", name="Ctrl-R").click()
    page.keyboard.type("cle")
    typist.sees(f"(reverse-i-search)`cle': {SLEEP}")
    row.get_by_role("button", name="Ctrl-C").click()
    typist.does("kill %1; docker run -d -it --name there busybox sh")
    typist.types("clear; docker attach there")
    page.keyboard.press("Enter")
    typist.awaits(lambda screen: screen.endswith("/ #"))
    row.get_by_role("button", name="Ctrl-P Ctrl-Q").click()
    typist.sees("read escape sequence")

    page.reload()
    typist.is_ready()
    expect(page.locator("#terminal-1 .terminal-keys")).to_be_visible()


def test_in_full_screen_the_page_asks_for_all_the_keys(typist: Learner) -> None:
    page = typist.page
    page.get_by_role("button", name="A row of keys").click()
    page.evaluate(WATCH_LOCK)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.matches('lab-tabs')")
    page.wait_for_function("() => window.wanted?.includes('KeyW')")
    page.keyboard.type("echo full-$((1))\n")
    typist.sees("full-1")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => !document.fullscreenElement")


def test_reading_aloud_is_switched_on_with_one_button_and_stays(typist: Learner) -> None:
    page = typist.page
    switch = page.get_by_role("button", name="Screen reader mode")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    typist.does("echo read-$((1))")
    expect(page.locator("#terminal-1 .xterm-accessibility")).to_contain_text("read-1")
    page.reload()
    typist.is_ready()
    expect(page.locator("#terminal-1 .xterm-accessibility")).to_contain_text("read-1")
    expect(switch).to_have_attribute("aria-pressed", "true")


def test_letters_have_the_colours_that_a_program_gave_them(typist: Learner) -> None:
    typist.does("clear; printf '\\033[38;2;255;120;0mtrue\\033[0m \\033[7mback\\033[0m\\n'")
    colours = typist.page.evaluate(COLOURS)
    assert colours["true"] == "rgb(255, 120, 0)"
    assert colours["back"] not in ("", "rgb(219, 228, 239)"), "white on white"


def test_characters_of_other_scripts_and_pictures_keep_their_columns(typist: Learner) -> None:
    typist.does("clear; printf '日本語|\\n🐳🐳ab|\\ngrüße |\\n'")
    typist.sees("日本語|")
    typist.sees("🐳🐳ab|")
    places = typist.page.evaluate(COLUMNS)
    assert places[0]
    assert len(set(places)) == 1, places


def test_the_text_grows_by_key_and_programs_follow_the_size(typist: Learner) -> None:
    typist.does("clear; stty size")
    before = typist.screen.splitlines()[-2].split()
    for _ in range(4):
        typist.page.keyboard.press("Control+=")
    typist.does(f"clear; while [ \"$(stty size)\" = '{' '.join(before)}' ]; do sleep 0.1; done; stty size")
    after = typist.screen.splitlines()[-2].split()
    assert int(after[0]) < int(before[0])
    assert int(after[1]) < int(before[1])
    typist.page.keyboard.press("Control+0")


def test_find_goes_from_one_place_to_the_next(typist: Learner) -> None:
    page = typist.page
    typist.does("clear; seq -f 'row %g' 300")
    page.locator("#terminal-1 textarea").press("Control+Shift+f")
    page.keyboard.type("row 17")
    expect(page.locator("#terminal-1 .terminal-count")).to_contain_text(" of ")
    page.keyboard.press("Enter")
    typist.awaits(lambda screen: "row 17" in screen)
    page.keyboard.press("Escape")
    expect(page.locator("#terminal-1 .terminal-find")).to_be_hidden()


def test_a_shell_that_has_ended_offers_a_new_one(typist: Learner) -> None:
    page = typist.page
    typist.types("exit")
    page.get_by_role("button", name="Open a new one").click()
    typist.sees_prompt()
    typist.does("echo alive-$((1))")
    typist.sees("alive-1")


def test_ctrl_c_ends_a_flood_on_a_slow_machine(typist: Learner) -> None:
    page = typist.page
    slow: CDPSession = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    typist.types("yes 'the quick brown fox jumps over the lazy dog' | cat -n")
    typist.awaits(_is_flooded)
    page.keyboard.press("Control+c")
    typist.sees_prompt()
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    typist.does("clear; echo back-$((1))")
    typist.sees("back-1")


def test_the_flash_of_the_bell(typist: Learner) -> None:
    typist.page.evaluate(WATCH_BELL)
    typist.does("printf '\\a'")
    typist.page.wait_for_selector("lab-terminal[data-rang]", state="attached")


def _sleeps(screen: str) -> bool:
    """`SLEEP` has begun: the line that ran it is cleared away."""
    return screen == "asleep"


def _is_flooded(screen: str) -> bool:
    """Many times more has come than a page may leave unread, or scroll back to."""
    return any(int(number) > FLOODED for number in re.findall(r"^ *(\d+) +the quick", screen, re.MULTILINE))


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
