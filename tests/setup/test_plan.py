"""What the lab does on other machines: facts in, an action or a command out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slipway.setup import machine_facts, plan
from slipway.setup.plan import Install, MachineFacts, StartDaemon, StartService, TellUser, UseExisting

DEBIAN_ROOT = MachineFacts(root=True, package_manager="apt-get")
DEBIAN_USER = MachineFacts(root=False, package_manager="apt-get")


def test_answering_engine_is_used() -> None:
    assert plan.for_engine(replace(DEBIAN_ROOT, engine="answers", dockerd=True)) == UseExisting()


def test_engine_named_by_docker_host_is_never_replaced() -> None:
    action = plan.for_engine(replace(DEBIAN_ROOT, docker_host="tcp://10.0.0.7:2375", dockerd=True))
    assert isinstance(action, TellUser)
    assert "tcp://10.0.0.7:2375" in action.why
    assert "unset DOCKER_HOST" in action.command


def test_tls_error_is_reported_and_nothing_is_started() -> None:
    named = replace(DEBIAN_ROOT, docker_host="tcp://10.0.0.7:2376", address_problem="It is not trusted.", dockerd=True)
    action = plan.for_engine(named)
    assert isinstance(action, TellUser)
    assert action.why == "It is not trusted."
    assert "unset DOCKER_HOST" in action.command


FORBIDDEN = replace(DEBIAN_USER, user="anna", engine="no permission", socket="/run/docker.sock", socket_group="docker")


@pytest.mark.parametrize(
    ("facts", "says", "command"),
    [
        (
            FORBIDDEN,
            "not in the group docker",
            "sudo usermod -aG docker anna   (then log out and in again), or: sudo ./lab",
        ),
        (replace(FORBIDDEN, sudo=False), "docker", "su root -c 'PATH=$PATH:/usr/sbin && usermod -aG docker anna'"),
        (replace(FORBIDDEN, group_member=True), "this login does not know that yet", "newgrp docker"),
        (replace(FORBIDDEN, socket_group="root"), "/run/docker.sock", "sudo ./lab up"),
        (replace(FORBIDDEN, user="4321"), "/run/docker.sock", "sudo ./lab up"),
        (replace(FORBIDDEN, docker_host="unix:///run/docker.sock"), "not in the group docker", "sudo usermod"),
    ],
)
def test_user_without_permission_gets_the_command_that_helps(facts: MachineFacts, says: str, command: str) -> None:
    action = plan.for_engine(facts)
    assert isinstance(action, TellUser)
    assert says in action.why
    assert action.command.startswith(command)


@pytest.mark.parametrize(
    ("context", "system", "command"),
    [
        ("far", "Linux", "DOCKER_CONTEXT=default ./lab up"),
        ("desktop-linux", "Linux", "systemctl --user start docker-desktop"),
        ("desktop-linux", "Darwin", "open -a Docker"),
        ("colima", "Darwin", "colima start"),
    ],
)
def test_silent_engine_of_a_context_is_named_and_never_replaced(context: str, system: str, command: str) -> None:
    named = replace(DEBIAN_ROOT, docker_host="tcp://10.0.0.7:2375", docker_context=context, system=system, dockerd=True)
    action = plan.for_engine(named)
    assert isinstance(action, TellUser)
    assert action.why.endswith(f"at tcp://10.0.0.7:2375, which the Docker context {context} names.")
    assert action.command.startswith(command)
    assert "DOCKER_CONTEXT=default ./lab up" in action.command


def test_installed_engine_is_started_with_systemd() -> None:
    assert plan.for_engine(replace(DEBIAN_ROOT, dockerd=True, systemd=True)) == StartService()


def test_installed_engine_is_started_directly_without_systemd() -> None:
    assert plan.for_engine(replace(DEBIAN_ROOT, dockerd=True)) == StartDaemon()


def test_only_root_starts_an_engine() -> None:
    action = plan.for_engine(replace(DEBIAN_USER, dockerd=True, systemd=True))
    assert action == TellUser(
        "Docker is installed but not running, and starting it needs root.", "sudo systemctl start docker"
    )


def test_bare_debian_gets_docker_and_its_dependencies() -> None:
    assert plan.for_engine(DEBIAN_ROOT) == Install(
        ("docker.io", "iptables", "ca-certificates"), "There is no Docker engine on this machine."
    )


def test_apparmor_parser_is_installed_where_apparmor_is_enabled() -> None:
    facts = replace(DEBIAN_ROOT, apparmor_on=True)
    assert "apparmor" in plan.engine_packages(facts)
    assert "apparmor" not in plan.engine_packages(replace(facts, apparmor_parser=True))


def test_cgroupfs_mount_is_installed_where_cgroups_are_missing() -> None:
    assert "cgroupfs-mount" in plan.engine_packages(replace(DEBIAN_ROOT, cgroups_mounted=False))


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        (DEBIAN_USER, "sudo apt-get install docker.io && sudo usermod -aG docker $USER"),
        (
            replace(DEBIAN_USER, systemd=True, user="anna"),
            "sudo systemctl start docker && sudo usermod -aG docker anna",
        ),
        (MachineFacts(package_manager="dnf", root=True), "dnf install moby-engine"),
        (MachineFacts(package_manager="pacman"), "sudo pacman -S docker"),
        (MachineFacts(system="Darwin", docker_desktop=True), "open -a Docker"),
        (MachineFacts(system="Darwin", package_manager="brew"), "brew install --cask docker"),
        (MachineFacts(system="Windows"), "wsl --install"),
        (MachineFacts(), "docs.docker.com/engine/install"),
    ],
)
def test_command_is_given_where_the_lab_cannot_install(facts: MachineFacts, command: str) -> None:
    action = plan.for_engine(facts)
    assert isinstance(action, TellUser)
    assert command in action.command


def test_browser_for_the_tests_is_used_installed_or_requested() -> None:
    assert plan.for_chromium(MachineFacts(chromium=True)) == UseExisting()
    assert plan.for_chromium(replace(DEBIAN_ROOT, chromium=True, headless_shell=True)) == UseExisting()
    for there in (DEBIAN_ROOT, replace(DEBIAN_ROOT, chromium=True)):
        assert plan.for_chromium(there) == Install(("chromium-headless-shell",))
    assert plan.for_chromium(DEBIAN_USER) == TellUser(
        "The browser tests need chromium, and there is none on the PATH.", "sudo apt-get install chromium"
    )


def test_cgroups_are_mounted_before_dockerd_without_systemd() -> None:
    facts = replace(DEBIAN_ROOT, dockerd=True, cgroups_mounted=False, cgroupfs_mount=True)
    assert plan.for_engine(facts) == StartDaemon(mount_cgroups=True)


def test_cgroupfs_mount_alone_is_installed_if_the_engine_is_there() -> None:
    facts = replace(DEBIAN_ROOT, dockerd=True, cgroups_mounted=False)
    action = plan.for_engine(facts)
    assert isinstance(action, Install)
    assert action.packages == ("cgroupfs-mount",)
    assert "cgroups" in action.why
    assert plan.for_engine(replace(facts, package_manager="dnf")) == StartDaemon()


GROUPS = "11:net_cls:/\n4:cpu,cpuacct:/docker/1\n1:name=systemd:/\n0::/\n"
MOUNTS = """\
proc /proc proc rw 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
"""
NET_CLS = "cgroup /sys/fs/cgroup/net_cls cgroup rw,relatime,net_cls 0 0\n"


@pytest.mark.parametrize(
    ("groups", "mounts", "mounted"),
    [
        (GROUPS, MOUNTS, False),
        (GROUPS, MOUNTS + NET_CLS, True),
        (GROUPS, MOUNTS + NET_CLS.replace("net_cls 0", "net_cls_and_more 0"), False),
        ("0::/\n", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n", True),
        ("0::/\n", "proc /proc proc rw 0 0\n", False),
        ("", "", False),
    ],
)
def test_unmounted_cgroup_of_a_process_is_detected(groups: str, mounts: str, mounted: bool) -> None:
    assert machine_facts.cgroups_mounted(groups, mounts) is mounted
