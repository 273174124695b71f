"""What somebody may do in their own sandbox, on purpose or not, that others might feel. Knows shells, and no figures.

Each attack is a line for a shell, in the terminal of whoever attacks or (where no shell can do it) beside their engine.
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
    """`command` is bash's, for the terminal; `beside` is Python's, beside the engine, with a terminal's reach."""

    name: str
    command: str = ""
    beside: str = ""


def _always(command: str) -> str:
    return f"while :; do {command}; done"


ATTACKS = (
    Attack(
        "a fork bomb, in a container and in the terminal",
        "docker run -d busybox sh -c 'b() { b | b & }; b'; b() { b | b & }; b",
    ),
    Attack(
        "memory hogs: six containers and a terminal",
        "for i in 1 2 3 4 5 6; do docker run -d --restart always busybox tail /dev/zero; done; "
        + _always("tail /dev/zero"),
    ),
    Attack("a disk that is filled, again and again", _always("docker run --rm busybox dd if=/dev/zero of=/big bs=1M")),
    Attack(
        "eight floods of log",
        "for i in 1 2 3 4 5 6 7 8; do docker run -d busybox yes; done; "
        + _always("docker logs --tail 9 $(docker ps -lq)"),
    ),
    Attack(
        "five hundred containers",
        "for i in $(seq 500); do docker run -d busybox sleep 999; done; " + _always("docker ps -a"),
    ),
    Attack(
        "commands and streams without end",
        "docker run -d --name box busybox yes; for i in $(seq 60); do "
        "(docker logs -f box >/dev/null; docker exec box sleep 99) & done; wait",
    ),
    Attack("a thousand half-open connections", beside=_HALF_OPEN),
    Attack("headers of 2 MiB, eight at a time", beside=_HEADERS),
)
