"""The journal's record of a container, within its limits, whatever the engine answers."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.gateway.proxy.container_resolver import target_record


def test_container_is_journalled_with_its_main_facts() -> None:
    inspected = {
        "Id": "a",
        "Name": "/box",
        "Config": {"Image": "busybox", "Tty": True},
        "Path": "sh",
        "Args": ["-c", "x"],
    }
    assert target_record("b", inspected) == {
        "ref": "b",
        "id": "a",
        "name": "box",
        "image": "busybox",
        "command": ["sh", "-c", "x"],
        "tty": True,
    }


@pytest.mark.parametrize("arguments", [["x" * 250_000], ["x"] * 250_000])
def test_only_the_beginning_of_a_long_command_is_kept(arguments: list[str]) -> None:
    """The targets of a thousand execs are remembered: with whole commands they could take a quarter of a gigabyte."""
    command = target_record("b", {"Path": "sh", "Args": arguments})["command"]
    assert command[0] == "sh"
    assert 3000 < sum(len(word) + 1 for word in command) <= 4001


@pytest.mark.parametrize("found", [{}, {"Name": 3, "Config": [], "Path": 7, "Args": "x"}, {"Name": None, "Path": []}])
def test_invalid_answer_is_a_container_without_a_name(found: dict[str, Any]) -> None:
    assert target_record("b", found)["ref"] == "b"
