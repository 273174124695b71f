"""Tools that only tests and benchmarks need: a browser, a reverse proxy, and pyxtermjs in a separate environment.

pyxtermjs pins Flask 2.0.1 and related packages, so it can't share our environment; docs/decisions says why we use it.
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


def ensure_chromium(settings: Settings, console: Console, consent: Consent) -> None:
    """Install a browser for the tests if there is none. Raises StageFailed when that is impossible."""
    facts = machine_facts.collect(settings)
    match plan.for_chromium(facts):
        case plan.Install(packages):
            try:
                debian.install(console, consent, packages, "The browser tests need a browser.")
            except StageFailed:
                if not facts.chromium:
                    raise
        case plan.TellUser(why, command):
            raise StageFailed(why, hint=f"Run: {command}")


def ensure_nginx(console: Console) -> None:
    """Unpack Debian's nginx for the tests if there is none. Raises StageFailed when that is impossible.

    It is not installed: that would start a web server on port 80 of this machine.
    """
    if machine_facts.find_nginx():
        return
    if not shutil.which("apt-get"):
        raise StageFailed("The tests of a proxy need nginx, and there is none on the PATH.", hint="Install nginx.")
    machine_facts.NGINX.mkdir(exist_ok=True)
    hint = "Check the network connection, or install nginx."
    update = [[*debian.APT, "update"]] if debian.can_install() else []
    with console.stage("nginx (for the tests), unpacked into .nginx"):
        for command in (*update, ["apt-get", "download", "nginx"], ["sh", "-c", "dpkg-deb -x nginx_*.deb ."]):
            error = "Debian's nginx could not be unpacked."
            processes.run(console, command, error=error, hint=hint, cwd=machine_facts.NGINX)


def ensure_pyxtermjs(console: Console) -> None:
    """Install pyxtermjs unless it is there. Raises StageFailed when pip fails."""
    stamp = PYXTERMJS / "installed-requirements-pyxtermjs.txt"
    if stamp.exists() and stamp.read_bytes() == PYXTERMJS_LOCK.read_bytes():
        return
    error, hint = "pyxtermjs could not be installed.", "Check the network connection, then run the same command again."
    pip = [str(PYXTERMJS / "bin" / "python"), "-m", "pip", "install", "--no-input", "--no-deps", "--require-hashes"]
    with console.stage("pyxtermjs (for comparison), into .venv-pyxtermjs"):
        processes.run(console, [sys.executable, "-m", "venv", "--clear", str(PYXTERMJS)], error=error, hint=hint)
        processes.run(console, [*pip, "-r", str(PYXTERMJS_LOCK)], error=error, hint=hint)
        shutil.copyfile(PYXTERMJS_LOCK, stamp)
