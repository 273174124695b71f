"""The Debian releases that `./lab test --vm` can build, and what a virtual machine needs of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BOOTABLE = (
    "systemd-sysv",
    "systemd-resolved",
    "dbus",
    "udev",
    "linux-image-cloud-amd64",
    "initramfs-tools",
    "openssh-server",
    "iproute2",
    "procps",
    "kmod",
    "sudo",
)
"""What makes a minimal Debian a machine that boots and answers to ssh; the cloud kernel has the virtio drivers."""
LAB = ("python3", "python3-venv", "docker.io", "iptables", "ca-certificates", "apparmor")
"""What `./lab up --yes` would install."""


@dataclass(frozen=True)
class DebianSuite:
    """A release: its name, the version of its Python, and packages that only it needs."""

    name: str
    python: str
    extra: tuple[str, ...] = ()

    @property
    def packages(self) -> tuple[str, ...]:
        """Return all packages to install besides the essential ones."""
        return (*BOOTABLE, *LAB, *self.extra)


SUITES = {
    "bookworm": DebianSuite("bookworm", "3.11"),
    "trixie": DebianSuite("trixie", "3.13", extra=("docker-cli",)),
}
DEFAULT = "trixie"
