"""`./lab test`: a list of sentences that must hold, each with its command, gone through to the end.

Knows which programs answer for which sentence; what they test is theirs.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from slipway.settings import ROOT, Settings
from slipway.setup import browser_libraries, tools
from slipway.setup.debian import Consent
from slipway.setup.up import prepare
from slipway.setup.voice import Voice, duration

NOTHING_COLLECTED = 5
PATIENCE = 40 * 60.0  # for one sentence: a test that hangs is a failure to be told, not the end of the run
PYTHON, NODE = "python", "node"
HANGS = 900  # seconds: one test that hangs fails, and the others go on
PYTEST = (PYTHON, "-m", "pytest", "-o", "faulthandler_timeout=300", f"--timeout={HANGS}", "-m")
POLICY = (
    "bodies body bounds canonical create forced holdings host images inherited json_strict last_word policy ports "
    "query routes rules sentences shares storage values"
)
COVERED = (
    "--cov=slipway.core",
    *(f"--cov=slipway.gateway.{name}" for name in POLICY.split()),
    "--cov-report=term-missing:skip-covered",
    "--cov-fail-under=100",
)
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Sentence:
    """What must hold, and the command that finds out: its first word is PYTHON or NODE. `counted`: pytest runs it."""

    says: str
    command: tuple[str, ...]
    slow: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Answer:
    """Whether a sentence held; `tests` counts passed, failed and skipped."""

    sentence: Sentence
    held: bool
    seconds: float
    tests: Counter[str]


SENTENCES = (
    Sentence("The packages fit together", (PYTHON, "-m", "pip", "check")),
    Sentence("The code is free of lint", (PYTHON, "-m", "ruff", "check", ".")),
    Sentence("The code is formatted", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    Sentence("The types hold", (PYTHON, "-m", "mypy")),
    Sentence("Imports point inward", (PYTHON, "-c", LINT_IMPORTS)),
    Sentence("The words are spelt right", (PYTHON, "-m", "codespell_lib")),
    Sentence("The lessons can be read", (PYTHON, "-m", "slipway.cli", "check")),
    Sentence("The browser code's own tests pass", (NODE, "--test", "tests/js/*.test.mjs")),
    Sentence("The parts do what their tests say", (*PYTEST, "not engine and not browser", *COVERED), counted=True),
    Sentence("It works on a real engine", (*PYTEST, "engine and not browser"), slow=True, counted=True),
    Sentence("Every lesson can be walked through", (PYTHON, "-m", "slipway.cli", "prove", "--walk"), slow=True),
    Sentence("The first lesson is proved anew", (PYTHON, "-m", "slipway.cli", "prove", "--dry-run", "1"), slow=True),
    Sentence("It works in a real browser", (*PYTEST, "browser"), slow=True, counted=True),
)


def test(settings: Settings, voice: Voice, consent: Consent, *, fast: bool, extra: Sequence[str]) -> int:
    """0 when every sentence held. Raises StageFailed when what they need can't be had."""
    if fast:
        browser_libraries.ensure(settings.state, voice)
    else:
        settings = prepare(settings, voice, consent)
        tools.ensure_chromium(settings, voice, consent)
        tools.ensure_pyxtermjs(voice)
    answers = [ask(each, voice, settings, extra) for each in SENTENCES if not (fast and each.slow)]
    for line in summary(answers):
        voice.say(line)
    return 0 if all(answer.held for answer in answers) else 1


def ask(sentence: Sentence, voice: Voice, settings: Settings, extra: Sequence[str] = ()) -> Answer:
    """Runs the sentence's command, its output in plain sight."""
    voice.say(f"\n● {sentence.says}")
    report = settings.state / "pytest.xml"
    report.unlink(missing_ok=True)
    chosen = ["--no-cov", *extra] if extra else []  # a choice of tests covers no more than it chose
    counting = [f"--junitxml={report}", *chosen] if sentence.counted else []
    began = time.monotonic()
    status = _status([*words(sentence, settings, voice), *counting], voice)
    seconds = time.monotonic() - began
    held = status == 0 or (status == NOTHING_COLLECTED and bool(extra))
    voice.say(f"  {'holds' if held else 'DOES NOT HOLD'} ({duration(seconds)})")
    return Answer(sentence, held, seconds, count(report) if sentence.counted else Counter())


def _status(command: Sequence[str], voice: Voice) -> int | None:
    try:
        return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=PATIENCE).returncode
    except subprocess.TimeoutExpired:
        voice.say(f"  given up after {duration(PATIENCE)}")
        return None


def words(sentence: Sentence, settings: Settings, voice: Voice) -> list[str]:
    """The command as it is run: at the engine that was found, programs by their path, file patterns as files."""
    program, *rest = sentence.command
    path = sys.executable if program == PYTHON else browser_libraries.node(settings.state, voice)
    files = (sorted(map(str, ROOT.glob(word))) if "*" in word else [word] for word in rest)
    return settings.at_engine([path, *chain.from_iterable(files)])


def count(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of pytest's own report; nothing when it wrote none."""
    if not report.exists():
        return Counter()
    total: Counter[str] = Counter()
    for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 - pytest wrote it a moment ago
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        total["failed"] += number["failures"] + number["errors"]
        total["skipped"] += number["skipped"]
        total["passed"] += number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    return total


def summary(answers: Sequence[Answer]) -> list[str]:
    """The whole run at a glance; the last line counts tests, and sentences that are not pytest's as one each."""
    lines = ["", "What holds:"]
    total: Counter[str] = Counter()
    for answer in answers:
        sign = "✓" if answer.held else "✗"
        lines.append(f"  {sign} {answer.sentence.says} ({duration(answer.seconds)})")
        total += answer.tests
        if not answer.sentence.counted or (not answer.held and not answer.tests["failed"]):
            total["passed" if answer.held else "failed"] += 1
    return [*lines, "", f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped"]
