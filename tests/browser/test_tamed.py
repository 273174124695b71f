"""What a program prints stays in its terminal: no title, no clipboard, no link that runs or opens by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

TITLE = r"printf '\033]0;evil title\007\033]2;evil title\007'"
CLIPBOARD = r"printf '\033]52;c;ZXZpbA==\007'"
LINK = r"printf '\033]8;;%s\033\\click here\033]8;;\033\\\n' 'javascript:document.title=`evil`'"
MARKUP = "echo '<img src=x onerror=document.title=1><b>bold</b>'"


def test_a_program_sets_no_title_writes_no_clipboard_and_opens_no_link(typist: Learner) -> None:
    page = typist.page
    page.evaluate("navigator.clipboard.writeText('my own')")
    title = page.title()

    for line in (TITLE, CLIPBOARD, LINK, MARKUP):
        typist.does(line)
    typist.sees("click here", times=2)

    assert page.title() == title
    assert page.evaluate("navigator.clipboard.readText()") == "my own"
    assert len(page.context.pages) == 1
    assert "<img" in typist.screen


def test_a_link_with_other_words_shows_its_address_before_it_opens(typist: Learner) -> None:
    page = typist.page
    elsewhere = f"{typist.lab.base}/healthz"
    typist.does(rf"printf '\033]8;;%s\033\\%s\033]8;;\033\\\n' {elsewhere} https://example.org/")
    row = page.locator("lab-terminal:not([hidden]) .xterm-rows > div", has_text="https://example.org/").last
    place = row.bounding_box()
    assert place

    def click() -> None:
        pointed = page.locator("lab-terminal:not([hidden]) .xterm-cursor-pointer")
        page.mouse.move(place["x"] + 300, place["y"] + 100)
        expect(pointed).to_have_count(0)
        page.mouse.move(place["x"] + 60, place["y"] + place["height"] / 2)
        expect(pointed).to_have_count(1)
        page.mouse.click(place["x"] + 60, place["y"] + place["height"] / 2)

    click()
    dialog = page.get_by_role("dialog", name="Open this address?")
    expect(dialog.locator("pre")).to_have_text(elsewhere)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert len(page.context.pages) == 1
    click()
    with page.context.expect_page() as opening:
        dialog.get_by_role("button", name="Open", exact=True).click()
    opening.value.wait_for_url(elsewhere)
    assert opening.value.evaluate("window.opener") is None
