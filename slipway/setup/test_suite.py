"""`./lab test`: what must be true of Slipway, the commands that find out, and the summary of their answers.

Which checks run side by side is decided here, how they run is in lanes.py; what they test is theirs.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from slipway.install.state_folder import write_private
from slipway.settings import ROOT, Settings
from slipway.setup import browser_libraries, lanes, tools
from slipway.setup.console import Console, duration
from slipway.setup.debian import Consent
from slipway.setup.lanes import LaneResult, SuiteCheck
from slipway.setup.up import prepare

NOTHING_COLLECTED = 5
PYTHON, NODE = "python", "node"
HANGS = 900  # seconds: one test that hangs fails, and the others go on
REPORT = 4096
"""Bytes that a report takes at least: a disk without room for them stops the run before pytest fails on it."""
PYTEST = (PYTHON, "-m", "pytest", "-o", "faulthandler_timeout=300", f"--timeout={HANGS}")
TWO = ("--numprocesses=2", "--dist=loadfile")
"""Workers: these tests wait more than they compute."""
WITH_ENGINE = ("-v", *TWO, "--reruns=1")
"""One that fails is run once more, and named in the summary if it passes then."""
COVERED_PACKAGES = (
    "slipway.core",
    "slipway.gateway.policy",
    "slipway.gateway.quotas.object_quotas",
    "slipway.gateway.quotas.image_defaults",
    "slipway.gateway.proxy.stream_errors",
)
"""What is pure: every line of it is tested."""
COVERED = (
    *(f"--cov={name}" for name in COVERED_PACKAGES),
    "--cov-report=term-missing:skip-covered",
    "--cov-fail-under=100",
)
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PROVED = "01-the-life-of-a-container"
"""The lesson whose every play is proved anew; a proof does all that a walk does, so the others are walked through."""
WALKED = tuple(path.name for path in sorted((ROOT / "lessons").glob("[0-9]*-*")) if path.name != PROVED)

LINTS = (
    SuiteCheck("The packages fit together", "packages", (PYTHON, "-m", "pip", "check")),
    SuiteCheck("The code is free of lint", "ruff", (PYTHON, "-m", "ruff", "check", ".")),
    SuiteCheck("The code is formatted", "format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    SuiteCheck("Imports point inward", "imports", (PYTHON, "-c", LINT_IMPORTS)),
    SuiteCheck("The words are spelt right", "spelling", (PYTHON, "-m", "codespell_lib")),
    SuiteCheck("The lessons can be read", "lessons", (PYTHON, "-m", "slipway.cli", "check")),
    SuiteCheck("The types hold", "mypy", (PYTHON, "-m", "mypy")),
    SuiteCheck(
        "The browser code's own tests pass", "node", (NODE, "--test", "--test-reporter=dot", "tests/js/*.test.mjs")
    ),
)
COVERING = ("tests/core", "tests/gateway")
POLICIES = (
    SuiteCheck(
        "The core and the gateway do what their tests say, and every line of theirs is tested",
        "core",
        (*PYTEST, "-q", "-m", "not engine", *COVERED, *COVERING),
        counted=True,
    ),
)
PARTS = (
    SuiteCheck(
        "The other parts do what their tests say",
        "parts",
        (*PYTEST, "-q", *TWO, "-m", "not engine and not browser", *(f"--ignore={folder}" for folder in COVERING)),
        counted=True,
    ),
)
ENGINE = (
    SuiteCheck(
        "It works on a real engine", "engine", (*PYTEST, "-m", "engine and not browser", *WITH_ENGINE), counted=True
    ),
    SuiteCheck(
        "The other lessons can be walked through", "walk", (PYTHON, "-m", "slipway.cli", "prove", "--walk", *WALKED)
    ),
)
PROOF = (
    SuiteCheck(f"Lesson {PROVED} is proved anew", "proof", (PYTHON, "-m", "slipway.cli", "prove", "--dry-run", PROVED)),
)
BROWSER = (SuiteCheck("It works in a real browser", "browser", (*PYTEST, "-m", "browser", *WITH_ENGINE), counted=True),)
FAST, SLOW = (POLICIES, PARTS, LINTS), (BROWSER, ENGINE, PROOF)


@dataclass(frozen=True)
class Result:
    """Whether a check passed; `tests` counts passed, failed and skipped; `flaky` names those that needed two runs."""

    check: SuiteCheck
    passed: bool
    seconds: float
    tests: Counter[str]
    flaky: Sequence[str] = field(default=())


def test(settings: Settings, voice: Console, consent: Consent, *, fast: bool, extra: Sequence[str]) -> int:
    """0 when every check passed. Raises StageFailed when what they need can't be had."""
    browser_libraries.ensure(settings.state, voice)
    results = run(FAST, settings, voice, extra)
    if not fast:
        settings = prepare(settings, voice, consent)
        tools.ensure_chromium(settings, voice, consent)
        tools.ensure_pyxtermjs(voice)
        results += run(SLOW, settings, voice, extra)
    for line in summary(results):
        voice.say(line)
    return 0 if all(result.passed for result in results) else 1


