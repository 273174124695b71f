"""The terminal bench as text: one row for each server, and what was measured at Slipway alone. Pure."""

from __future__ import annotations

from bench._measures import KINDS, NEVER

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


def written(peers: Peers, limit: str) -> str:
    """The table; ratios are to `limit`'s figures, where it has any."""
    heads = ["echo p50 ms", "p95 ms", "p50/raw", "p95/raw", "bulk MB/s", "/raw", "byte-exact", "peak MB"]
    heads += [f"^C {kind} s" for kind in KINDS]
    lines = [f"{'':12}" + "".join(f"{head:>12}" for head in heads)]
    lines += [
        f"{name:12}" + "".join(f"{cell:>12}" for cell in _row(found, peers.get(limit, {})))
        for name, found in peers.items()
    ]
    lines += [
        f"{found[key]:10.2f} {words} ({name})"
        for name, found in peers.items()
        for key, words in ALONE.items()
        if key in found
    ]
    return "\n".join(["", *lines])


def _row(found: dict[str, float], raw: dict[str, float]) -> list[str]:
    cells = [_number(found.get("p50")), _number(found.get("p95"))]
    cells += [
        _ratio(found, raw, "p50"),
        _ratio(found, raw, "p95"),
        _number(found.get("rate")),
        _ratio(found, raw, "rate"),
        "–" if "exact" not in found else "yes" if found["exact"] == 1 else "no",
        _number(found.get("peak MB")),
    ]
    return cells + [_seconds(found.get(f"Ctrl-C {kind}")) for kind in KINDS]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _ratio(found: dict[str, float], raw: dict[str, float], key: str) -> str:
    return f"{found[key] / raw[key]:.2f}" if found.get(key) and raw.get(key) else "–"


def _seconds(value: float | None) -> str:
    return "–" if value is None else "never" if value >= NEVER else f"{value:.3f}"
