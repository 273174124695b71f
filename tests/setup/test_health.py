"""The doctor's opinions, by value."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.settings import MIB, LabLimits
from slipway.setup import health, plan

GIB = 1024 * MIB
SEEN: dict[str, Any] = {
    "engine": "28.0.1",
    "api": "1.48",
    "warnings": [],
    "sysbox": True,
    "storage": "overlay2",
    "cgroup": 2,
    "cpus": 4,
}


def signs(**changed: Any) -> dict[str, str]:
    return {finding.subject: finding.sign for finding in health.of_engine(SEEN | changed)}


def test_a_good_engine_gives_no_reason_to_worry() -> None:
    assert set(signs().values()) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "subject", "sign"),
    [
        ({"api": "1.40"}, "engine", "bad"),
        ({"api": "1.41"}, "engine", "ok"),
        ({"sysbox": False}, "boundary", "warn"),
        ({"storage": "vfs"}, "storage", "warn"),
        ({"cpus": 1}, "processors", "warn"),
        ({"warnings": ["runc 1.1.5 is older than the fix"]}, "known holes", "warn"),
    ],
)
def test_each_thing_that_could_be_wrong_is_seen(changed: dict[str, Any], subject: str, sign: str) -> None:
    assert signs(**changed)[subject] == sign


def test_cgroups_that_are_missing_are_told_with_what_learners_would_see() -> None:
    assert health.of_cgroups(2, True).sign == "ok"
    missing = health.of_cgroups(1, False)
    assert missing.sign == "warn"
    assert "0B / 0B" in missing.says
    assert "cgroupfs-mount" in missing.then


def test_memory_is_told_in_learners() -> None:
    assert "35 learners" in health.of_memory(8 * GIB, LabLimits()).says
    assert "60 learners" in health.of_memory(64 * GIB, LabLimits(sandboxes=60)).says
    assert "100 learners" in health.of_memory(24 * GIB, LabLimits(sandboxes=100)).says
    assert health.of_memory(1 * GIB, LabLimits()).sign == "bad"


def test_a_missing_engine_is_bad_only_when_the_lab_can_not_help_itself() -> None:
    assert health.of_missing_engine(plan.StartDaemon()).sign == "warn"
    assert health.of_missing_engine(plan.Install(("docker.io",))).sign == "warn"
    told = health.of_missing_engine(plan.TellUser("Docker Desktop is installed but not running.", "open -a Docker"))
    assert (told.sign, told.then) == ("bad", "Run: open -a Docker")


def test_a_state_directory_that_others_can_read_is_bad() -> None:
    assert health.of_state("/x", 0o700).sign == "ok"
    assert health.of_state("/x", 0o750).sign == "bad"


def test_a_state_directory_that_can_not_be_written_or_is_on_a_full_disk_is_bad() -> None:
    assert health.of_state("/x", 0o700, writable=False).sign == "bad"
    assert [health.of_state_disk("/x", free * MIB).sign for free in (0, 1, 2, 500)] == ["bad", "bad", "ok", "ok"]
    assert [health.of_progress("/x/progress.db", usable).sign for usable in (True, False)] == ["ok", "bad"]


@pytest.mark.parametrize(
    ("answer", "sign"), [("lab", "ok"), ("nobody", "warn"), ("silence", "bad"), ("stranger", "bad")]
)
def test_a_lab_that_runs_is_as_good_as_its_answer(answer: Any, sign: str) -> None:
    found = health.of_lab(7, "http://127.0.0.1:8000/", answer)
    assert found.sign == sign
    assert "http://127.0.0.1:8000/" in found.says
    assert bool(found.then) == (sign != "ok")


def test_each_worry_comes_with_something_to_do() -> None:
    changed = SEEN | {"api": "1.24", "sysbox": False, "storage": "vfs", "cpus": 1, "warnings": ["old"]}
    findings = [
        *health.of_engine(changed),
        health.of_memory(0, LabLimits()),
        health.of_disk(0),
        health.of_images(False),
        health.of_libraries(False, npm=False),
        health.of_chromium(plan.Install(("chromium",)), None),
        health.of_state("/x", 0o777),
        health.of_state("/x", 0o700, writable=False),
        health.of_state_disk("/x", 0),
        health.of_progress("/x/progress.db", usable=False),
    ]
    assert not [finding for finding in findings if finding.sign != "ok" and not finding.then]


def test_versions_compare_by_number_not_by_text() -> None:
    assert health.version("1.9") < health.version("1.41")
    assert health.version("20.10.24+dfsg1") == (20, 10, 24)
    assert health.version("unknown") == ()


def test_a_hole_inside_says_where_it_leads() -> None:
    assert health.of_inner([], sysbox=False) == []
    assert "no boundary itself" in health.of_inner(["runc 1.1.5 is old."], sysbox=False)[0].says
    assert "user namespace" in health.of_inner(["runc 1.1.5 is old."], sysbox=True)[0].says


def test_what_the_images_are_made_of_is_named() -> None:
    inside = {
        "engine": "sha256:1",
        "terminal": "sha256:2",
        "debian": "13.2",
        "runc": "1.1.15+ds1-2",
        "python3": "3.13.5-1",
    }
    says = health.of_contents(inside).says
    assert says == "engine sha256:1, terminal sha256:2: Debian 13.2 with runc 1.1.15+ds1-2, python3 3.13.5-1"


def test_what_the_images_were_built_on_is_named() -> None:
    says = health.of_pins({"debian:trixie-slim": "debian@sha256:" + "ab12" * 16, "busybox:latest": "sha256:cd"}).says
    assert says == "debian:trixie-slim is debian@sha256:ab12ab12ab12ab12ab12ab12ab, busybox:latest is sha256:cd"
    assert "none" in health.of_pins({}).says
