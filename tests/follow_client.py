"""A page without a browser, at the `/follow` namespace."""

from __future__ import annotations

from typing import Any, Self

from tests.ack_client import AckClient
from tests.eventually import PATIENCE


class FollowClient(AckClient):
    """`screen` is what a terminal would have been given since it was begun anew, `news` the consents that were told."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, "/follow")
        self.screen, self.screens, self.renewed = "", 0, 0
        self.news: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        super().__enter__()
        self.wait(lambda: self.news, what="the consents that are told on entering")
        return self

    def does(self, event: str, **payload: Any) -> None:
        """Ask for what is granted."""
        answer = self.ask(event, **payload)
        assert answer == {"ok": True}, answer

    def refused(self, event: str, **payload: Any) -> str:
        """Ask for what is not granted; the sentence."""
        answer = self.ask(event, **payload)
        assert answer["ok"] is False
        return str(answer["say"])

    def sees(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until the terminal that is followed has shown `text`."""
        self.wait(lambda: text in self.screen, seconds, f"{text!r} in the followed terminal")

    def _describe(self) -> object:
        return self.screen[-500:], self.news, self.heard[-5:]

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        if event == "consent":
            self.news.append(payload)
        elif event == "screen":
            self.screens += 1
            self.renewed += payload["fresh"]
            self.screen = payload["output"] if payload["fresh"] else self.screen + payload["output"]
        else:
            super()._on_event(event, payload)
