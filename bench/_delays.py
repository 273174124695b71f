"""Many delays in a figure or two. Pure."""

from __future__ import annotations

import statistics


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]


def spread(took: list[float]) -> str:
    """Of milliseconds, in words."""
    return f"p50 {statistics.median(took):.1f} ms, p95 {p95(took):.1f} ms" if len(took) > 1 else f"{took[0]:.1f} ms"
