"""A client of the `/follow` namespace."""

from __future__ import annotations

from typing import Any, Self

from tests.ack_client import AckClient
from tests.eventually import PATIENCE


class FollowClient(AckClient):
    """`screen` is the output since the last fresh screen, `news` the states of consents that arrived."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, "/follow")
        self.screen, self.screens, self.renewed = "", 0, 0
        self.news: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        super().__enter__()
        self.wait(lambda: self.news, what="the consents that are sent on connecting")
        return self

    def request(self, event: str, **payload: Any) -> None:
        """Ask for something that is granted."""
        answer = self.ask(event, **payload)
        assert answer == {"ok": True}, answer

    def request_refused(self, event: str, **payload: Any) -> str:
        """Ask for something that is refused; return the sentence."""
        answer = self.ask(event, **payload)
        assert answer["ok"] is False
        return str(answer["say"])

    def see(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until the followed terminal has shown `text`."""
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
