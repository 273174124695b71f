"""Whether a page is for everyone: no serious finding of axe, and nothing that is wider than the page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Nothing fades or moves any more, but for what never ends.
STILL = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity
)"""


def is_for_everyone(page: Page, what: str) -> None:
    """Fails with what axe found."""
    page.wait_for_function(STILL)  # a colour that is still fading in has too little contrast
    found = Axe().run(page).response["violations"]
    bad = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]], one["nodes"][0]["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not bad, (what, page.viewport_size, bad)
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{what} is {wide[0]} px wide on a page of {wide[1]}"
