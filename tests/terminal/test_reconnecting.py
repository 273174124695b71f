"""A page that reconnects, or an app that restarts: no output is lost or repeated."""

from __future__ import annotations

import re

import pytest

from tests.terminal.reader import Make, Reader

pytestmark = pytest.mark.engine


def test_returning_page_resumes_at_the_next_byte(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("for n in $(seq 1 40); do echo line-$n; sleep 0.02; done; echo end-$((1))")
    page.see("line-5\r\n")
    page.client.close()
    seen = page.text
    again = Reader(terminal, after=page)
    again.see("end-1\r\n")
    assert not again.news[0].get("clear")
    assert re.findall(r"line-(\d+)\r", seen + again.text) == [str(number) for number in range(1, 41)]


def test_page_resumes_after_a_restart_of_the_app(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("echo before-$((1)); sleep 1; echo after-$((1))")
    page.see("before-1\r\n")
    first.close()
    page.client.close()
    seen = page.text
    again = Reader(make(), after=page)
    again.client.resize(80, 24)
    again.see("after-1\r\n")
    again.wait(lambda: again.text.endswith("ready$ "))
    assert not any(news.get("clear") for news in again.news)
    assert (seen + again.text).count("before-1\r\n") == 1
    assert (seen + again.text).count("after-1\r\n") == 1


def test_idle_prompt_survives_a_restart_once(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    again = make()
    returning = Reader(again, after=page)
    returning.wait(lambda: returning.news[-1]["state"] == "live")
    assert not returning.news[-1]["clear"]
    returning.run("echo more-$((1))")
    returning.see("more-1\r\n")
    assert "hi\r\n" not in returning.text
    newcomer = Reader(again)
    newcomer.client.resize(80, 24)
    newcomer.see("hi\r\n\x1b[?2004hready$ ")
    newcomer.see("more-1\r\n")


def test_new_page_sees_the_prompt_after_a_restart(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    newcomer = Reader(make())
    newcomer.client.resize(80, 24)
    newcomer.see("hi\r\n")
    newcomer.wait(lambda: newcomer.text.endswith("ready$ "))


def test_page_without_a_size_sees_the_prompt_of_a_running_shell(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    newcomer = Reader(make())
    newcomer.wait(lambda: newcomer.text.endswith("ready$ "))
    newcomer.run("stty size")
    newcomer.see("24 80\r\n")


def test_page_with_output_of_another_shell_starts_over(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.text = "something else than what this shell has written"
    again = Reader(terminal, after=page)
    again.see("ready$ ")
    assert again.news[0]["clear"]


def test_new_page_is_told_which_output_is_old(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("echo before-$((1))")
    page.wait(lambda: page.text.endswith("before-1\r\n\x1b[?2004hready$ "))
    earlier = page.text
    newcomer = Reader(terminal)
    newcomer.see("before-1\r\n")
    newcomer.run("echo after-$((1))")
    newcomer.see("after-1\r\n")
    status = newcomer.news[0]
    assert newcomer.text[: status["upto"] - status["from"]] == earlier
