"""Plots the terminal benchmark as SVG: one group of bars per figure. Pure."""

from __future__ import annotations

from html import escape

from bench._measures import ENDLESS, KINDS, interrupt_key

FIGURES = {
    "p50": "echo p50, ms",
    "p95": "echo p95, ms",
    "rate": "bulk, MB/s",
    **{interrupt_key(flood, kind): f"Ctrl-C in {flood}, {kind} client, s" for flood in ENDLESS for kind in KINDS},
    "one p95": "echo p95, one typist, ms",
    "room 8 p95": "echo p95, fifty typists at 8 keys a second each, ms",
    "room 50 p95": "echo p95, fifty typists at 50 keys a second each, ms",
    "peak MB": "peak memory of the server, MB",
    "idle %": "a hundred idle terminals, % of a core",
}
WIDTH, BAR, LEFT, SPACE = 760, 18, 130, 520


def bars(medians: dict[str, dict[str, float]]) -> str:
    """Return the plot, with a separate scale for each figure; `medians` is server → figure → value."""
    parts, y = [], 8
    for key, title in FIGURES.items():
        known = {name: found[key] for name, found in medians.items() if key in found}
        if not known:
            continue
        largest = max(known.values()) or 1.0
        parts.append(f'<text x="8" y="{y + 14}" font-weight="bold">{escape(title)}</text>')
        y += 22
        for name, value in known.items():
            parts.append(_bar(y, name, value, value / largest))
            y += BAR + 3
        y += 10
    size = f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
        + "".join(parts)
        + "</svg>\n"
    )


def _bar(y: int, name: str, value: float, share: float) -> str:
    colour = "#0a6570" if name.startswith("Slipway") else "#8a8f98"
    return (
        f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{max(1.0, share * SPACE):.1f}" height="{BAR}" fill="{colour}"/>'
        f'<text x="{LEFT + share * SPACE + 6:.1f}" y="{y + 14}">{value:.3g}</text>'
    )
