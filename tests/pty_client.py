"""A client of a `/pty` namespace, pyxtermjs's or ours, by WebSocket or by polling."""

from __future__ import annotations

from typing import Any

from tests.eventually import PATIENCE
from tests.socketio_client import SocketIOClient
from tests.transports import Polling, WebSocket


class PtyClient(SocketIOClient):
    """Speaks pyxtermjs's protocol; what ours adds is kept too. With `parses` it acknowledges all output."""

    def __init__(
        self, url: str, token: str = "", parses: bool = False, transport: str = "websocket", **options: object
    ) -> None:
        super().__init__(lambda: Polling(url) if transport == "polling" else WebSocket(url), "/pty", token, **options)
        self.text, self.end = "", 0
        self.outputs: list[dict[str, Any]] = []
        self.news: list[dict[str, Any]] = []
        self._parses = parses

    def emit(self, event: str, payload: Any) -> None:
        self._send(event, payload)

    def type(self, text: str) -> None:
        self.emit("pty-input", {"input": text})

    def resize(self, cols: int, rows: int) -> None:
        self.emit("resize", {"cols": cols, "rows": rows})

    def see(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until `text` has been shown; fail with what was shown instead."""
        self.wait(lambda: text in self.text[-100_000:], seconds, f"{text!r} to be shown")

    def _describe(self) -> object:
        return self.text[-500:], self.news

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        with self._changed:
            if event == "pty-output":
                self.text += payload["output"]
                self.end = payload.get("end", 0)
                self.outputs.append(payload)
            elif event == "terminal":
                self.news.append(payload)
            self._changed.notify_all()
        if event == "pty-output" and self._parses:
            self.emit("parsed", {"terminal": payload["terminal"], "seq": payload["end"]})
