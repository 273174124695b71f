"""The terminal's colours can be read: WCAG's contrast, computed, by day and by night and on the projector."""

from __future__ import annotations

import re

import pytest

from tests.static_server import ROOT

AA = 4.5
CSS = ROOT / "static" / "css"
NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
GIVEN = re.compile(r"(--[\w-]+):\s*([^;}]+)")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("page", ["", "present/lab-present.css"])
def test_every_terminal_colour_has_enough_contrast(look: str, page: str) -> None:
    given = _given("colours.css") | _given("terminal/lab-terminal.css") | (_given(page) if page else {})
    ground = _colour(given, "--term", look)
    inks = ["--term-ink", "--term-cursor", *(f"--term-{kind}{name}" for kind in ("", "bright-") for name in NAMES)]
    ratios = {ink: _contrast(_colour(given, ink, look), ground) for ink in inks}
    assert {ink: ratio for ink, ratio in ratios.items() if ratio < AA} == {}


def test_contrast_ratio_is_computed_as_in_wcag() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def _given(file: str) -> dict[str, str]:
    return dict(GIVEN.findall((CSS / file).read_text()))


def _colour(given: dict[str, str], name: str, look: str) -> str:
    value = given[name].strip()
    if both := re.fullmatch(r"light-dark\(([^,]+),\s*([^)]+)\)", value):
        value = both[1 if look == "light" else 2].strip()
    if other := re.fullmatch(r"var\((--[\w-]+)\)", value):
        return _colour(given, other[1], look)
    assert re.fullmatch(r"#[0-9a-f]{6}", value), (name, value)
    return value


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
