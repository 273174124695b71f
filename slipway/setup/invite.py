"""What `./lab up --class` prints before the last line: how learners join. Knows no HTTP."""

from __future__ import annotations

from slipway.classroom.invitation import Invitation, qr_rows
from slipway.setup.console import Console

BORDER = 2
BLACK_ON_WHITE = "\x1b[30;107m"  # black on white, whatever the terminal's instructor_url colours are
RESET = "\x1b[0m"
HALF_BLOCKS = {"00": " ", "10": "▀", "01": "▄", "11": "█"}


def print_invitation(invitation: Invitation, instructor_url: str, console: Console) -> None:
    """Print link, code and QR code. `instructor_url` is the instructor's address, with the token."""
    coloured = console.coloured
    console.print("")
    for row in half_blocks(qr_rows(invitation.links[0]), inverted=not coloured):
        console.print(f"  {BLACK_ON_WHITE}{row}{RESET}" if coloured else f"  {row}")
    console.print("")
    place = invitation.origins[0]
    console.print(f"  Learners scan this, or open  {place}  and enter the code  {invitation.code}")
    console.print(f"  As a link:  {invitation.links[0]}")
    for link in invitation.links[1:]:
        console.print(f"  On another network:  {link}")
    here, _, token = instructor_url.partition("/?")
    console.print(f"  For the projector:  {here}/invite  (or press i on the class dashboard)")
    if here != place:
        console.print(f"  You, from another machine:  {place}/?{token}  (keep it private)")
    console.print("")


def half_blocks(rows: list[str], inverted: bool = False) -> list[str]:
    """Draw two rows of dots in each line of text, with a light border. `inverted`: ink is light, for dark terminals."""
    width = len(rows[0]) + 2 * BORDER
    empty = ["0" * width] * BORDER
    padded = [*empty, *("0" * BORDER + row + "0" * BORDER for row in rows), *empty, "0" * width]
    if inverted:
        padded = [row.translate(str.maketrans("01", "10")) for row in padded]
    pairs = zip(padded[::2], padded[1::2], strict=False)
    return ["".join(HALF_BLOCKS[upper + lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs]
