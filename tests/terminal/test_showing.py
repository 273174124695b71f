"""What comes out of a shell: whole, in order, and never too much at once."""

from __future__ import annotations

import re

import pytest

from slipway.terminal.output import RING_BYTES
from slipway.terminal.shell_integration import Mark
from tests.eventually import at_rest, eventually
from tests.terminal.reader import NUMBERED, Make, Reader

pytestmark = pytest.mark.engine


def test_characters_come_whole_however_the_bytes_do(reader: Reader) -> None:
    reader.run(
        "stty -echo; printf '\\xe6\\x97'; sleep 0.3; printf '\\xa5\\xf0\\x9f'; sleep 0.3; printf '\\x90\\xb3<\\n'"
    )
    reader.see("日🐳<")
    assert "\ufffd" not in reader.text


def test_a_large_output_comes_whole(reader: Reader) -> None:
    reader.run("seq 1 200000; echo end-$((1))")
    reader.see("end-1\r\n")
    numbers = NUMBERED.findall(reader.text)
    assert numbers == [str(number) for number in range(1, 200001)]


def test_a_page_that_parses_nothing_stops_the_program(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.parses = False
    page.run("yes")
    page.wait(lambda: len(page.text) >= terminal.state.window // 2)
    held, _ = at_rest(lambda: (terminal.state.output.ring.end, len(page.text)), "the output of `yes`")
    assert held - page.client.acknowledged <= terminal.state.window + 64 * 1024
    page.parses = True
    page.client.acknowledge(page.have)
    page.client.type("\x03")
    page.see("^C")


def test_a_flood_that_is_interrupted_is_left_out_for_a_slow_page_and_kept_for_the_next(make: Make) -> None:
    terminal = make()
    page = Reader(terminal, draws=8e5)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("stty -echo; seq 1 3000000")
    page.wait(lambda: page.client.is_slow and len(page.text) > 400_000)
    page.client.type("\x03")
    page.wait(lambda: page.text.endswith("ready$ "))
    before, *_, after = re.split(r"\[\d\.\d MB left out\. .* the last 10 000 lines\.\]", page.text)
    assert after != page.text
    shown = [int(number) for number in NUMBERED.findall(before)][1:]  # the first is in the command
    last = [int(number) for number in NUMBERED.findall(after)][:-1]  # the last one may have been cut
    assert shown == list(range(1, shown[-1] + 1))
    assert last == list(range(last[0], last[-1] + 1))
    assert last[0] > shown[-1] + 1
    page.run("echo more-$((1))")
    page.see("more-1\r\n")
    again = Reader(terminal)
    again.see("more-1\r\n")
    kept = [int(number) for number in NUMBERED.findall(again.text)]
    assert kept[:-1] == list(range(kept[0], kept[0] + len(kept) - 1))
    assert len(kept) > 9_000


def test_a_slow_mirror_slows_nobody_and_catches_up(make: Make) -> None:
    terminal = make()
    mirror = Reader(terminal, parses=False)
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("seq 1 300000; echo end-$((1))")
    page.see("end-1\r\n")
    assert "end-1" not in mirror.text
    mirror.parses = True
    mirror.client.acknowledge(mirror.have)
    mirror.see("end-1\r\n")
    assert any(news.get("clear") for news in mirror.news[1:])
    assert "Open in 2 places" in page.news[-1]["say"]


def test_output_waits_for_the_last_page_to_come_back(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.client.type("sleep 0.5; seq 1 400000; echo end-$((1))\r")
    page.see("end-$((1))\r\n")
    page.client.close()
    eventually(lambda: terminal.state.output.ring.end - page.have > RING_BYTES // 2, "the flood to begin")
    held = at_rest(lambda: terminal.state.output.ring.end, "the output that nobody reads")
    assert held - page.have <= RING_BYTES
    again = Reader(terminal, after=page)
    again.see("end-1\r\n")
    assert NUMBERED.findall(again.text) == [str(number) for number in range(1, 400001)]


def test_the_shells_marks_are_told_in_order(make: Make) -> None:
    heard: list[Mark] = []
    terminal = make(lambda number, mark: heard.append(mark))
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run(r"printf '\e]633;E;docker ps;5.5\a\e]133;D;3;6.5\a'; echo done-$((1))")
    page.see("done-1")
    assert heard == [("typed", "docker ps", 5.5), ("finished", 3, 6.5)]
