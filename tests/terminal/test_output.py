"""The output of a shell: complete, in order, and limited by flow control."""

from __future__ import annotations

import re

import pytest

from slipway.terminal.output import RING_BYTES
from slipway.terminal.shell_integration import Mark
from tests.eventually import at_rest, eventually
from tests.terminal.reader import NUMBERED, Make, Reader

pytestmark = pytest.mark.engine


def test_split_characters_arrive_whole(reader: Reader) -> None:
    reader.run(
        "stty -echo; printf '\\xe6\\x97'; sleep 0.3; printf '\\xa5\\xf0\\x9f'; sleep 0.3; printf '\\x90\\xb3<\\n'"
    )
    reader.see("日🐳<")
    assert "\ufffd" not in reader.text


def test_large_output_arrives_complete(reader: Reader) -> None:
    reader.run("seq 1 200000; echo end-$((1))")
    reader.see("end-1\r\n")
    numbers = NUMBERED.findall(reader.text)
    assert numbers == [str(number) for number in range(1, 200001)]


def test_program_blocks_while_the_page_acknowledges_nothing(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.parses = False
    page.run("yes")
    page.wait(lambda: len(page.text) >= terminal.state.window // 2)
    end, _ = at_rest(lambda: (terminal.state.output.ring.end, len(page.text)), "the output of `yes`")
    assert end - page.client.acknowledged <= terminal.state.window + 64 * 1024
    page.parses = True
    page.client.acknowledge(page.have)
    page.client.type("\x03")
    page.see("^C")


def test_interrupted_flood_is_skipped_for_a_slow_page_but_kept_for_a_new_one(make: Make) -> None:
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
    numbers = [int(number) for number in NUMBERED.findall(again.text)]
    assert numbers[:-1] == list(range(numbers[0], numbers[0] + len(numbers) - 1))
    assert len(numbers) > 9_000


def test_slow_second_page_does_not_slow_the_first_and_catches_up(make: Make) -> None:
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


def test_output_waits_for_the_last_page_to_return(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.client.type("sleep 0.5; seq 1 400000; echo end-$((1))\r")
    page.see("end-$((1))\r\n")
    page.client.close()
    eventually(lambda: terminal.state.output.ring.end - page.have > RING_BYTES // 2, "the flood to begin")
    end = at_rest(lambda: terminal.state.output.ring.end, "the output that nobody reads")
    assert end - page.have <= RING_BYTES
    again = Reader(terminal, after=page)
    again.see("end-1\r\n")
    assert NUMBERED.findall(again.text) == [str(number) for number in range(1, 400001)]


def test_marks_are_reported_in_order(make: Make) -> None:
    marks: list[Mark] = []
    terminal = make(lambda number, mark: marks.append(mark))
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run(r"printf '\e]633;E;docker ps;5.5\a\e]133;D;3;6.5\a'; echo done-$((1))")
    page.see("done-1")
    assert marks == [("typed", "docker ps", 5.5), ("finished", 3, 6.5)]
