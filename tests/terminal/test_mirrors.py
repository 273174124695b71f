"""Several pages at one terminal: each sees all, and one of them has the say."""

from __future__ import annotations

import pytest

from slipway.terminal.terminal import Terminal
from tests.terminal.reader import Make, Reader

pytestmark = pytest.mark.engine

POSITION = "\x1b[12;34R"


def two(make: Make) -> tuple[Terminal, Reader, Reader]:
    """A wide page that is used, and a narrow one that looks on."""
    terminal = make()
    wide, narrow = Reader(terminal), Reader(terminal)
    wide.client.resize(120, 40)
    narrow.client.resize(60, 20)
    wide.run("echo ready-$((1))")
    for page in (wide, narrow):
        page.see("ready-1\r\n")
    return terminal, wide, narrow


def test_the_size_is_that_of_the_page_in_use_and_each_is_told(make: Make) -> None:
    _, wide, narrow = two(make)
    narrow.wait(lambda: (narrow.news[-1]["cols"], narrow.news[-1]["rows"], narrow.news[-1]["used"]) == (120, 40, False))
    wide.run("stty size")
    narrow.see("40 120\r\n")
    narrow.client.activate()
    narrow.wait(lambda: (narrow.news[-1]["cols"], narrow.news[-1]["used"]) == (60, True))
    wide.wait(lambda: (wide.news[-1]["cols"], wide.news[-1]["rows"], wide.news[-1]["used"]) == (60, 20, False))
    narrow.run("stty size")
    wide.see("20 60\r\n")


def test_a_programs_question_is_answered_once_and_by_the_page_in_use(make: Make) -> None:
    terminal, wide, narrow = two(make)
    wide.run(r"""stty -echo -icanon; printf '\e[6n'; read -t 2 -d R a; read -t 1 -d R b; echo "<${a:2}|${b:2}>" """)
    for page in (narrow, wide):
        page.see("\x1b[6n")
    narrow.client.type("\x1b[99;99R")
    wide.client.type(POSITION)
    narrow.client.type("\x1b[99;99R")
    wide.see("<12;34|>")
    assert terminal.state.active is wide.client


def test_of_the_pages_that_come_back_the_first_is_in_use_until_somebody_turns_to_another(make: Make) -> None:
    first, shown, hidden = two(make)
    first.close()
    for page in (shown, hidden):
        page.client.close()
    terminal = make()
    shown, hidden = Reader(terminal, after=shown), Reader(terminal, after=hidden)
    shown.wait(lambda: (shown.news[-1]["viewers"], shown.news[-1]["used"]) == (2, True))
    hidden.wait(lambda: hidden.news[-1].get("used") is False)
    hidden.client.activate()
    hidden.wait(lambda: hidden.news[-1]["used"])
    newcomer = Reader(terminal)
    newcomer.wait(lambda: newcomer.news[-1]["used"])


def test_a_page_that_comes_back_takes_over_from_what_is_left_of_it(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.see("ready$ ")
    again = Reader(terminal, after=page)
    again.wait(lambda: (again.news[-1]["viewers"], again.news[-1]["used"]) == (2, True))


def test_a_frozen_page_keeps_nobody_from_seeing_more(make: Make) -> None:
    _, frozen, page = two(make)
    frozen.parses = False
    frozen.run("seq 1 300000; echo end-$((1))")
    page.see("end-1\r\n")
    assert page.news[-1]["used"]
