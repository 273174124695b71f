"""The programs for which the images are there, and what each must say when it is started. Knows no engine.

`./lab test --arm64` starts all of them (run.py); a program that the sandbox's scripts, the gateway or a lesson needs
belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProgramStart:
    """A command in the image `image` (engine, terminal, or one of the course's), and words that it must print.

    `title` says what it does, "" for a command that says so itself.
    """

    image: str
    command: tuple[str, ...]
    expected: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.image}: {self.title or ' '.join(self.command)}"


def _words(image: str, expected: str, *commands: str) -> tuple[ProgramStart, ...]:
    return tuple(ProgramStart(image, tuple(command.split()), expected) for command in commands)


CATALOGUE_SCRIPT = """
import json, subprocess, time, urllib.request
subprocess.Popen(["docker-registry", "serve", "/etc/docker/registry/config.yml"])
def get(path, kind="*/*"):
    request = urllib.request.Request("http://127.0.0.1:5000/v2/" + path, headers={"Accept": kind})
    return json.load(urllib.request.urlopen(request, timeout=60))
def first():
    while True:
        try:
            return get("_catalog")["repositories"]
        except OSError:
            time.sleep(0.2)
def architecture(name):
    manifest = get(name + "/manifests/latest", "application/vnd.docker.distribution.manifest.v2+json")
    return get(name + "/blobs/" + manifest["config"]["digest"])["architecture"]
print("; ".join(name + " for " + architecture(name) for name in sorted(first())), flush=True)
"""
CATALOGUE = "; ".join(f"library/{name} for arm64" for name in ("busybox", "hello-world", "nginx", "redis"))
REDIS_SCRIPT = (
    "redis-server --save '' & until redis-cli ping; do sleep 0.2; done; "
    "redis-cli set course slipway; redis-cli get course; redis-cli shutdown; wait"
)
NGINX_SCRIPT = "nginx; until wget -q -O - http://127.0.0.1/; do sleep 0.2; done"
TABLES_SCRIPT = "{} --version 2>&1 | grep -e nf_tables -e 'Failed to initialize nft: Protocol not supported'"
"""Starts, and asks the kernel about nftables at once: QEMU's user mode passes no such question on (seen with 7.2)."""
GATEWAY_SCRIPT = "PYTHONPATH=/opt exec python3 -m slipway.gateway --help"
DAEMON_CONFIG = "/etc/docker/daemon.json"

PROGRAMS = (
    *_words("engine", "aarch64", "uname -m"),
    *_words("engine", "tini version", "tini --version"),
    *_words("engine", "Docker version", "dockerd --version"),
    *_words("engine", "configuration OK", f"dockerd --validate --config-file {DAEMON_CONFIG}"),
    *_words("engine", "containerd", "containerd --version", "containerd-shim-runc-v2 -v"),
    *_words("engine", "runc version", "runc --version"),
    *(
        ProgramStart("engine", ("sh", "-c", TABLES_SCRIPT.format(name)), name, name)
        for name in ("iptables", "ip6tables")
    ),
    *_words("engine", "legacy", "iptables-legacy --version"),
    *_words("engine", "setpriv", "setpriv --version"),
    *_words("engine", "procps", "pkill --version"),
    *_words("engine", "Usage", "docker-proxy --help"),
    ProgramStart("engine", ("sh", "-c", GATEWAY_SCRIPT), "--journal", "the gateway, with all that it imports"),
    ProgramStart("engine", ("python3", "-c", CATALOGUE_SCRIPT), CATALOGUE, "the registry serves its images"),
    *_words("terminal", "version", "bash --version", "docker --version", "nano --version"),
    *_words("terminal", "less", "less --version"),
    *_words("terminal", "curl", "curl --version"),
    *_words("terminal", "htop", "htop --version"),
    *_words("terminal", "jq", "jq --version"),
    *_words("terminal", "procps", "ps --version"),
    *_words("terminal", "VIM", "vim --version"),
    ProgramStart("hello-world", ("/hello",), "Hello from Docker!"),
    *_words("busybox", "BusyBox", "busybox"),
    *_words("busybox", "aarch64", "uname -m"),
    ProgramStart("busybox", ("sh", "-c", "echo ready | grep ready"), "ready"),
    *_words("redis", "Redis server", "redis-server --version"),
    *_words("redis", "redis-cli", "redis-cli --version"),
    ProgramStart("redis", ("sh", "-c", REDIS_SCRIPT), "slipway", "a client sets and gets a key"),
    *_words("nginx", "nginx version", "nginx -v"),
    ProgramStart("nginx", ("sh", "-c", NGINX_SCRIPT), "Welcome to nginx!", "a client gets its page"),
)
