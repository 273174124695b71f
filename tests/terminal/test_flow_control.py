"""How much may be under way to a page."""

from __future__ import annotations

from slipway.terminal.flow_control import ACKNOWLEDGED_AT_ONCE, FlowControl

MOST = 256 * 1024


def test_a_page_that_was_never_busy_has_the_whole_window() -> None:
    flow = FlowControl(MOST)
    for second in range(10):
        flow.acknowledge(100, 100, float(second))
    assert flow.window == MOST


def test_a_slow_page_gets_a_twentieth_of_a_second() -> None:
    flow = draw(FlowControl(MOST), 3_000_000)
    assert 140_000 < flow.window < 160_000


def test_a_fast_page_gets_no_more_than_the_most() -> None:
    assert draw(FlowControl(MOST), 50_000_000).window == MOST


def test_a_very_slow_page_still_gets_enough_to_go_on() -> None:
    assert draw(FlowControl(MOST), 10_000).window == 2 * ACKNOWLEDGED_AT_ONCE


def test_a_page_that_grew_faster_gets_its_window_back() -> None:
    assert draw(draw(FlowControl(MOST), 10_000), 50_000_000, since=100.0).window == MOST


def test_only_a_page_that_was_seen_to_be_slow_is_slow() -> None:
    assert not FlowControl(MOST).is_slow
    assert draw(FlowControl(MOST), 10_000_000).is_slow
    assert not draw(draw(FlowControl(MOST), 10_000_000), 50_000_000, since=100.0).is_slow


def draw(flow: FlowControl, speed: int, since: float = 0.0) -> FlowControl:
    """A second of drawing so many bytes a second, with always enough under way."""
    for step in range(1001):
        flow.acknowledge(speed // 1000, MOST, since + step / 1000)
    return flow
