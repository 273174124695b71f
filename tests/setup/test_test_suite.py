"""`./lab test`: every result counts, no failure stops the other checks, and pytest's report is counted."""

from __future__ import annotations

import io
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from slipway.install.state_folder import StateError
from slipway.settings import ROOT, Settings
from slipway.setup import test_suite
from slipway.setup.console import Console
from slipway.setup.lanes import SuiteCheck
from slipway.setup.test_suite import CheckResult
from tests.disks import Disk
from tests.eventually import eventually

LINT = SuiteCheck("The code is free of lint", "lint", (test_suite.PYTHON, "-c", "pass"))
TESTS = SuiteCheck("The parts do what their tests say", "units", (test_suite.PYTHON, "-c", "pass"), uses_pytest=True)

A_TEST_FILE = """
import pytest
def test_right(): pass
def test_wrong(): assert 1 == 2
@pytest.fixture
def broken(): raise RuntimeError
def test_broken(broken): pass
@pytest.mark.skip(reason="not today")
def test_skipped(): pass
"""

FLAKY = """
from pathlib import Path
tried = Path(__file__).with_suffix(".tried")
def test_right(): pass
def test_flaky():
    first = not tried.exists()
    tried.touch()
    assert not first
def test_wrong(): assert 1 == 2
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(install="test", token=secrets.token_hex(), state=tmp_path)


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def checked(settings: Settings, output: io.StringIO) -> Callable[..., list[CheckResult]]:
    """`checked(check, …)` runs the checks in one lane and returns the results; `extra` goes to pytest."""

    def run(*checks: SuiteCheck, extra: tuple[str, ...] = ()) -> list[CheckResult]:
        return test_suite.run([checks], settings, Console(output), extra)

    return run


def a_result(check: SuiteCheck, ok: bool = True, flaky: tuple[str, ...] = (), **tests: int) -> CheckResult:
    return CheckResult(check, ok, 1.0, Counter(tests), flaky)


def test_last_line_sums_tests_and_checks() -> None:
    results = [a_result(LINT), a_result(TESTS, passed=7, skipped=2), a_result(TESTS, False, passed=3, failed=1)]
    assert test_suite.summary(results)[-1] == "11 passed, 1 failed, 2 skipped"


def test_failed_linter_counts_as_a_failure() -> None:
    assert test_suite.summary([a_result(LINT, False)])[-1] == "0 passed, 1 failed, 0 skipped"


def test_missing_coverage_counts_as_a_failure() -> None:
    assert test_suite.summary([a_result(TESTS, False, passed=5)])[-1] == "5 passed, 1 failed, 0 skipped"


def test_summary_marks_failed_checks() -> None:
    lines = test_suite.summary([a_result(LINT), a_result(TESTS, False, failed=1)])
    assert "  ✓ The code is free of lint (1.0 s)" in lines
    assert "  ✗ The parts do what their tests say (1.0 s)" in lines


def test_flaky_tests_are_listed_and_count_as_passed() -> None:
    lines = test_suite.summary([a_result(LINT), a_result(TESTS, flaky=("tests/test_it.py::test_flaky",))])
    assert lines[-3] == "  ! tests/test_it.py::test_flaky"
    assert lines[-1].startswith("1 passed, 0 failed")


def test_end_of_a_failed_checks_output_is_in_the_summary(checked: Callable[..., list[CheckResult]]) -> None:
    """A run's output is long and its lanes are mixed: the reason of a failure stands beside the results."""
    speak = "print('why it broke'); raise SystemExit({})"
    broken = SuiteCheck("It breaks", "broken", (test_suite.PYTHON, "-c", speak.format(1)))
    works = SuiteCheck("It works", "works", (test_suite.PYTHON, "-c", speak.format(0)))
    lines = test_suite.summary(checked(broken, works))
    assert lines[:3] == ["", "Failed: It breaks", "  why it broke"]
    assert lines.count("  why it broke") == 1


