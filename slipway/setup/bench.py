"""`./lab bench`: runs a measurement from bench/, each a program of its own; knows nothing of what they measure."""

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


def there_are(bench: Path = BENCH) -> list[str]:
    """The names of the measurements."""
    return sorted(path.stem for path in bench.glob("*.py") if not path.stem.startswith("_"))


def bench(settings: Settings, voice: Console, consent: Consent, name: str | None, extra: Sequence[str] = ()) -> int:
    """The measurement's own exit status. Raises StageFailed when there is none of that name."""
    names = there_are()
    known = f"There are: {', '.join(names)}" if names else "There are none yet: bench/ is empty."
    if name is None:
        voice.say(known)
        return 0
    if name not in names:
        raise StageFailed(f"There is no measurement {name}.", then=known)
    settings = prepare(settings, voice, consent)
    tools.ensure_pyxtermjs(voice)
    command = settings.at_engine([sys.executable, "-m", f"bench.{name}", *extra])
    return subprocess.run(command, cwd=ROOT).returncode
