"""The script of the static pages, bundled by esbuild from our own sources and the npm libraries.

Browsers do not load ES modules from a folder, but do load one plain script. Live pages do not need the bundle.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from slipway.settings import ROOT
from slipway.setup.console import StageFailed

ENTRY = ROOT / "static" / "js" / "static-course.js"
HINT = "Remove node_modules, then run the same command again."


def bundle(modules: Path = ROOT / "node_modules") -> bytes:
    """Return the bundled script. Raises StageFailed when esbuild is missing or fails."""
    esbuild = next(modules.glob("@esbuild/*/bin/esbuild"), None) or next(modules.glob("@esbuild/*/esbuild.exe"), None)
    if esbuild is None:
        raise StageFailed("esbuild, which bundles the pages' script, is not installed for this platform.", hint=HINT)
    command = [str(esbuild), str(ENTRY), "--bundle", "--format=iife", "--target=es2022", "--legal-comments=eof"]
    completed = subprocess.run([*command, "--log-level=warning"], cwd=ROOT, capture_output=True)
    if completed.returncode:
        errors = completed.stderr.decode(errors="replace")
        raise StageFailed("esbuild could not bundle the script of the static pages.", errors, HINT)
    return completed.stdout
