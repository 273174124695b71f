"""What only the tests need: a browser, and pyxtermjs in an environment of its own.

pyxtermjs pins Flask 2.0.1 and its kin, so it can't share our environment; docs/decisions says why we want it at all.
"""

from __future__ import annotations

import shutil
import sys

from slipway.settings import ROOT, Settings
from slipway.setup import debian, machine_facts, plan, processes
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent

PYXTERMJS = ROOT / ".venv-pyxtermjs"
PYXTERMJS_LOCK = ROOT / "requirements-pyxtermjs.txt"


def ensure_chromium(settings: Settings, voice: Console, consent: Consent) -> None:
    """Raises StageFailed when there is no browser for the tests and none can be installed."""
    seen = machine_facts.look(settings)
    match plan.for_chromium(seen):
        case plan.Install(packages):
            try:
                debian.install(voice, consent, packages, "The browser tests need a browser.")
            except StageFailed:
                if not seen.chromium:
                    raise
        case plan.TellUser(why, command):
            raise StageFailed(why, then=f"Run: {command}")


def ensure_pyxtermjs(voice: Console) -> None:
    """Raises StageFailed when pip can't fetch it."""
    stamp = PYXTERMJS / "installed-requirements-pyxtermjs.txt"
    if stamp.exists() and stamp.read_bytes() == PYXTERMJS_LOCK.read_bytes():
        return
    what, then = "pyxtermjs could not be installed.", "Is this machine on a network? Then run the same command again."
    pip = [str(PYXTERMJS / "bin" / "python"), "-m", "pip", "install", "--no-input", "--no-deps", "--require-hashes"]
    with voice.stage("pyxtermjs, to compare with, into .venv-pyxtermjs"):
        processes.run(voice, [sys.executable, "-m", "venv", "--clear", str(PYXTERMJS)], what=what, then=then)
        processes.run(voice, [*pip, "-r", str(PYXTERMJS_LOCK)], what=what, then=then)
        shutil.copyfile(PYXTERMJS_LOCK, stamp)
