"""Programs run for a stage: when one fails, its output is in the failure."""

from __future__ import annotations

import io
import sys

import pytest

from slipway.setup import processes
from slipway.setup.console import Console, StageFailed

QUIET = Console(io.StringIO())


def test_output_of_a_program_is_returned() -> None:
    assert processes.run(QUIET, [sys.executable, "-c", "print('là')"], error="No.", hint="Try.") == "là\n"


def test_failing_program_fails_the_stage_with_its_output() -> None:
    with pytest.raises(StageFailed) as caught:
        processes.run(QUIET, [sys.executable, "-c", "raise SystemExit('no disk')"], error="No.", hint="Try.")
    assert (caught.value.message, caught.value.details, caught.value.hint) == ("No.", "no disk\n", "Try.")


def test_missing_program_fails_the_stage() -> None:
    with pytest.raises(StageFailed, match=r"^No\.$"):
        processes.run(QUIET, ["no-such-program-anywhere"], error="No.", hint="Try.")


def test_program_has_no_input() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    assert processes.run(QUIET, [sys.executable, "-c", code], error="No.", hint="Try.") == "''\n"


def test_lines_are_shown_as_their_summary() -> None:
    log = io.StringIO()
    words = [sys.executable, "-c", "print('fetched https://there.example/package-1.tgz')"]
    processes.run(Console(log), words, error="No.", hint="Try.", summary=lambda line: line.split("/")[-1])
    assert log.getvalue() == "  … package-1.tgz\n"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("npm error code ENOSPC", "There is no space left on the disk."),
        ("[Errno 28] No space left on device", "There is no space left on the disk."),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "A proxy of this network seems to replace certificates."),
        ("npm error code ENOTFOUND", "Network?"),
    ],
)
def test_hint_fits_what_the_program_says(said: str, hint: str) -> None:
    with pytest.raises(StageFailed) as caught:
        processes.run(QUIET, [sys.executable, "-c", f"raise SystemExit({said!r})"], error="No.", hint="Network?")
    assert caught.value.hint.startswith(hint)


def test_noise_is_not_in_the_details() -> None:
    code = "print('npm http fetch GET 200 https://there.example/x'); raise SystemExit('npm error why')"
    with pytest.raises(StageFailed) as caught:
        processes.run(QUIET, [sys.executable, "-c", code], error="No.", hint="Network?")
    assert caught.value.details == "npm error why\n"
