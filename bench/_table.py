"""The terminal bench as text: a row for each server in two tables, and what was measured of rooms. Pure."""

from __future__ import annotations

from bench._measures import ENDLESS, KINDS, NEVER, interrupted

Peers = dict[str, dict[str, float]]
ALONE = {
    "one p95": "ms, echo p95 of one typist among idle others",
    "room 8 p50": "ms, echo p50 of a room at 8 keys a second each",
    "room 8 p95": "ms, its p95",
    "room 50 p50": "ms, echo p50 of a room at 50 keys a second each",
    "room 50 p95": "ms, its p95",
    "idle %": "% of a core for idle terminals",
    "idle MB": "MB that the server takes with them",
}
HEADS = ["echo p50 ms", "p95 ms", "p50/raw", "p95/raw", "bulk MB/s", "/raw", "byte-exact", "peak MB"]
WAITS = [(flood, kind) for flood in ENDLESS for kind in KINDS]
TOLD = (
    "Seconds from Ctrl-C in a flood to the prompt, for a client that is fast, draws 10 MB/s (xterm), has 2 MB/s (slow):"
)


def written(peers: Peers, limit: str) -> str:
    """The tables; ratios are to `limit`'s figures, where it has any, and what was not measured is a dash."""
    raw = peers.get(limit, {})
    lines = [
        *_rows(HEADS, {name: _row(found, raw) for name, found in peers.items()}),
        "",
        TOLD,
        *_rows(
            [f"{flood}, {kind}" for flood, kind in WAITS],
            {name: [_seconds(found.get(interrupted(*wait))) for wait in WAITS] for name, found in peers.items()},
        ),
        "",
    ]
    lines += [
        f"{found[key]:10.2f} {words} ({name})"
        for name, found in peers.items()
        for key, words in ALONE.items()
        if key in found
    ]
    return "\n".join(["", *lines])


def _rows(heads: list[str], rows: dict[str, list[str]]) -> list[str]:
    return [f"{name:18}" + "".join(f"{cell:>12}" for cell in cells) for name, cells in {"": heads, **rows}.items()]


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
    return "–" if value is None else "never" if value >= NEVER else f"{value:.3f}"
