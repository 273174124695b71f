"""Marks beside commands: how each ended, how long it took, and the way from one to the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

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


def _stand_beside(typist: Learner) -> None:
    """Each mark is on the line of its command."""
    page = typist.page
    for words, mark in (("$ true", "✓"), ("$ (exit 7)", "✗ 7"), ("$ sleep 2.2", "✓ 2")):
        expect(page.locator(MARKS, has_text=mark).first).to_be_visible()
        page.wait_for_function(BESIDE, arg=[words, mark])


def _marks(typist: Learner) -> list[dict[str, object]]:
    script = "(all) => all.map((one) => ({ text: one.textContent, top: one.getBoundingClientRect().top }))"
    return list(typist.page.locator(MARKS).evaluate_all(script))


def _top(typist: Learner, words: str) -> int:
    box = typist.page.locator("#terminal-1 .xterm-rows > div", has_text=words).first.bounding_box()
    assert box is not None
    return round(box["y"])


# Whether a mark that begins so is as high as the row with these words.
BESIDE = """([words, mark]) => {
  const top = (one) => Math.round(one.getBoundingClientRect().top)
  const rows = [...document.querySelectorAll("#terminal-1 .xterm-rows > div")]
  const row = rows.find((one) => one.textContent.replaceAll("\\u00a0", " ").includes(words))
  return row && [...document.querySelectorAll("#terminal-1 .terminal-verdict")]
    .some((one) => one.textContent.startsWith(mark) && Math.abs(top(one) - top(row)) <= 2)
}"""
