"""A real lab with a class in it, in a process: `python -m tests.class_lab PORT TOKEN`.

Its door is tests/classmates.py.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - everything after the patch, or sockets would block the loop
from dataclasses import replace  # noqa: E402

import app  # noqa: E402
from slipway.engine import host  # noqa: E402
from slipway.settings import from_env  # noqa: E402
from slipway.web import follow  # noqa: E402
from tests.classmates import Classmates  # noqa: E402


def main(port: int, token: str) -> None:
    """Serve until ended; what it made in Docker stays for `lab down`."""
    people = Classmates(token)
    app.Access = lambda *_given, **_named: people  # type: ignore[assignment, misc, attr-defined]
    settings = host.at(replace(from_env(), port=port, token=token))
    lab = app.Lab(settings)
    if "/follow" not in lab.socketio.server.handlers:  # type: ignore[attr-defined]
        follow.register(lab.socketio, lab.house, lab.terminals, people, people)
    lab.open_doors()
    lab.serve(lambda: print("ready", flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
