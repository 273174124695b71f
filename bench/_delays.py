"""Summaries of delays. Pure."""

from __future__ import annotations

import statistics


def p95(delays: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(delays, n=20)[18]


def spread(delays: list[float]) -> str:
    """Format the median and 95th percentile of milliseconds."""
    if len(delays) == 1:
        return f"{delays[0]:.1f} ms"
    return f"p50 {statistics.median(delays):.1f} ms, p95 {p95(delays):.1f} ms"
