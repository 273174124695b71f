"""The input of a shell: keys, sizes and commands, each once and in order."""

from __future__ import annotations

import hashlib

import pytest

from tests.terminal.reader import Make, Reader

pytestmark = pytest.mark.engine


def test_typed_command_runs_and_is_shown(reader: Reader) -> None:
    reader.run("echo marker-$((40+2))")
    reader.see("marker-42\r\n")
    assert [news["state"] for news in reader.news if news["state"] != "starting"] == ["live"]


def test_size_is_applied_before_later_keys(reader: Reader) -> None:
    reader.client.resize(101, 33)
    reader.run("stty size")
    reader.see("33 101\r\n")


def test_size_is_clamped(reader: Reader) -> None:
    reader.client.resize(9999, 1)
    reader.run("stty size")
    reader.see("5 500\r\n")


def test_keys_arrive_in_order(reader: Reader) -> None:
    text = "".join(f"{number:04}" for number in range(600))
    reader.run("stty -echo -icanon; echo go-$((1)); head -c 2400 | md5sum")
    reader.see("go-1\r\n")
    for letter in text:
        reader.client.type(letter)
    reader.see(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def test_command_is_typed_once_per_run_id(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.client.resize(80, 24)
    page.see("ready$ ")
    assert terminal.type_command("echo once-$((1))", "run-1")
    assert not terminal.type_command("echo once-$((1))", "run-1")
    assert terminal.type_command("cat <<'END'\n  $HOME \"quoted\"\nlast\nEND\n", "run-2")
    assert terminal.type_command("echo done-$((2))", "run-3")
    page.see("done-2\r\n")
    assert page.text.count("once-1\r\n") == 1
    assert '  $HOME "quoted"\r\nlast\r\n' in page.text


def test_ctrl_p_ctrl_q_reach_the_shell(reader: Reader) -> None:
    reader.run("stty -echo -icanon -ixon; echo go-$((1)); head -c 2 | md5sum")
    reader.see("go-1\r\n")
    reader.client.type("\x10\x11")
    reader.see(hashlib.md5(b"\x10\x11", usedforsecurity=False).hexdigest())