def run(
    side_by_side: Sequence[lanes.Lane], settings: Settings, voice: Console, extra: Sequence[str] = ()
) -> list[Result]:
    """The results of these lanes, run side by side. `extra` goes to pytest."""
    node = browser_libraries.node(settings.state, voice)
    chosen = ["--no-cov", *extra] if extra else []  # a choice of tests covers no more than it chose

    def command(check: SuiteCheck) -> list[str]:
        report = _report(check, settings)
        if check.counted:
            write_private(report, " " * REPORT)
            _flaky(report).unlink(missing_ok=True)
        counting = [f"--junitxml={report}", *chosen] if check.counted else []
        return [*words(check, settings, node), *counting]

    return [_result(ended, settings, chosen=bool(extra)) for ended in lanes.run(side_by_side, command, voice)]


def words(check: SuiteCheck, settings: Settings, node: str) -> list[str]:
    """The command as it is run: at the engine that was found, programs by their path, file patterns as files."""
    program, *rest = check.command
    path = sys.executable if program == PYTHON else node
    files = (sorted(map(str, ROOT.glob(word))) if "*" in word else [word] for word in rest)
    return settings.at_engine([path, *chain.from_iterable(files)])


def count(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of pytest's own report; nothing when it wrote none, or half of one."""
    total: Counter[str] = Counter()
    try:
        suites = list(ElementTree.parse(report).iter("testsuite"))  # noqa: S314 - pytest wrote it a moment ago
    except (FileNotFoundError, ElementTree.ParseError):
        return total
    for suite in suites:
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        total["failed"] += number["failures"] + number["errors"]
        total["skipped"] += number["skipped"]
        total["passed"] += number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    return total


def summary(results: Sequence[Result]) -> list[str]:
    """The whole run at a glance; the last line counts tests, and checks that are not pytest's as one each."""
    lines = ["", "What holds:"]
    total: Counter[str] = Counter()
    for result in results:
        sign = "✓" if result.passed else "✗"
        lines.append(f"  {sign} {result.check.says} ({duration(result.seconds)})")
        total += result.tests
        if not result.check.counted or (not result.passed and not result.tests["failed"]):
            total["passed" if result.passed else "failed"] += 1
    if flaky := [name for result in results for name in result.flaky]:
        lines += ["", "Flaky, failed once and passed when run again:", *(f"  ! {name}" for name in flaky)]
    return [*lines, "", f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped"]


def _result(ended: LaneResult, settings: Settings, *, chosen: bool) -> Result:
    passed = ended.status == 0 or (ended.status == NOTHING_COLLECTED and chosen)
    if not ended.check.counted:
        return Result(ended.check, passed, ended.seconds, Counter())
    report = _report(ended.check, settings)
    flaky = _flaky(report).read_text().splitlines() if _flaky(report).exists() else []
    return Result(ended.check, passed, ended.seconds, count(report), flaky)


def _report(check: SuiteCheck, settings: Settings) -> Path:
    return settings.state / f"pytest-{check.label}.xml"


def _flaky(report: Path) -> Path:
    """Where tests/conftest.py names the tests that passed only when they were run again."""
    return report.with_suffix(".flaky")
