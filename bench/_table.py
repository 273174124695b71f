"""Renders the terminal benchmark as text: two tables with a row per server, and figures of many clients. Pure."""

from __future__ import annotations

from bench._measures import ENDLESS, INTERRUPT_TIMEOUT, KINDS, interrupt_key

Figures = dict[str, dict[str, float]]
ROOM_FIGURES = {
    "one p95": "ms, echo p95 of one typist, the others idle",
    "room 8 p50": "ms, echo p50 of all at 8 keys a second each",
    "room 8 p95": "ms, echo p95 of the same",
    "room 50 p50": "ms, echo p50 of all at 50 keys a second each",
    "room 50 p95": "ms, echo p95 of the same",
    "idle %": "% of a core for idle terminals",
    "idle MB": "MB of the server with them",
}
HEADINGS = ["echo p50 ms", "p95 ms", "p50/raw", "p95/raw", "bulk MB/s", "/raw", "byte-exact", "peak MB"]
INTERRUPTS = [(flood, kind) for flood in ENDLESS for kind in KINDS]
INTERRUPT_NOTE = (
    "Seconds from Ctrl-C in a flood to the prompt, for a client that is fast, draws 10 MB/s (xterm), has 2 MB/s (slow):"
)


def render(peers: Figures, baseline: str) -> str:
    """Return the tables, with ratios to the figures of `baseline`; a dash stands for what was not measured."""
    raw = peers.get(baseline, {})
    lines = [
        *_rows(HEADINGS, {name: _row(found, raw) for name, found in peers.items()}),
        "",
        INTERRUPT_NOTE,
        *_rows(
            [f"{flood}, {kind}" for flood, kind in INTERRUPTS],
            {name: [_seconds(found.get(interrupt_key(*one))) for one in INTERRUPTS] for name, found in peers.items()},
        ),
        "",
    ]
    lines += [
        f"{found[key]:10.2f} {words} ({name})"
        for name, found in peers.items()
        for key, words in ROOM_FIGURES.items()
        if key in found
    ]
    return "\n".join(["", *lines])


def _rows(headings: list[str], rows: dict[str, list[str]]) -> list[str]:
    return [f"{name:18}" + "".join(f"{cell:>12}" for cell in cells) for name, cells in {"": headings, **rows}.items()]


def _row(found: dict[str, float], raw: dict[str, float]) -> list[str]:
    return [
        _number(found.get("p50")),
        _number(found.get("p95")),
        _ratio(found, raw, "p50"),
        _ratio(found, raw, "p95"),
        _number(found.get("rate")),
        _ratio(found, raw, "rate"),
        "–" if "exact" not in found else "yes" if found["exact"] == 1 else "no",
        _number(found.get("peak MB")),
    ]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _ratio(found: dict[str, float], raw: dict[str, float], key: str) -> str:
    return f"{found[key] / raw[key]:.2f}" if found.get(key) and raw.get(key) else "–"


def _seconds(value: float | None) -> str:
    return "–" if value is None else "never" if value >= INTERRUPT_TIMEOUT else f"{value:.3f}"
