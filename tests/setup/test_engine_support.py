"""Which engines are refused, and which are tried with a warning, by what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.setup import engine_support

FACTS: dict[str, Any] = {
    "engine": "28.0.1",
    "api": "1.48",
    "podman": "",
    "platform": "linux",
    "root": "/var/lib/docker",
    "security": ["seccomp", "cgroupns"],
    "sysbox": False,
    "system": "Debian GNU/Linux 13 (trixie)",
    "unlimited": ["OomKillDisable"],
    "cgroup": 2,
}


def levels(**changed: Any) -> list[tuple[str, str]]:
    return [(finding.level, finding.subject) for finding in engine_support.check(FACTS | changed)]


def test_ordinary_engine_is_ok() -> None:
    assert levels() == levels(api="1.41") == levels(system="Docker Desktop") == [("ok", "engine")]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"podman": "4.3.1"}, "Podman 4.3.1"),
        ({"platform": "windows"}, "windows containers"),
        ({"api": "1.40"}, "API 1.40"),
        ({"security": ["seccomp", "rootless"], "cgroup": 1}, "rootless"),
        ({"security": ["userns"], "cgroup": 1}, "userns-remap"),
    ],
)
def test_engine_that_runs_no_sandbox_is_refused_in_one_sentence(changed: dict[str, Any], says: str) -> None:
    (finding,) = engine_support.check(FACTS | changed)
    assert (finding.level, finding.subject) == ("bad", "engine")
    assert says in finding.text
    assert finding.hint


@pytest.mark.parametrize(
    ("changed", "subject"),
    [
        ({"security": ["seccomp", "selinux"]}, "SELinux"),
        ({"security": ["rootless"]}, "rootless"),
        ({"security": ["userns"]}, "userns-remap"),
        ({"root": "/var/snap/docker/common/var-lib-docker"}, "snap"),
        ({"unlimited": ["MemoryLimit"]}, "limits"),
        ({"unlimited": ["PidsLimit", "SwapLimit"]}, "limits"),
    ],
)
def test_engine_that_may_work_is_tried_with_a_warning(changed: dict[str, Any], subject: str) -> None:
    assert levels(**changed) == [("ok", "engine"), ("warn", subject)]
    assert all(finding.hint for finding in engine_support.check(FACTS | changed) if finding.level == "warn")


def test_what_names_the_engine_is_told() -> None:
    assert engine_support.check_address("tcp://x", "far", named=True).text == "tcp://x, named by the Docker context far"
    assert engine_support.check_address("tcp://x", "", named=True).text == "tcp://x, named by DOCKER_HOST"
    assert engine_support.check_address("unix:///x", "", named=False).text == "unix:///x, the default"


def test_sysbox_isolates_without_the_engine_s_own_user_namespaces() -> None:
    assert levels(security=["userns"], sysbox=True, cgroup=1) == [("ok", "engine")]
