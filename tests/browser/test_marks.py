"""Marks beside commands: how each ended, how long it took, and the way from one to the next."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

MARKS = "#terminal-1 .terminal-verdict"


def test_a_tick_a_cross_and_how_long_it_took_stand_beside_the_commands(typist: Learner) -> None:
    for line in ("true", "(exit 7)", "sleep 2.2"):
        typist.does(line)
    _stand_beside(typist)
    typist.page.set_viewport_size({"width": 1150, "height": 760})
    _stand_beside(typist)
    typist.page.reload()
    typist.is_ready()
    _stand_beside(typist)


def test_an_empty_line_has_no_mark(typist: Learner) -> None:
    typist.page.keyboard.press("Enter")
    typist.awaits(lambda screen: screen.count("learner@slipway") == 2)
    typist.does("false")
    expect(typist.page.locator(MARKS, has_text="✗ 1")).to_have_count(1)
    tops = [round(one["top"]) for one in _marks(typist) if one["text"].startswith("✗ 1")]
    assert tops == [_top(typist, "false")]


def test_a_command_that_fills_its_line_has_its_mark_at_the_edge(typist: Learner) -> None:
    typist.does("clear; stty size")
    cols = int(typist.screen.splitlines()[0].split()[1])
    prompt = len(typist.screen.splitlines()[-1]) + 1
    typist.does("false " + "x" * (cols - prompt - len("false ") - 1))
    edge = typist.page.locator(f"{MARKS}.edge.bad")
    expect(edge).to_have_count(1)
    expect(edge).to_have_attribute("title", "Exit status 1")


def test_keys_go_from_command_to_command(typist: Learner) -> None:
    typist.does("seq -f 'first %g' 200")
    typist.does("seq -f 'second %g' 200")
    page = typist.page
    page.keyboard.press("Control+Shift+ArrowUp")
    typist.awaits(lambda screen: "seq -f 'second %g' 200" in screen.splitlines()[0])
    page.keyboard.press("Control+Shift+ArrowUp")
    typist.awaits(lambda screen: "seq -f 'first %g' 200" in screen and "first 1\n" in screen)
    page.keyboard.press("Control+Shift+ArrowDown")
    typist.awaits(lambda screen: "seq -f 'second %g' 200" in screen.splitlines()[0])
    page.keyboard.press("Control+Shift+ArrowDown")
    typist.sees_prompt()


def test_who_listens_is_told_of_failures_and_long_waits_and_of_nothing_else(typist: Learner) -> None:
    page = typist.page
    page.get_by_role("button", name="Screen reader mode").click()
    page.evaluate(LISTEN)
    typist.does("true")
    typist.does("(exit 137)")
    expect(_spoken(typist, "Ended with exit code 137, SIGKILL.")).to_have_count(1)
    typist.does("sleep 5.1")
    expect(_spoken(typist, "Finished after 5 seconds.")).to_have_count(1)
    assert _heard(typist) == ["Ended with exit code 137, SIGKILL.", "Finished after 5 seconds."]


def test_what_ended_before_a_reload_is_not_told_again(typist: Learner) -> None:
    page = typist.page
    page.get_by_role("button", name="Screen reader mode").click()
    typist.does("(exit 3)")
    expect(_spoken(typist, "exit code 3.")).to_have_count(1)
    page.add_init_script(f"addEventListener('DOMContentLoaded', {LISTEN})")
    typist.reload()
    typist.does("(exit 4)")
    expect(_spoken(typist, "exit code 4.")).to_have_count(1)
    assert _heard(typist) == ["Ended with exit code 4."]


def test_who_does_not_listen_is_told_by_the_mark_alone(typist: Learner) -> None:
    typist.page.evaluate(LISTEN)
    typist.does("(exit 5)")
    expect(typist.page.locator(MARKS, has_text="✗ 5")).to_have_count(1)
    typist.page.get_by_role("button", name="Screen reader mode").click()
    typist.does("(exit 6)")
    expect(_spoken(typist, "exit code 6.")).to_have_count(1)
    assert _heard(typist) == ["Ended with exit code 6."]


def _spoken(typist: Learner, words: str) -> Locator:
    """What stands in a region that a screen reader reads out by itself."""
    return typist.page.get_by_role("status").filter(has_text=words)


def _heard(typist: Learner) -> list[str]:
    """All that was said of commands since somebody listened."""
    said = typist.page.evaluate("window.heard")
    return [one for one in said if one.startswith(("Ended", "Finished"))]


def _stand_beside(typist: Learner) -> None:
    """Each mark is on the line of its command."""
    page = typist.page
    for words, mark in (("$ true", "✓"), ("$ (exit 7)", "✗ 7"), ("$ sleep 2.2", "✓ 2")):
        expect(page.locator(MARKS, has_text=mark).first).to_be_visible()
        page.wait_for_function(BESIDE, arg=[words, mark])


def _marks(typist: Learner) -> list[dict[str, Any]]:
    script = "(all) => all.map((one) => ({ text: one.textContent, top: one.getBoundingClientRect().top }))"
    return list(typist.page.locator(MARKS).evaluate_all(script))


def _top(typist: Learner, words: str) -> int:
    box = typist.page.locator("#terminal-1 .xterm-rows > div", has_text=words).first.bounding_box()
    assert box is not None
    return round(box["y"])


# Each line that the page's live region gets, in window.heard, from now on.
LISTEN = """() => {
  window.heard = []
  const note = (changes) => {
    for (const { addedNodes } of changes) for (const line of addedNodes) window.heard.push(line.textContent)
  }
  new MutationObserver(note).observe(document.querySelector("[aria-live=polite]#announcements"), { childList: true })
}"""
# Whether a mark that begins so is as high as the row with these words.
BESIDE = """([words, mark]) => {
  const top = (one) => Math.round(one.getBoundingClientRect().top)
  const rows = [...document.querySelectorAll("#terminal-1 .xterm-rows > div")]
  const row = rows.find((one) => one.textContent.replaceAll("\\u00a0", " ").includes(words))
  return row && [...document.querySelectorAll("#terminal-1 .terminal-verdict")]
    .some((one) => one.textContent.startsWith(mark) && Math.abs(top(one) - top(row)) <= 2)
}"""
