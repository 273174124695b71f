"""`./lab bench`: runs one of the benchmarks in bench/, each a separate program. Knows nothing of what they measure."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from slipway.settings import ROOT, Settings
from slipway.setup import tools
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from slipway.setup.up import prepare

BENCH = ROOT / "bench"


def available(bench: Path = BENCH) -> list[str]:
    """Return the names of the benchmarks."""
    return sorted(path.stem for path in bench.glob("*.py") if not path.stem.startswith("_"))


def bench(settings: Settings, console: Console, consent: Consent, name: str | None, extra: Sequence[str] = ()) -> int:
    """Run a benchmark and return its exit status; list them without a name. Raises StageFailed for an unknown name."""
    names = available()
    listing = f"Available: {', '.join(names)}" if names else "There are none: bench/ is empty."
    if name is None:
        console.print(listing)
        return 0
    if name not in names:
        raise StageFailed(f"There is no benchmark {name}.", hint=listing)
    settings = prepare(settings, console, consent)
    tools.ensure_pyxtermjs(console)
    command = settings.with_engine_env([sys.executable, "-m", f"bench.{name}", *extra])
    return subprocess.run(command, cwd=ROOT).returncode
