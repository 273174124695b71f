"""The list of sentences: every answer counts, none stops the others, and the sums are pytest's own."""

from __future__ import annotations

import io
import secrets
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from slipway.settings import Settings
from slipway.setup import suite
from slipway.setup.suite import Answer, Sentence
from slipway.setup.voice import Voice
from slipway.state import StateError
from tests.disks import Disk

LINT = Sentence("The code is free of lint", (suite.PYTHON, "-c", "pass"))
TESTS = Sentence("The parts do what their tests say", (suite.PYTHON, "-c", "pass"), counted=True)

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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(install="test", token=secrets.token_hex(), state=tmp_path)


def answer(sentence: Sentence, held: bool = True, **tests: int) -> Answer:
    return Answer(sentence, held, 1.0, Counter(tests))


def test_the_last_line_sums_tests_and_sentences() -> None:
    answers = [answer(LINT), answer(TESTS, passed=7, skipped=2), answer(TESTS, held=False, passed=3, failed=1)]
    assert suite.summary(answers)[-1] == "11 passed, 1 failed, 2 skipped"


def test_a_failed_linter_is_a_failure_in_the_sum() -> None:
    assert suite.summary([answer(LINT, held=False)])[-1] == "0 passed, 1 failed, 0 skipped"


def test_tests_that_pass_without_covering_enough_are_a_failure_too() -> None:
    assert suite.summary([answer(TESTS, held=False, passed=5)])[-1] == "5 passed, 1 failed, 0 skipped"


def test_what_does_not_hold_can_be_seen_at_a_glance() -> None:
    lines = suite.summary([answer(LINT), answer(TESTS, held=False, failed=1)])
    assert "  ✓ The code is free of lint (1.0 s)" in lines
    assert "  ✗ The parts do what their tests say (1.0 s)" in lines


def test_pytests_own_report_is_what_is_counted(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(A_TEST_FILE)
    report = tmp_path / "report.xml"
    subprocess.run([sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"], cwd=tmp_path, capture_output=True)
    assert suite.count(report) == Counter(passed=1, failed=2, skipped=1)


def test_a_run_that_wrote_no_report_counts_nothing(tmp_path: Path) -> None:
    assert suite.count(tmp_path / "none.xml") == Counter()
    (tmp_path / "half.xml").write_text('<testsuites><testsuite tests="3"')
    assert suite.count(tmp_path / "half.xml") == Counter()


def test_a_report_that_can_not_be_written_stops_the_run_in_a_sentence(settings: Settings, disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StateError, match=r"pytest\.xml can't be written: there is no space left"):
        suite.ask(TESTS, Voice(io.StringIO()), replace(settings, state=disk.path))


def test_a_command_that_fails_makes_its_sentence_not_hold(settings: Settings) -> None:
    voice = Voice(io.StringIO())
    broken = Sentence("It breaks", (suite.PYTHON, "-c", "raise SystemExit(3)"))
    assert not suite.ask(broken, voice, settings).held
    assert suite.ask(LINT, voice, settings).held


def test_no_tests_at_all_is_a_failure_unless_somebody_chose(settings: Settings) -> None:
    voice = Voice(io.StringIO())
    none = Sentence("Nothing was collected", (suite.PYTHON, "-c", "raise SystemExit(5)"), counted=True)
    assert not suite.ask(none, voice, settings).held
    assert suite.ask(none, voice, settings, ["-k", "gateway"]).held


def test_every_sentence_says_something_of_its_own() -> None:
    assert len({sentence.says for sentence in suite.SENTENCES}) == len(suite.SENTENCES)


def test_the_engine_that_was_found_is_the_one_that_is_tested(settings: Settings) -> None:
    there = replace(settings, docker_host="unix:///somewhere.sock")
    assert suite.words(LINT, there, Voice(io.StringIO()))[:2] == ["env", "DOCKER_HOST=unix:///somewhere.sock"]


def test_file_patterns_become_the_files_there_are(settings: Settings) -> None:
    sentence = Sentence("x", (suite.PYTHON, "-m", "x", "tests/setup/test_s*.py"))
    assert str(Path(__file__)) in suite.words(sentence, settings, Voice(io.StringIO()))
