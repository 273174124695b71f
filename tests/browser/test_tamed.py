"""What a program prints stays in its terminal: no title, no clipboard, no link that runs or opens by itself."""

from __future__ import annotations

import pytest

from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

TITLE = r"printf '\033]0;evil title\007\033]2;evil title\007'"
CLIPBOARD = r"printf '\033]52;c;ZXZpbA==\007'"
LINK = r"printf '\033]8;;%s\033\\click here\033]8;;\033\\\n' 'javascript:document.title=`evil`'"
MARKUP = "echo '<img src=x onerror=document.title=1><b>bold</b>'"


def test_a_program_sets_no_title_writes_no_clipboard_and_opens_no_link(learner: Learner) -> None:
    page = learner.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('my own')")
    title = page.title()

    for line in (TITLE, CLIPBOARD, LINK, MARKUP):
        learner.does(line)
    learner.sees("click here", times=2)

    assert page.title() == title
    assert page.evaluate("navigator.clipboard.readText()") == "my own"
    assert len(page.context.pages) == 1
    assert "<img" in learner.screen
