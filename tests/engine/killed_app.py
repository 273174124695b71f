"""An app that kills itself (SIGKILL) at a call to engine or store: `killed_app.py STATE INSTALL CALL before|after`.

It assigns a sandbox to Ann, has her write a file into her home, and removes it again, as the lab does when she asks for
a new one.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from slipway.engine.client import connect
from slipway.engine.sandboxes import Sandboxes
from slipway.sessions.assignments import Assignments
from slipway.sessions.warm_pool import Pool
from slipway.settings import Settings, from_env
from slipway.store import Store
from tests.crash_points import CrashPoint


class KillAt(CrashPoint):
    """Kills this process `before` or `after` the first call of that name takes effect."""

    def __init__(self, name: str, moment: str) -> None:
        super().__init__(0, "before" if moment == "before" else "after", lambda: os.kill(os.getpid(), signal.SIGKILL))
        self._name = name

    def _is_here(self) -> bool:
        return self.calls[-1] == self._name


def main(state: str, install: str, call: str, moment: str) -> None:
    settings: Settings = replace(from_env(), install=install, state=Path(state))
    sandboxes = Sandboxes(connect(settings), settings)
    point = KillAt(call, moment)
    engine, store = point.wrap(sandboxes), point.wrap(Store.open(settings))
    given = Assignments(store, engine, Pool(engine, settings.limits, lambda: 0))
    given.restore()
    sandbox = given.assign("ann")
    assert sandboxes.start_terminal(sandbox, 1).exec_run(["touch", "/home/learner/anns"]).exit_code == 0
    given.remove("ann", sandbox)


if __name__ == "__main__":
    main(*sys.argv[1:])
