"""What is pasted is what is seen, and nothing runs by itself: at the prompt, in `cat`, in redis-cli."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.learner import Learner

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chord", ["Control+v", "Control+Shift+v", "Shift+Insert"])
def test_at_the_prompt_several_lines_are_one_paste_and_none_runs_by_itself(typist: Learner, chord: str) -> None:
    _paste(typist.page, "echo one-$((1))\necho two-$((2))\n", chord)
    typist.sees("echo two-$((2))")
    typist.page.keyboard.type("; echo typed")  # its echo comes after all that the paste has done
    typist.awaits(lambda screen: screen.endswith("; echo typed"))
    assert "one-1" not in typist.screen
    typist.page.keyboard.press("Enter")
    typist.sees("one-1")
    typist.sees("two-2")


def test_the_middle_button_pastes_what_is_selected(typist: Learner) -> None:
    page = typist.page
    typist.does("clear; echo again-and-again")
    row = page.locator("#terminal-1 .xterm-rows > div").first.bounding_box()
    assert row is not None
    page.mouse.click(row["x"] + 30, row["y"] + row["height"] / 2, click_count=2)
    page.mouse.click(row["x"] + 200, row["y"] + 100, button="middle")
    typist.awaits(lambda screen: screen.endswith("$ again-and-again"))
    page.keyboard.press("Control+c")


def test_one_line_and_its_enter_are_asked_about_where_they_would_run(typist: Learner) -> None:
    page = typist.page
    _runs(typist, "cat")
    _paste(page, "only this\n")
    dialog = page.get_by_role("dialog", name="Paste a line and Enter?")
    expect(dialog.locator("pre")).to_have_text("only this\n")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.keyboard.type("typed\n")
    typist.sees("typed", times=2)
    assert "only this" not in typist.screen

    _paste(page, "no end")
    typist.sees("no end")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Control+c")


def test_all_of_a_long_paste_is_shown_and_what_hides_in_it_is_left_out(typist: Learner) -> None:
    page = typist.page
    _runs(typist, "cat > kept")
    lines = [f"line {number} {'long ' * 60}" for number in range(60)]
    _paste(page, "\n".join([*lines, "rm\u202e -rf\u200b here", ""]))
    dialog = page.get_by_role("dialog", name="Paste 61 lines?")
    shown = dialog.locator("pre")
    expect(shown).to_contain_text("line 59")
    expect(shown).to_contain_text("rm -rf here")
    expect(dialog).to_contain_text("2 characters that can't be seen are left out.")
    assert _all_in_reach(shown)
    dialog.get_by_role("button", name="Paste").click()
    typist.awaits(lambda screen: "rm -rf here" in screen)
    page.keyboard.press("Control+d")
    typist.sees_prompt()
    typist.does("clear; wc -l < kept; tail -n 1 kept | od -An -c")
    typist.sees("61")
    typist.sees("r   m       -   r   f       h   e   r   e  \\n")


def test_in_redis_each_line_is_asked_about(typist: Learner) -> None:
    page = typist.page
    typist.does("docker rm -f store; docker run -d --name store redis")
    _runs(typist, "docker exec -it store redis-cli", "127.0.0.1:6379>")
    _paste(page, "SET a 1\nGET a\n")
    dialog = page.get_by_role("dialog", name="Paste 2 lines?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.type("PING")  # its echo comes after all that the paste has done
    typist.awaits(lambda screen: "PING" in screen)
    assert "SET" not in typist.screen
    page.keyboard.press("Enter")
    typist.sees("PONG")
    _paste(page, "SET a 1\nGET a\n")
    dialog.get_by_role("button", name="Paste").click()
    typist.sees('"1"')
    typist.does("exit")


def _runs(typist: Learner, line: str, sees: str = "") -> None:
    """A program that takes pastes as keys, with an empty screen."""
    typist.types(f"clear; {line}")
    typist.awaits(lambda screen: "clear" not in screen and sees in screen)


def _paste(page: Page, text: str, chord: str = "Control+v") -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator("#terminal-1 textarea.xterm-helper-textarea").focus()
    page.keyboard.press(chord)


def _all_in_reach(shown: Locator) -> bool:
    """Nothing is right of what is in view; what is below can be scrolled to."""
    script = """(one) => one.scrollWidth <= one.clientWidth
      && ["auto", "scroll"].includes(getComputedStyle(one).overflowY)"""
    return bool(shown.evaluate(script))
