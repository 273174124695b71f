"""The script of the pages that are not live, bundled by esbuild from our own sources and the npm libraries.

Browsers load no ES modules from a folder; one plain script they do. Live pages need none of this.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from slipway.settings import ROOT
from slipway.setup.console import StageFailed

ENTRY = ROOT / "static" / "js" / "watch.js"
THEN = "Remove node_modules, then run the same command again."


def bundle(modules: Path = ROOT / "node_modules") -> bytes:
    """Raises StageFailed when it can't be made."""
    esbuild = next(modules.glob("@esbuild/*/bin/esbuild"), None) or next(modules.glob("@esbuild/*/esbuild.exe"), None)
    if esbuild is None:
        raise StageFailed("esbuild, which makes one script of many, is not installed for this machine.", then=THEN)
    command = [str(esbuild), str(ENTRY), "--bundle", "--format=iife", "--target=es2022", "--legal-comments=eof"]
    made = subprocess.run([*command, "--log-level=warning"], cwd=ROOT, capture_output=True)
    if made.returncode:
        raise StageFailed("esbuild could not make the pages' script.", made.stderr.decode(errors="replace"), THEN)
    return made.stdout
