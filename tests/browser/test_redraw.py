"""Programs that fill the screen redraw, without rests of what was there, when it grows or shrinks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

SIZES = ((1100, 620), (1500, 1000))
SHARE = re.compile(r"\d+\.\d+%")
# Says each size of its terminal, for who waits until a program in a container could know it.
SIZED = (
    'while sleep 0.2; do now=$(stty size </dev/tty); [ "$now" = "$then" ] || printf "rows: $now\\r\\n"; then=$now; done'
)


@pytest.mark.parametrize(("program", "leave"), [("less long", "q"), ("vim long", ":q!\n")])
def test_a_file_fills_whatever_height_there_is(typist: Learner, program: str, leave: str) -> None:
    typist.does("seq -f 'line %g.' 500 > long; clear")
    typist.types(program)
    typist.sees("line 1.")
    for width, height in SIZES:
        typist.page.set_viewport_size({"width": width, "height": height})
        typist.awaits(_numbered_to_the_end(typist))
    typist.page.keyboard.type(leave)
    typist.sees_prompt()


def test_htop_keeps_its_bars_above_and_its_keys_below(typist: Learner) -> None:
    typist.types("htop")
    typist.awaits(lambda screen: "F10Quit" in screen)
    for width, height in SIZES:
        typist.page.set_viewport_size({"width": width, "height": height})
        typist.awaits(
            lambda screen: (
                screen.count("F10Quit") == 1
                and len(re.findall(r"PID.* USER ", screen)) == 1
                and screen.splitlines()[-1].startswith("F1Help")
                and len(screen.splitlines()) >= _rows(typist) - 1
            )
        )
    typist.page.keyboard.press("q")
    typist.sees_prompt()


def test_docker_stats_has_one_heading_and_a_line_for_each_container(typist: Learner) -> None:
    busy = "sh -c 'while usleep 5000; do :; done'"  # a little: its share of the processor is never the same for long
    typist.does(f"docker rm -f $(docker ps -aq); docker run -d --name sleepy busybox {busy}; clear")
    typist.types("docker stats")
    typist.awaits(_one_heading)
    for width, height in SIZES:
        typist.page.set_viewport_size({"width": width, "height": height})
        for _ in range(3):
            typist.awaits(_draws_again(typist.screen))
        typist.awaits(_one_heading)
    typist.page.keyboard.press("Control+c")
    typist.sees_prompt()
    typist.does("docker rm -f sleepy")


def test_a_long_line_in_redis_is_edited_at_either_width(typist: Learner) -> None:
    """Each line has the width that the terminal has when it begins: redis-cli asks once a line."""
    page = typist.page
    typist.does("docker rm -f store; docker run -d --name store redis; clear")
    typist.types(f"docker exec -it store sh -c '{SIZED} & redis-cli; kill $!'")
    typist.awaits(lambda screen: "127.0.0.1:6379>" in screen)
    page.keyboard.type(":set nohints\n")
    for turn, (width, height) in enumerate(SIZES):
        page.set_viewport_size({"width": width, "height": height})
        typist.awaits(lambda screen: f"rows: {_rows(typist)} " in screen)
        page.keyboard.press("Enter")
        page.keyboard.type(f"SET greeting{turn} " + "long-" * 8 + "gone")
        for _ in range(4):
            page.keyboard.press("Backspace")
        page.keyboard.type("here")
        typist.awaits(
            lambda screen, turn=turn: screen.endswith("long-here") and screen.count(f"SET greeting{turn}") == 1  # type: ignore[misc]
        )
        page.keyboard.press("Enter")
        typist.awaits(lambda screen, turn=turn: screen.count("OK") == turn + 1)  # type: ignore[misc]
    page.keyboard.type("exit\n")
    typist.sees_prompt()
    typist.does("docker rm -f store")


def _numbered_to_the_end(typist: Learner) -> Callable[[str], bool]:
    """Line after line from the first, to the last but one row of the screen."""

    def filled(screen: str) -> bool:
        lines = screen.splitlines()
        return len(lines) >= _rows(typist) - 1 and lines[:-1] == [f"line {n}." for n in range(1, len(lines))]

    return filled


def _draws_again(before: str) -> Callable[[str], bool]:
    """`docker stats` has drawn its list once more: it shows another share of the processor."""
    return lambda screen: SHARE.findall(screen)[:1] not in ([], SHARE.findall(before)[:1])


def _rows(typist: Learner) -> int:
    return typist.page.locator("#terminal-1 .xterm-rows > div").count()


def _one_heading(screen: str) -> bool:
    lines = screen.splitlines()
    return screen.count("CONTAINER ID") == 1 and screen.count("sleepy") == 1 and "CONTAINER" in "".join(lines[:2])
