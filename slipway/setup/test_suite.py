"""`./lab test`: the list of checks, and the summary of their results.

Decides which checks run side by side; lanes.py runs them. Knows nothing of what they test.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from slipway.install.state_folder import write_private
from slipway.settings import ROOT, Settings
from slipway.setup import browser_libraries, lanes, tools
from slipway.setup.console import Console, duration
from slipway.setup.debian import Consent
from slipway.setup.lanes import CompletedCheck, SuiteCheck
from slipway.setup.up import prepare

NOTHING_COLLECTED = 5
PYTHON, NODE = "python", "node"
TEST_TIMEOUT = 900  # seconds: a test that hangs fails, and the others continue
REPORT_SIZE = 4096
"""Minimum size of a report in bytes: a full disk stops the run before pytest fails on it."""
PYTEST = (PYTHON, "-m", "pytest", "-o", "faulthandler_timeout=300", f"--timeout={TEST_TIMEOUT}")
TWO_WORKERS = ("--numprocesses=2", "--dist=loadfile")
"""These tests wait more than they compute."""
ENGINE_OPTIONS = ("-v", *TWO_WORKERS, "--reruns=1")
"""A test that fails is run once more, and listed as flaky in the summary if it then passes."""
COVERED_PACKAGES = (
    "slipway.core",
    "slipway.gateway.policy",
    "slipway.gateway.quotas.object_quotas",
    "slipway.gateway.quotas.image_defaults",
    "slipway.gateway.proxy.stream_errors",
)
"""Pure code, of which every line is tested."""
COVERAGE = (
    *(f"--cov={name}" for name in COVERED_PACKAGES),
    "--cov-report=term-missing:skip-covered",
    "--cov-fail-under=100",
)
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PROVED_LESSON = "01-the-life-of-a-container"
"""The lesson that is proved completely; of the others only the solutions are run, which a proof includes."""
WALKED_LESSONS = tuple(path.name for path in sorted((ROOT / "lessons").glob("[0-9]*-*")) if path.name != PROVED_LESSON)

MODULES = ROOT / "node_modules"
JAVASCRIPT = ("static/js", "tests/**/*.mjs", "eslint.config.js")

LINTS = (
    SuiteCheck("The installed packages are compatible", "packages", (PYTHON, "-m", "pip", "check")),
    SuiteCheck("The code is free of lint", "ruff", (PYTHON, "-m", "ruff", "check", ".")),
    SuiteCheck("The code is formatted", "format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    SuiteCheck("Imports point inward", "imports", (PYTHON, "-c", LINT_IMPORTS)),
    SuiteCheck("The spelling is correct", "spelling", (PYTHON, "-m", "codespell_lib")),
    SuiteCheck("The lessons are valid", "lessons", (PYTHON, "-m", "slipway.cli", "check")),
    SuiteCheck("The types are correct", "mypy", (PYTHON, "-m", "mypy")),
    SuiteCheck("The JavaScript is free of lint", "eslint", (NODE, f"{MODULES}/eslint/bin/eslint.js", *JAVASCRIPT)),
    SuiteCheck(
        "The JavaScript is formatted",
        "prettier",
        (NODE, f"{MODULES}/prettier/bin/prettier.cjs", "--check", "--log-level=warn", *JAVASCRIPT),
    ),
    SuiteCheck(
        "The types of the JavaScript are correct", "tsc", (NODE, f"{MODULES}/typescript/bin/tsc", "--project", ".")
    ),
    SuiteCheck(
        "The JavaScript unit tests pass", "node", (NODE, "--test", "--test-reporter=dot", "tests/js/**/*.test.mjs")
    ),
)
COVERAGE_TESTS = ("tests/core", "tests/gateway")
CORE = (
    SuiteCheck(
        "The unit tests of core and gateway pass, and cover every line",
        "core",
        (*PYTEST, "-q", "-m", "not engine", *COVERAGE, *COVERAGE_TESTS),
        uses_pytest=True,
    ),
)
OTHERS = (
    SuiteCheck(
        "The unit tests of the other packages pass",
        "parts",
        (
            *(*PYTEST, "-q", *TWO_WORKERS, "-m", "not engine and not browser"),
            *(f"--ignore={folder}" for folder in COVERAGE_TESTS),
        ),
        uses_pytest=True,
    ),
)
ENGINE = (
    SuiteCheck(
        "The tests with a real engine pass",
        "engine",
        (*PYTEST, "-m", "engine and not browser", *ENGINE_OPTIONS),
        uses_pytest=True,
    ),
    SuiteCheck(
        "The other lessons can be completed",
        "walk",
        (PYTHON, "-m", "slipway.cli", "prove", "--walk", *WALKED_LESSONS),
        is_proof=True,
    ),
)
PROOF = (
    SuiteCheck(
        f"Lesson {PROVED_LESSON} can be proved",
        "proof",
        (PYTHON, "-m", "slipway.cli", "prove", "--dry-run", PROVED_LESSON),
        is_proof=True,
    ),
)
BROWSER = (
    SuiteCheck(
        "The tests in a real browser pass", "browser", (*PYTEST, "-m", "browser", *ENGINE_OPTIONS), uses_pytest=True
    ),
)
FAST, SLOW = (CORE, OTHERS, LINTS), (BROWSER, ENGINE, PROOF)


@dataclass(frozen=True)
class CheckResult:
    """Whether a check passed; `tests` counts passed, failed and skipped; `flaky` names tests that needed a rerun.

    `reason` has the end of a failed check's output.
    """

    check: SuiteCheck
    passed: bool
    seconds: float
    tests: Counter[str]
    flaky: Sequence[str] = ()
    reason: Sequence[str] = ()


def test(settings: Settings, console: Console, consent: Consent, *, fast: bool, extra: Sequence[str]) -> int:
    """Run the checks, print the summary and return 0 if all passed. Raises StageFailed when set-up fails."""
    browser_libraries.ensure(settings.state, console, development=True)
    results = run(FAST, settings, console, extra)
    if not fast:
        settings = prepare(settings, console, consent)
        tools.ensure_chromium(settings, console, consent)
        tools.ensure_nginx(console)
        tools.ensure_pyxtermjs(console)
        results += run(SLOW, settings, console, extra)
    for line in summary(results):
        console.print(line)
    return 0 if all(result.passed for result in results) else 1


def run(
    side_by_side: Sequence[lanes.Lane], settings: Settings, console: Console, extra: Sequence[str] = ()
) -> list[CheckResult]:
    """Run these lanes side by side and return the results. `extra` goes to pytest."""
    node = browser_libraries.find_node(settings.state, console)
    selected = ["--no-cov", *extra] if extra else []  # a selection of tests can't cover everything

    def command(check: SuiteCheck) -> list[str]:
        report = _report(check, settings)
        _flaky_list(report).unlink(missing_ok=True)
        options = [f"--flaky={_flaky_list(report)}"] if check.is_proof else []
        if check.uses_pytest:
            write_private(report, " " * REPORT_SIZE)
            options = [f"--junitxml={report}", *selected]
        return [*command_line(check, settings, node), *options]

    completed = lanes.run(side_by_side, command, console)
    return [_result(lane, settings, selected=bool(extra)) for lane in completed]


def command_line(check: SuiteCheck, settings: Settings, node: str) -> list[str]:
    """Return the command to run: with the engine's environment, paths of programs, and file patterns expanded."""
    program, *rest = check.command
    path = sys.executable if program == PYTHON else node
    files = (sorted(map(str, ROOT.glob(part))) if "*" in part else [part] for part in rest)
    return settings.with_engine_env([path, *chain.from_iterable(files)])


