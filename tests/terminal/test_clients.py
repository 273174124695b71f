"""Several pages on one terminal: all see the output, and one is active."""

from __future__ import annotations

import pytest

from slipway.terminal.terminal import Terminal
from tests.terminal.reader import Make, Reader

pytestmark = pytest.mark.engine

POSITION = "\x1b[12;34R"


def two_pages(make: Make) -> tuple[Terminal, Reader, Reader]:
    """Return a terminal, its active wide page, and an inactive narrow one."""
    terminal = make()
    wide, narrow = Reader(terminal), Reader(terminal)
    wide.client.resize(120, 40)
    narrow.client.resize(60, 20)
    wide.run("echo ready-$((1))")
    for page in (wide, narrow):
        page.see("ready-1\r\n")
    return terminal, wide, narrow


def test_active_page_sets_the_size_and_all_pages_are_notified(make: Make) -> None:
    _, wide, narrow = two_pages(make)
    narrow.wait(lambda: (narrow.news[-1]["cols"], narrow.news[-1]["rows"], narrow.news[-1]["used"]) == (120, 40, False))
    wide.run("stty size")
    narrow.see("40 120\r\n")
    narrow.client.activate()
    narrow.wait(lambda: (narrow.news[-1]["cols"], narrow.news[-1]["used"]) == (60, True))
    wide.wait(lambda: (wide.news[-1]["cols"], wide.news[-1]["rows"], wide.news[-1]["used"]) == (60, 20, False))
    narrow.run("stty size")
    wide.see("20 60\r\n")


def test_query_of_a_program_is_answered_by_the_active_page_only(make: Make) -> None:
    terminal, wide, narrow = two_pages(make)
    wide.run(r"""stty -echo -icanon; printf '\e[6n'; read -t 2 -d R a; read -t 1 -d R b; echo "<${a:2}|${b:2}>" """)
    for page in (narrow, wide):
        page.see("\x1b[6n")
    narrow.client.type("\x1b[99;99R")
    wide.client.type(POSITION)
    narrow.client.type("\x1b[99;99R")
    wide.see("<12;34|>")
    assert terminal.state.active is wide.client


def test_first_returning_page_is_active_until_another_is_used(make: Make) -> None:
    first, shown, hidden = two_pages(make)
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


def test_returning_page_replaces_its_dead_connection_as_active(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.see("ready$ ")
    again = Reader(terminal, after=page)
    again.wait(lambda: (again.news[-1]["viewers"], again.news[-1]["used"]) == (2, True))


def test_frozen_active_page_does_not_stall_the_others(make: Make) -> None:
    _, frozen, page = two_pages(make)
    frozen.parses = False
    frozen.run("seq 1 300000; echo end-$((1))")
    page.see("end-1\r\n")
    assert page.news[-1]["used"]
