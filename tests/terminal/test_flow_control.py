"""Flow control: how many bytes may be in flight to a page."""

from __future__ import annotations

from slipway.terminal.flow_control import ACKNOWLEDGED_AT_ONCE, FlowControl

MOST = 256 * 1024


def test_idle_page_has_the_whole_window() -> None:
    flow = FlowControl(MOST)
    for second in range(10):
        flow.acknowledge(100, 100, float(second))
    assert flow.window == MOST


def test_window_of_a_slow_page_is_50_ms_of_drawing() -> None:
    flow = draw(FlowControl(MOST), 3_000_000)
    assert 140_000 < flow.window < 160_000


def test_window_of_a_fast_page_has_a_maximum() -> None:
    assert draw(FlowControl(MOST), 50_000_000).window == MOST


def test_window_of_a_very_slow_page_has_a_minimum() -> None:
    assert draw(FlowControl(MOST), 10_000).window == 2 * ACKNOWLEDGED_AT_ONCE


def test_window_grows_again_when_a_page_draws_faster() -> None:
    assert draw(draw(FlowControl(MOST), 10_000), 50_000_000, since=100.0).window == MOST


def test_page_is_slow_only_once_measured() -> None:
    assert not FlowControl(MOST).is_slow
    assert draw(FlowControl(MOST), 10_000_000).is_slow
    assert not draw(draw(FlowControl(MOST), 10_000_000), 50_000_000, since=100.0).is_slow


def draw(flow: FlowControl, speed: int, since: float = 0.0) -> FlowControl:
    """Draw `speed` bytes per second for one second, with the window always full."""
    for step in range(1001):
        flow.acknowledge(speed // 1000, MOST, since + step / 1000)
    return flow
