"""The tables and plot of the terminal benchmark show the results of all earlier runs."""

from __future__ import annotations

from bench import _plot, _table
from bench._measures import INTERRUPT_TIMEOUT

PEERS = {
    "raw attach": {"p50": 0.5, "rate": 30.0, "exact": 1.0},
    "Slipway": {"p50": 1.0, "rate": 20.0, "exact": 1.0, "Ctrl-C cat fast": 0.012, "Ctrl-C yes slow": INTERRUPT_TIMEOUT},
    "Slipway, confined": {"Ctrl-C yes xterm": 0.034},
    "an old run": {"Ctrl-C fast": 0.056},
}


def test_figures_are_in_their_columns_and_missing_ones_are_dashes() -> None:
    rows = _rows()
    assert rows["Slipway"][0] == ["1.00", "–", "2.00", "–", "20.00", "0.67", "yes", "–"]
    assert rows["Slipway"][1] == ["0.012", "–", "–", "–", "–", "never"]
    assert rows["Slipway, confined"][1] == ["–", "–", "–", "–", "0.034", "–"]


def test_figures_of_old_runs_with_other_names_are_left_out() -> None:
    assert _rows()["an old run"] == [["–"] * 8, ["–"] * 6]


def test_plot_has_known_figures_only() -> None:
    plot = _plot.bars(PEERS)
    assert "Ctrl-C in yes, xterm client, s" in plot
    assert "0.056" not in plot


def _rows() -> dict[str, list[list[str]]]:
    lines = _table.render(PEERS, "raw attach").splitlines()
    return {name: [line[18:].split() for line in lines if line[:18].rstrip() == name] for name in PEERS}
