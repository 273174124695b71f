"""The doctor's judgements, by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slipway.engine.host_proxy import HostProxy
from slipway.engine.image_origins import Origin
from slipway.engine.online_check import HINTS, SENTENCES, Fault
from slipway.settings import MIB, LabLimits
from slipway.setup import health, plan

GIB = 1024 * MIB
FACTS: dict[str, Any] = {
    "engine": "28.0.1",
    "api": "1.48",
    "warnings": [],
    "sysbox": True,
    "storage": "overlay2",
    "cgroup": 2,
    "cpus": 4,
}


def levels(**changed: Any) -> dict[str, str]:
    return {finding.subject: finding.level for finding in health.check_engine(FACTS | changed)}


def test_good_engine_has_no_findings_but_ok() -> None:
    assert set(levels().values()) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "subject", "level"),
    [
        ({"sysbox": False}, "isolation", "warn"),
        ({"storage": "vfs"}, "storage", "warn"),
        ({"cpus": 1}, "processors", "warn"),
        ({"warnings": ["runc 1.1.5 is older than the fix"]}, "known vulnerabilities", "warn"),
    ],
)
def test_each_problem_has_its_level(changed: dict[str, Any], subject: str, level: str) -> None:
    assert levels(**changed)[subject] == level


def test_missing_cgroups_are_a_warning_with_their_effect() -> None:
    assert health.check_cgroups(2, True).level == "ok"
    missing = health.check_cgroups(1, False)
    assert missing.level == "warn"
    assert "0B / 0B" in missing.text
    assert "cgroupfs-mount" in missing.hint


def test_memory_is_given_in_learners() -> None:
    assert "44 learners" in health.check_memory(8 * GIB, LabLimits()).text
    stand_ins, real = (
        health.check_memory(8 * GIB, LabLimits(), 38 * MIB),
        health.check_memory(8 * GIB, LabLimits(), 340 * MIB),
    )
    assert (
        "36 learners at once, others wait in line (198 MiB each, 38 of them for the course's images;" in stand_ins.text
    )
    assert "14 learners at once, others wait in line (500 MiB each, 340 of them" in real.text
    assert "60 learners" in health.check_memory(64 * GIB, LabLimits(sandboxes=60)).text
    assert "100 learners" in health.check_memory(24 * GIB, LabLimits(sandboxes=100)).text
    assert health.check_memory(1 * GIB, LabLimits()).level == "bad"


def test_missing_engine_is_bad_only_if_up_cannot_provide_it() -> None:
    assert health.check_missing_engine(plan.StartDaemon()).level == "warn"
    assert health.check_missing_engine(plan.Install(("docker.io",))).level == "warn"
    finding = health.check_missing_engine(
        plan.TellUser("Docker Desktop is installed but not running.", "open -a Docker")
    )
    assert (finding.level, finding.hint) == ("bad", "Run: open -a Docker")


def test_state_folder_open_to_others_is_bad() -> None:
    assert health.check_state_folder("/x", 0o700).level == "ok"
    assert health.check_state_folder("/x", 0o750).level == "bad"


def test_unwritable_state_folder_or_full_disk_is_bad() -> None:
    assert health.check_state_folder("/x", 0o700, writable=False).level == "bad"
    assert [health.check_state_disk("/x", free * MIB).level for free in (0, 1, 2, 500)] == ["bad", "bad", "ok", "ok"]
    assert [health.check_progress_file("/x/progress.db", usable).level for usable in (True, False)] == ["ok", "bad"]


@pytest.mark.parametrize(("answer", "level"), [("lab", "ok"), ("closed", "warn"), ("timeout", "bad"), ("other", "bad")])
def test_running_lab_is_judged_by_its_answer(answer: Any, level: str) -> None:
    found = health.check_running_lab(7, "http://127.0.0.1:8000/", answer)
    assert found.level == level
    assert "http://127.0.0.1:8000/" in found.text
    assert bool(found.hint) == (level != "ok")


def test_each_problem_has_a_hint() -> None:
    changed = FACTS | {"api": "1.24", "sysbox": False, "storage": "vfs", "cpus": 1, "warnings": ["old"]}
    findings = [
        *health.check_engine(changed),
        health.check_memory(0, LabLimits()),
        health.check_disk(0),
        health.check_images(False),
        health.check_browser_libraries(False, npm=False),
        health.check_chromium(plan.Install(("chromium",)), None),
        health.check_state_folder("/x", 0o777),
        health.check_state_folder("/x", 0o700, writable=False),
        health.check_state_disk("/x", 0),
        health.check_progress_file("/x/progress.db", usable=False),
    ]
    assert not [finding for finding in findings if finding.level != "ok" and not finding.hint]


def test_versions_compare_by_number() -> None:
    assert health.parse_version("1.9") < health.parse_version("1.41")
    assert health.parse_version("20.10.24+dfsg1") == (20, 10, 24)
    assert health.parse_version("unknown") == ()


def test_vulnerable_sandbox_runc_says_where_an_escape_leads() -> None:
    assert health.check_sandbox_runc([], sysbox=False) == []
    assert "no security boundary" in health.check_sandbox_runc(["runc 1.1.5 is old."], sysbox=False)[0].text
    assert "user namespace" in health.check_sandbox_runc(["runc 1.1.5 is old."], sysbox=True)[0].text


def test_contents_of_the_images_are_named() -> None:
    inside = {
        "engine": "sha256:1",
        "terminal": "sha256:2",
        "debian": "13.2",
        "runc": "1.1.15+ds1-2",
        "python3": "3.13.5-1",
    }
    text = health.check_image_contents(inside).text
    assert text == "engine sha256:1, terminal sha256:2: Debian 13.2 with runc 1.1.15+ds1-2, python3 3.13.5-1"


def test_origin_of_each_image_is_told_and_how_to_replace_a_stand_in() -> None:
    real = Origin("redis:latest", "sha256:1", "pulled", "docker.io", "sha256:" + "ab12" * 16)
    (line,) = health.check_image_origins((real,))
    assert (line.text, line.hint) == ("From Docker Hub: redis:latest (sha256:ab12ab12ab12).", "")

    stand_in = Origin("nginx:latest", "sha256:2", "built", why="Docker Hub is out of order.")
    lines = health.check_image_origins((real, stand_in))
    assert [finding.level for finding in lines] == ["ok", "ok"]
    assert lines[1].text == "Built here from Debian's packages: nginx:latest. Docker Hub is out of order."
    assert lines[1].hint == "to ask the registry again: ./lab up --refresh-images"
    assert health.check_image_origins(()) == []


def test_base_images_are_named() -> None:
    pins = {"debian:trixie-slim": "debian@sha256:" + "ab12" * 16, "busybox:latest": "sha256:cd"}
    text = health.check_image_pins(pins).text
    assert text == "debian:trixie-slim is debian@sha256:ab12ab12ab12ab12ab12ab12ab, busybox:latest is sha256:cd"
    assert "none" in health.check_image_pins({}).text


def test_online_access_names_what_is_passed_on() -> None:
    plain = health.check_online_access({}, HostProxy())
    assert (plain.level, "none here; no proxy" in plain.text) == ("ok", True)
    rooted = health.check_online_access({Path("/roots/a.crt"): ["pem"]}, HostProxy("http://proxy.example:3128"))
    assert rooted.level == "ok"
    assert "/roots/a.crt; pulls through the engine's proxy http://proxy.example:3128" in rooted.text
    refused = health.check_online_access({}, HostProxy("http://127.0.0.1:3128", problem="it is here alone"))
    assert refused.level == "warn"
    assert "not used: it is here alone" in refused.text


@pytest.mark.parametrize("fault", HINTS)
def test_each_fault_on_the_way_to_docker_hub_has_a_sentence_and_a_hint(fault: Fault) -> None:
    finding = health.check_docker_hub(fault, "the error" if fault else "")
    assert finding.level == ("warn" if fault else "ok")
    assert bool(finding.hint) == bool(fault) == ("the error" in finding.text)
    assert SENTENCES[fault] in finding.text
