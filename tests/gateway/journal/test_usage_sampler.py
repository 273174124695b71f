"""The usage of containers, from the engine's answers: journalled only when it has changed."""

from __future__ import annotations

import pytest

from slipway.gateway.journal.usage_sampler import MAX_COMMAND_LENGTH, MAX_PROCESSES, has_changed, parse_processes
from slipway.gateway.proxy import response_rewriting

ONE = {"id": "a", "memory": 10 << 20, "limit": 64 << 20, "share": 1.0, "processes": [[7, "sleep 9"]]}


@pytest.mark.parametrize(
    ("change", "worth"),
    [
        ({}, False),
        ({"memory": 10 << 20 | 4096}, False),
        ({"share": 5.5}, False),
        ({"memory": 12 << 20}, True),
        ({"share": 40.0}, True),
        ({"processes": [[7, "sleep 9"], [8, "sh"]]}, True),
        ({"id": "b"}, True),
    ],
)
def test_only_a_large_change_is_journalled(change: dict[str, object], worth: bool) -> None:
    assert has_changed([ONE], [ONE | change]) is worth


def test_container_that_starts_or_ends_is_a_change() -> None:
    assert has_changed([], [ONE])
    assert has_changed([ONE], [])
    assert not has_changed([], [])


def test_processes_have_pid_command_and_parent_and_are_limited() -> None:
    many = [[str(n), "7", "x" * 200] for n in range(20)]
    rows = [["PID", "PPID", "COMMAND"], ["7", "2", "sleep", "9"], ["8"], *many]
    found = parse_processes({"Processes": rows})
    assert found[0] == [7, "sleep 9", 2]
    assert len(found) == MAX_PROCESSES
    assert len(str(found[-1][1])) == MAX_COMMAND_LENGTH
    assert parse_processes({}) == []


def test_disk_usage_is_extracted() -> None:
    body = b'{"LayersSize": 9, "Containers": [{"Id": "0123456789abcdef", "SizeRw": 21}, {"Id": "ff"}]}'
    facts = {"images": 9, "containers": {"0123456789ab": 21, "ff": 0}, "build": 0}
    assert response_rewriting.extract_facts("system.df", 200, body) == ("", facts)


def test_shared_build_cache_is_not_counted_twice() -> None:
    body = b'{"LayersSize": 0, "BuildCache": [{"Size": 5, "Shared": true}, {"Size": 7, "Shared": false}, {"Size": 2}]}'
    assert response_rewriting.extract_facts("system.df", 200, body)[1]["build"] == 9


def test_truncated_disk_usage_is_not_reported() -> None:
    assert response_rewriting.extract_facts("system.df", 200, b'{"LayersSize": 9, "Cont') == ("", {})
