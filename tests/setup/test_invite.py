"""What `./lab up --class` prints for the instructor."""

from __future__ import annotations

import io

import pytest

from slipway.classroom.invitation import Invitation, qr_rows
from slipway.setup.console import Console
from slipway.setup.invite import BORDER, HALF_BLOCKS, half_blocks, print_invitation

ROOM = Invitation(["http://10.0.0.1:8000", "http://192.168.1.20:8000"], "KRT-7PH", "long-key")
OWN = "http://127.0.0.1:8000/?token=secret"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("inverted", [False, True])
def test_half_blocks_draw_every_dot(inverted: bool) -> None:
    rows = qr_rows(ROOM.links[0])
    back = {sign: pair for pair, sign in HALF_BLOCKS.items()}
    drawn = [back[sign][half] for line in half_blocks(rows, inverted) for half in (0, 1) for sign in line]
    width = len(rows) + 2 * BORDER
    lines = ["".join(drawn[at : at + width]) for at in range(0, len(drawn), width)]
    inner = [line[BORDER:-BORDER] for line in lines[BORDER : BORDER + len(rows)]]
    assert inner == [row.translate(str.maketrans("01", "10")) if inverted else row for row in rows]


def test_invitation_has_code_and_every_link() -> None:
    log = io.StringIO()
    print_invitation(ROOM, OWN, Console(log))
    output = log.getvalue()
    assert "open  http://10.0.0.1:8000  and enter the code  KRT-7PH" in output
    assert all(link in output for link in ROOM.links)
    assert "http://10.0.0.1:8000/?token=secret" in output
    assert "http://127.0.0.1:8000/invite " in output
    assert "Slipway is ready" not in output
    assert "\x1b" not in output


def test_behind_a_proxy_there_is_one_address_for_everybody() -> None:
    log = io.StringIO()
    print_invitation(Invitation(["https://lab.example"], "KRT-7PH", "k"), "https://lab.example/?token=s", Console(log))
    output = log.getvalue()
    assert "open  https://lab.example  and enter" in output
    assert "https://lab.example/join#k" in output
    assert "https://lab.example/invite " in output
    assert "token=s" not in output


def test_qr_code_on_a_terminal_is_black_on_white() -> None:
    screen = Terminal()
    print_invitation(ROOM, OWN, Console(screen))
    assert "\x1b[30;107m" in screen.getvalue()