def test_tests_are_counted_from_the_report_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(A_TEST_FILE)
    report = tmp_path / "report.xml"
    subprocess.run([sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"], cwd=tmp_path, capture_output=True)
    assert test_suite.count_tests(report) == Counter(passed=1, failed=2, skipped=1)


def test_missing_or_incomplete_report_counts_nothing(tmp_path: Path) -> None:
    assert test_suite.count_tests(tmp_path / "none.xml") == Counter()
    (tmp_path / "half.xml").write_text('<testsuites><testsuite tests="3"')
    assert test_suite.count_tests(tmp_path / "half.xml") == Counter()


def test_unwritable_report_stops_the_run_with_a_message(settings: Settings, disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StateError, match=r"pytest-units\.xml can't be written: there is no space left"):
        test_suite.run([[TESTS]], replace(settings, state=disk.path), Console(io.StringIO()))


def test_failing_command_fails_only_its_check(checked: Callable[..., list[CheckResult]]) -> None:
    broken = SuiteCheck("It breaks", "broken", (test_suite.PYTHON, "-c", "raise SystemExit(3)"))
    assert [result.passed for result in checked(broken, LINT)] == [False, True]


def test_no_tests_is_a_failure_unless_tests_were_selected(checked: Callable[..., list[CheckResult]]) -> None:
    command = (test_suite.PYTHON, "-c", "raise SystemExit(5)")
    none = SuiteCheck("Nothing was collected", "none", command, uses_pytest=True)
    assert not checked(none)[0].passed
    assert checked(none, extra=("-k", "gateway"))[0].passed


def test_output_of_a_check_is_prefixed_with_its_label(
    checked: Callable[..., list[CheckResult]], output: io.StringIO
) -> None:
    checked(SuiteCheck("It speaks", "speaker", (test_suite.PYTHON, "-c", "print('one'); print('two')")))
    assert "speaker │ one" in output.getvalue()
    assert "speaker │ two" in output.getvalue()


def test_lanes_run_side_by_side(settings: Settings, tmp_path: Path) -> None:
    """Each of the two waits for a file that the other creates."""
    meet = (
        "import pathlib, sys, time\n"
        "mine, other = map(pathlib.Path, sys.argv[1:])\n"
        "mine.touch()\n"
        "while not other.exists(): time.sleep(0.01)\n"
    )
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    first = SuiteCheck("One meets two", "one", (test_suite.PYTHON, "-c", meet, one, two))
    second = SuiteCheck("Two meets one", "two", (test_suite.PYTHON, "-c", meet, two, one))
    results = test_suite.run([[first], [second]], settings, Console(io.StringIO()))
    assert [result.check.label for result in results] == ["one", "two"]
    assert all(result.passed for result in results)


STOPPED = """
import pathlib, sys
from slipway.cli import Stopped, _raise_stopped
from slipway.settings import Settings
from slipway.setup import test_suite
from slipway.setup.lanes import SuiteCheck
from slipway.setup.console import Console
import signal
signal.signal(signal.SIGTERM, _raise_stopped)
folder = pathlib.Path(sys.argv[1])
waits = "import pathlib, sys, time\\ntry:\\n  pathlib.Path(sys.argv[1], 'started').touch(); time.sleep(600)\\n"
waits += "except KeyboardInterrupt:\\n  pathlib.Path(sys.argv[1], 'cleaned-up').touch()\\n"
first = SuiteCheck("It waits", "waits", (test_suite.PYTHON, "-c", waits, str(folder)))
never = SuiteCheck("It never begins", "never", (test_suite.PYTHON, "-c", "print('never started')"))
test_suite.run([[first, never]], Settings("test", "", folder), Console())
"""


def test_interrupted_run_interrupts_its_commands_and_lets_them_clean_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STOPPED, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    eventually((tmp_path / "started").exists)
    process.terminate()
    output, _ = process.communicate()
    assert (tmp_path / "cleaned-up").exists()
    assert process.returncode == 130
    assert "never started" not in output


def test_test_that_passes_when_run_again_is_flaky(checked: Callable[..., list[CheckResult]], tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(FLAKY)
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    again = (
        test_suite.PYTHON,
        "-m",
        "pytest",
        "-q",
        f"--rootdir={tmp_path}",
        "--reruns=1",
        str(tmp_path / "test_it.py"),
    )
    for workers in ((), ("--numprocesses=2",)):
        (tmp_path / "test_it.tried").unlink(missing_ok=True)
        (result,) = checked(SuiteCheck("It works", "again", (*again, *workers), uses_pytest=True))
        assert result.tests == Counter(passed=2, failed=1)
        assert [name.rpartition("::")[2] for name in result.flaky] == ["test_flaky"]


def test_proof_that_passes_when_tried_again_is_flaky(checked: Callable[..., list[CheckResult]]) -> None:
    prove = "import sys; open(sys.argv[1].removeprefix('--flaky='), 'w').write('lesson, step 1\\n')"
    (result,) = checked(SuiteCheck("It can be proved", "proof", (test_suite.PYTHON, "-c", prove), is_proof=True))
    assert result.passed
    assert list(result.flaky) == ["lesson, step 1"]


def test_only_engine_and_browser_tests_are_run_again() -> None:
    again = {
        check.label
        for lane in (*test_suite.FAST, *test_suite.SLOW)
        for check in lane
        if "--reruns=1" in check.command or check.is_proof
    }
    assert again == {"engine", "browser", "walk", "proof"}


def test_checks_have_different_descriptions_and_labels() -> None:
    checks = [check for lane in (*test_suite.FAST, *test_suite.SLOW) for check in lane]
    assert len({check.description for check in checks}) == len({check.label for check in checks}) == len(checks)


def test_every_lesson_is_walked_or_proved() -> None:
    lessons = {path.parent.name for path in ROOT.glob("lessons/*/lesson.md")}
    assert {test_suite.PROVED_LESSON, *test_suite.WALKED_LESSONS} == lessons


def test_commands_use_the_engine_that_was_found(settings: Settings) -> None:
    there = replace(settings, docker_host="unix:///somewhere.sock")
    assert test_suite.command_line(LINT, there, "node")[:2] == ["env", "DOCKER_HOST=unix:///somewhere.sock"]


def test_file_patterns_are_expanded(settings: Settings) -> None:
    check = SuiteCheck("x", "x", (test_suite.PYTHON, "-m", "x", "tests/setup/test_test_s*.py"))
    assert str(Path(__file__)) in test_suite.command_line(check, settings, "node")