def count_tests(report: Path) -> Counter[str]:
    """Count passed, failed and skipped tests in pytest's report; none when the report is missing or incomplete."""
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


def summary(results: Sequence[CheckResult]) -> list[str]:
    """Return the summary: reasons of failures, results, flaky tests. The last line counts tests, and each check
    without pytest as one."""
    lines = [line for result in results if not result.passed for line in _failure(result)]
    lines += ["", "Results:"]
    total: Counter[str] = Counter()
    for result in results:
        sign = "✓" if result.passed else "✗"
        lines.append(f"  {sign} {result.check.description} ({duration(result.seconds)})")
        total += result.tests
        if not result.check.uses_pytest or (not result.passed and not result.tests["failed"]):
            total["passed" if result.passed else "failed"] += 1
    if flaky := [name for result in results for name in result.flaky]:
        lines += ["", "Flaky (failed, then passed when run again):", *(f"  ! {name}" for name in flaky)]
    return [*lines, "", f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped"]


def _failure(result: CheckResult) -> list[str]:
    """Return the end of a failed check's output under a heading: the run's output is long, and its lanes are mixed."""
    return ["", f"Failed: {result.check.description}", *(f"  {line}" for line in result.reason)]


def _result(completed: CompletedCheck, settings: Settings, *, selected: bool) -> CheckResult:
    check = completed.check
    passed = completed.status == 0 or (completed.status == NOTHING_COLLECTED and check.uses_pytest and selected)
    report = _report(check, settings)
    flaky = _flaky_list(report).read_text().splitlines() if _flaky_list(report).exists() else []
    tests = count_tests(report) if check.uses_pytest else Counter[str]()
    return CheckResult(check, passed, completed.seconds, tests, flaky, () if passed else completed.last_lines)


def _report(check: SuiteCheck, settings: Settings) -> Path:
    return settings.state / f"pytest-{check.label}.xml"


def _flaky_list(report: Path) -> Path:
    """Return the file in which tests/conftest.py and `./lab prove` list what passed only when run again."""
    return report.with_suffix(".flaky")
