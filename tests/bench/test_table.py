"""The bench's tables and plot are drawn from whatever earlier runs have left."""

from __future__ import annotations

from bench import _plot, _table
from bench._measures import NEVER

PEERS = {
    "raw attach": {"p50": 0.5, "rate": 30.0, "exact": 1.0},
    "Slipway": {"p50": 1.0, "rate": 20.0, "exact": 1.0, "Ctrl-C cat fast": 0.012, "Ctrl-C yes slow": NEVER},
    "Slipway, confined": {"Ctrl-C yes xterm": 0.034},
    "an old run": {"Ctrl-C fast": 0.056},
}


def test_a_figure_stands_in_its_own_column_and_one_that_was_not_measured_is_a_dash() -> None:
    rows = _rows()
    assert rows["Slipway"][0] == ["1.00", "–", "2.00", "–", "20.00", "0.67", "yes", "–"]
    assert rows["Slipway"][1] == ["0.012", "–", "–", "–", "–", "never"]
    assert rows["Slipway, confined"][1] == ["–", "–", "–", "–", "0.034", "–"]


def test_what_a_run_of_long_ago_called_otherwise_is_left_out() -> None:
    assert _rows()["an old run"] == [["–"] * 8, ["–"] * 6]


def test_all_servers_of_a_figure_are_in_the_plot() -> None:
    plot = _plot.bars(PEERS)
    assert "Ctrl-C in yes, xterm client, s" in plot
    assert "0.056" not in plot


def _rows() -> dict[str, list[list[str]]]:
    lines = _table.written(PEERS, "raw attach").splitlines()
    return {name: [line[18:].split() for line in lines if line[:18].rstrip() == name] for name in PEERS}
