"""What `./lab up --class` tells the instructor before the last line: how learners come in. Knows no HTTP."""

from __future__ import annotations

from slipway.classroom.invitation import Invitation, dots
from slipway.setup.console import Console

BORDER = 2
INK = "\x1b[30;107m"  # black on white, whatever the terminal's own colours are
PLAIN = "\x1b[0m"
HALVES = {"00": " ", "10": "▀", "01": "▄", "11": "█"}


def invite(invitation: Invitation, own: str, voice: Console) -> None:
    """Prints link, code and QR code. `own` is the instructor's address, which other machines may need too."""
    coloured = voice.stream.isatty()
    voice.say("")
    for row in halves(dots(invitation.links[0]), upside_down=not coloured):
        voice.say(f"  {INK}{row}{PLAIN}" if coloured else f"  {row}")
    voice.say("")
    voice.say(f"  Learners scan this, or open  http://{invitation.places[0]}  and type the code  {invitation.code}")
    voice.say(f"  The same as a link:  {invitation.links[0]}")
    for link in invitation.links[1:]:
        voice.say(f"  On another network:  {link}")
    here, _, token = own.partition("/?")
    voice.say(f"  The same for the projector, without what is for you alone:  {here}/invite  (or i on the wall)")
    voice.say(f"  You, from another machine:  http://{invitation.places[0]}/?{token}  (for you alone)")
    voice.say("")


def halves(rows: list[str], upside_down: bool = False) -> list[str]:
    """Two rows of dots in each line of text, with a light border. `upside_down`: light is ink, for dark terminals."""
    width = len(rows[0]) + 2 * BORDER
    empty = ["0" * width] * BORDER
    padded = [*empty, *("0" * BORDER + row + "0" * BORDER for row in rows), *empty, "0" * width]
    if upside_down:
        padded = [row.translate(str.maketrans("01", "10")) for row in padded]
    pairs = zip(padded[::2], padded[1::2], strict=False)
    return ["".join(HALVES[upper + lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs]
