"""Reports on a call in progress: only changes, not too often, and nothing that a screen would not show."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from slipway.gateway.journal.progress import (
    INTERVAL,
    MAX_LAYERS,
    MAX_LINE_LENGTH,
    CallProgress,
    LayerProgress,
    last_line,
    summarize_flow,
)
from slipway.gateway.journal.stream_sample import StreamSample
from slipway.gateway.token_bucket import TokenBucket


def framed(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def allowance(burst: int = 60) -> TokenBucket:
    return TokenBucket(0.0, burst, lambda: 0.0)


class TestFlow:
    def test_has_bytes_and_last_line_of_each_used_channel(self) -> None:
        sample = StreamSample(tty=False, limit=1024)
        assert summarize_flow(sample) == {}
        sample.feed(framed(1, b"one\ntwo\n") + framed(2, b"oh"))
        sample.stdin.add(b"abc\n")
        assert summarize_flow(sample) == {"stdin": [4, "abc"], "stdout": [8, "two"], "stderr": [2, "oh"]}

    def test_has_only_the_number_of_keys_typed_into_a_terminal(self) -> None:
        sample = StreamSample(tty=True, limit=1024)
        sample.stdin.add(b"secret\r")
        sample.feed(b"Password: ")
        assert summarize_flow(sample) == {"stdin": [7, ""], "stdout": [10, "Password:"]}

    def test_counts_bytes_that_are_not_kept(self) -> None:
        sample = StreamSample(tty=True, limit=8)
        for _ in range(1000):
            sample.feed(b"y\n")
        assert summarize_flow(sample) == {"stdout": [2000, "y"]}

    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b"", ""),
            (b"\n\n", ""),
            (b"a\r\nb\r\n", "b"),
            (b"\x1b[1;34mbin\x1b[0m", "bin"),
            (b"\x1b]0;title\x07/ # \x1b[6n", "/ #"),
            (b"\r\x1b[0K127.0.0.1:6379> s\r\x1b[16C", "127.0.0.1:6379> s"),
            (b"gr\xc3\xbcn \xe2\x82", "gr\u00fcn"),
            (b"x" * 500, "x" * MAX_LINE_LENGTH),
        ],
    )
    def test_last_line_is_what_a_terminal_would_show(self, data: bytes, line: str) -> None:
        assert last_line(data).strip() == line


def pull_message(id: str, status: str, current: int = 0, total: int = 0) -> bytes:
    detail = {"current": current, "total": total} if total else {}
    return json.dumps({"id": id, "status": status, "progressDetail": detail}).encode() + b"\r\n"


class TestLayers:
    def test_follow_the_messages_of_the_engine(self) -> None:
        layers = LayerProgress()
        assert layers.snapshot == {}
        layers.feed(b'{"status":"Pulling from library/redis","id":"latest"}\r\n')
        layers.feed(pull_message("aa", "Already exists") + pull_message("bb", "Pulling fs layer"))
        assert layers.snapshot == {"layers": [["aa", "here", 0, 0], ["bb", "waiting", 0, 0]]}
        layers.feed(pull_message("bb", "Downloading", 3, 10))
        assert layers.snapshot["layers"][1] == ["bb", "travelling", 3, 10]
        layers.feed(pull_message("bb", "Download complete"))
        assert layers.snapshot["layers"][1] == ["bb", "arrived", 10, 10]
        layers.feed(pull_message("bb", "Extracting", 5, 10))
        assert layers.snapshot["layers"][1] == ["bb", "unpacking", 5, 10]
        layers.feed(pull_message("bb", "Pull complete"))
        assert layers.snapshot["layers"][1] == ["bb", "done", 10, 10]

    def test_are_parsed_from_pieces_that_end_anywhere(self) -> None:
        layers = LayerProgress()
        whole = pull_message("aa", "Downloading", 3, 10)
        layers.feed(whole[:9])
        layers.feed(whole[9:])
        assert layers.snapshot["layers"] == [["aa", "travelling", 3, 10]]

    @pytest.mark.parametrize(
        "line",
        [
            b"nonsense\n",
            b"[]\n",
            b'{"id": "a"}\n',
            b'{"id": "a", "status": "Status: new"}\n',
            b'{"id": "a", "status": ["Waiting"]}\n',
            b'{"id": "a", "status": "Waiting", "progressDetail": [1]}\n',
            b"x" * 70_000,
        ],
    )
    def test_ignore_other_lines(self, line: bytes) -> None:
        layers = LayerProgress()
        layers.feed(line)
        assert layers.snapshot == {}

    def test_are_limited_to_a_line_of_the_journal(self) -> None:
        layers = LayerProgress()
        for number in range(100):
            layers.feed(pull_message(f"l{number}", "Waiting"))
        layers.feed(pull_message("l0", "Downloading", 1, 2))
        assert len(layers.snapshot["layers"]) == MAX_LAYERS
        assert layers.snapshot["layers"][0] == ["l0", "travelling", 1, 2]


class TestTelling:
    """Each scenario: the bytes transferred at each INTERVAL, and what was reported."""

    def result(self, seen: list[int], burst: int = 60) -> list[int]:
        async def scenario() -> list[dict[str, Any]]:
            now, result = {"n": 0}, list[dict[str, Any]]()
            progress = CallProgress(lambda: dict(now), result.append, allowance(burst))
            reporting = asyncio.create_task(progress.run())
            for count in seen:
                now["n"] = count
                progress.notify()
                await asyncio.sleep(2 * INTERVAL)
            reporting.cancel()
            return result

        return [one["n"] for one in asyncio.run(scenario())]

    def test_only_changes_are_reported(self) -> None:
        assert self.result([1, 1, 2]) == [1, 2]

    def test_reports_end_when_the_budget_is_used_up(self) -> None:
        assert self.result([1, 2, 3], burst=2) == [1, 2]
