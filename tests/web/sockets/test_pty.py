"""The `/pty` namespace of a real server, on real shells."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import shells
from tests.eventually import at_rest
from tests.pty_client import PtyClient
from tests.static_server import serving, slipway

pytestmark = pytest.mark.engine

TOKEN = "test-token"  # noqa: S105 - guards a test server
NUMBERED = re.compile(r"(?<![\d-])(\d+)\r\n")


@pytest.fixture
def name() -> Iterator[str]:
    with shells.named("test") as made:
        yield made


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def url(name: str, log: Path) -> Iterator[str]:
    with serving(slipway(name), log) as (address, _):
        yield address


@pytest.fixture
def visitor(url: str) -> Iterator[PtyClient]:
    with PtyClient(url, TOKEN) as connected:
        connected.resize(80, 24)
        connected.see("ready$ ")
        yield connected


def test_wrong_token_is_refused(url: str) -> None:
    with pytest.raises(ConnectionRefusedError), PtyClient(url, "wrong"):
        pass


def test_page_that_only_listens_gets_the_first_terminal(url: str) -> None:
    with PtyClient(url, TOKEN) as page:
        page.wait(lambda: page.news and page.news[-1]["state"] == "live")
        page.see("ready$ ")


def test_bytes_are_numbered(visitor: PtyClient) -> None:
    visitor.type("echo é日🐳; echo end-$((1))\r")
    visitor.see("end-1\r\n")
    assert [output["seq"] for output in visitor.outputs[1:]] == [output["end"] for output in visitor.outputs[:-1]]
    assert visitor.end == len(visitor.text.encode())


def test_three_thousand_keys_arrive_in_order(visitor: PtyClient) -> None:
    text = "".join(f"{number:03}" for number in range(1000))
    visitor.type("stty -echo -icanon; echo go-$((1)); head -c 3000; stty sane; echo end-$((1))\r")
    visitor.see("go-1\r\n")
    for key in text:
        visitor.type(key)
    visitor.see("end-1")
    assert text in visitor.text


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("pty-input", None),
        ("pty-input", "ls"),
        ("pty-input", {"input": 5}),
        ("pty-input", {"input": "x", "terminal": "1"}),
        ("pty-input", {"input": "x", "terminal": 99}),
        ("pty-input", {"input": "x", "terminal": True}),
        ("resize", {"cols": "80", "rows": 24}),
        ("resize", {"cols": 80}),
        ("resize", {"cols": -1, "rows": 1e9}),
        ("attach", {"terminal": 0}),
        ("attach", {"terminal": 1, "have": "all"}),
        ("attach", {"terminal": 1, "have": 1, "tail": "x" * 5000}),
        ("parsed", {"terminal": 1, "seq": -5}),
        ("parsed", {"terminal": 1}),
        ("parsed", []),
        ("no-such-event", {}),
    ],
)
def test_malformed_payload_is_ignored(visitor: PtyClient, log: Path, event: str, payload: object) -> None:
    visitor.emit(event, payload)
    visitor.type("echo still-$((1))\r")
    visitor.see("still-1\r\n")
    assert "Traceback" not in log.read_text()


def test_page_that_attaches_later_gets_no_terminal_before(url: str) -> None:
    with PtyClient(url, TOKEN, attaches=True) as page, PtyClient(url, TOKEN) as silent:
        silent.see("ready$ ")
        assert (page.news, page.text) == ([], "")
        page.emit("attach", {"terminal": 1})
        page.see("ready$ ")


def test_returning_page_resumes_at_the_next_byte(url: str, visitor: PtyClient) -> None:
    visitor.type("for n in $(seq 1 40); do echo line-$n; sleep 0.02; done; echo end-$((1))\r")
    visitor.see("line-5\r\n")
    visitor.close()
    with PtyClient(url, TOKEN, parses=True) as again:
        again.emit("attach", {"terminal": 1, "have": visitor.end})
        again.see("end-1\r\n")
    lines = re.findall(r"line-(\d+)\r", visitor.text + again.text)
    assert lines == [str(number) for number in range(1, 41)]


def test_page_that_attaches_again_stays_in_use(url: str, visitor: PtyClient) -> None:
    back = {"terminal": 1, "have": visitor.end}
    with PtyClient(url, TOKEN, attaches=True) as page, PtyClient(url, TOKEN, attaches=True) as later:
        page.emit("attach", back)
        page.wait(lambda: page.news and page.news[-1]["used"])
        later.emit("attach", back)
        page.wait(lambda: (page.news[-1]["viewers"], page.news[-1]["used"]) == (3, True))
        visitor.close()
        page.wait(lambda: page.news[-1]["viewers"] == 2)
        begun = len(page.news)
        page.emit("attach", back | {"fresh": True})
        page.wait(lambda: "from" in page.news[-1] and page.news[begun:])
        assert page.news[-1]["used"]


def test_page_resumes_after_the_server_was_killed(name: str, log: Path) -> None:
    with serving(slipway(name), log) as (url, process), PtyClient(url, TOKEN) as page:
        page.resize(80, 24)
        page.see("ready$ ")
        page.type("for n in $(seq 1 100); do echo line-$n; sleep 0.05; done; echo end-$((1))\r")
        page.see("line-5\r\n")
        process.kill()
        page.close()
    with serving(slipway(name), log) as (url, _), PtyClient(url, TOKEN) as again:
        again.emit(
            "attach", {"terminal": 1, "have": page.end, "shell": page.news[-1]["shell"], "tail": page.text[-128:]}
        )
        again.see("end-1\r\n")
    lines = re.findall(r"line-(\d+)\r", page.text + again.text)
    assert lines == [str(number) for number in range(1, 101)]


def test_page_resumes_after_the_server_was_killed_in_a_flood(name: str, log: Path) -> None:
    flood = "for part in {1..60}; do seq ${part}00000 ${part}01500; sleep 0.05; done; echo end-$((1))\r"
    seen, again = _killed_in(flood, name, log)
    assert not any(news.get("clear") for news in again.news)
    expected = [str(part * 100_000 + number) for part in range(1, 61) for number in range(1501)]
    assert NUMBERED.findall(seen.text + again.text) == expected


def test_newest_output_has_no_gap_after_a_flood_larger_than_the_log(name: str, log: Path) -> None:
    _, again = _killed_in("seq 1 3000000; echo end-$((1))\r", name, log)
    numbers = [int(number) for number in NUMBERED.findall(again.text)]
    assert numbers == list(range(numbers[0], 3_000_001))
    assert len(numbers) >= 8_000


def _killed_in(flood: str, name: str, log: Path) -> tuple[PtyClient, PtyClient]:
    """What a page had seen of a flood when the server was killed, and the page that went on."""
    with serving(slipway(name), log) as (url, process), PtyClient(url, TOKEN, parses=True) as page:
        page.resize(80, 24)
        page.see("ready$ ")
        page.type(f"stty -echo; {flood}")
        page.wait(lambda: len(page.text) > 100_000)
        process.kill()
        process.wait()
        page.close()
    with serving(slipway(name), log) as (url, _), PtyClient(url, TOKEN, parses=True) as again:
        known = {"have": page.end, "shell": page.news[-1]["shell"], "tail": page.text[-128:]}
        again.emit("attach", {"terminal": 1, **known})
        again.see("end-1\r\n", 60)
    return page, again


def test_reload_keeps_ten_thousand_wide_lines(url: str, visitor: PtyClient) -> None:
    visitor.type("seq -f '%0190.0f' 1 30000; echo end-$((1))\r")
    visitor.see("end-1\r\n", 60)
    with PtyClient(url, TOKEN, parses=True) as again:
        again.emit("attach", {"terminal": 1})
        again.see("end-1\r\n")
    numbers = [int(number) for number in NUMBERED.findall(again.text)]
    assert numbers[-9_990:] == list(range(20_011, 30_001))
    assert len(numbers) <= 10_000


def test_page_that_acknowledges_nothing_gets_everything(visitor: PtyClient) -> None:
    visitor.type("seq 1 500000; echo end-$((1))\r")
    visitor.see("end-1\r\n", 60)
    assert NUMBERED.findall(visitor.text) == [str(number) for number in range(1, 500001)]


def test_polling_page_gets_everything(url: str) -> None:
    with PtyClient(url, TOKEN, transport="polling") as page:
        page.resize(80, 24)
        page.see("ready$ ")
        page.type("seq 1 100000; echo end-$((1))\r")
        page.see("end-1\r\n", 60)
    assert NUMBERED.findall(page.text) == [str(number) for number in range(1, 100001)]


def test_page_that_reads_nothing_costs_no_memory_and_loses_nothing(name: str, log: Path) -> None:
    with serving(slipway(name), log) as (url, process), PtyClient(url, TOKEN) as page:
        page.resize(80, 24)
        page.see("ready$ ")
        before = _memory(process.pid)
        page.reading.clear()
        page.type("seq 1 1500000; echo end-$((1))\r")
        at_rest(lambda: _bytes_read(process.pid), "the server's reading")
        assert "end-1" not in page.text
        assert _memory(process.pid) - before < 8 * 1024 * 1024
        page.reading.set()
        page.see("end-1\r\n", 90)
        assert NUMBERED.findall(page.text) == [str(number) for number in range(1, 1500001)]


def _bytes_read(pid: int) -> int:
    """How many bytes a process has read, from whatever it was."""
    return int(Path(f"/proc/{pid}/io").read_text().split()[1])


def _memory(pid: int) -> int:
    """The resident memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def test_page_that_attaches_while_it_is_given_a_terminal_has_one_client(visitor: PtyClient, url: str) -> None:
    for wait in range(290, 312, 2):
        with PtyClient(url, TOKEN) as page:
            time.sleep(wait / 1000)
            page.emit("attach", {"terminal": 1})
            page.see("ready$ ")
    visitor.wait(lambda: visitor.news[-1]["viewers"] == 1)
