"""`./lab check`: every lesson is checked, and each finding is printed with its place."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from slipway import cli
from slipway.core.lessons.finding import LessonError
from slipway.core.lessons.markdown_lint import UNSUPPORTED
from slipway.proofs import course
from slipway.settings import ROOT
from slipway.setup import browser_libraries, lesson_check
from slipway.setup.console import Console, StageFailed
from tests.core.lessons.samples import SLUG, TEXT, proofs

BROKEN = """---
title: Broken
minutes: 1
scene: lifecicle
lede: Broken.
---

## One

```check
- no_such_rule: {}
```
"""


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons"
    write(folder / "01-broken" / "lesson.md", BROKEN)
    (folder / "02-empty").mkdir()
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A course of one lesson without findings."""
    folder = tmp_path / "lessons"
    write(folder / SLUG / "lesson.md", TEXT)
    for name, text in proofs().items():
        write(folder / SLUG / "proof" / name, text)
    return folder


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_valid_lessons_are_listed_and_counted(log: io.StringIO) -> None:
    """Two of the real ones: `./lab check` and tests/core/test_course.py look at all of them."""
    assert lesson_check.check(["08", "11"], Console(log))
    assert log.getvalue().count("✓") == 2
    assert log.getvalue().endswith("2 lessons, 0 errors, 0 warnings.\n")


def test_all_findings_are_printed_with_file_line_and_step(lessons: Path, log: io.StringIO) -> None:
    assert not lesson_check.check([], Console(log), lessons)
    assert log.getvalue().count("✗") == 2
    lines = log.getvalue().splitlines()
    assert "✗ 01-broken: Broken, 1 step" in lines
    place = "  error: lessons/01-broken/lesson.md:10: step 1 (One), check: unknown rule 'no_such_rule'; the rules are"
    assert any(line.startswith(place) for line in lines)
    place = "  error: lessons/01-broken/lesson.md:8: step 1 (One): "
    said = "\n".join(line.removeprefix(place) for line in lines if line.startswith(place))
    assert all(word in said for word in ("no `solution`", "`mistake`", "`way`", "`hint`", "`notes`"))
    assert any(
        "lesson.md:1: front matter: unknown scene 'lifecicle'; the scenes are channels, " in one for one in lines
    )
    assert "  error: lessons/02-empty/lesson.md: this file is missing; copy one of another lesson" in lines
    assert lines[-1].startswith("2 lessons, ")


def test_proofs_are_not_checked_while_the_format_has_errors(lessons: Path, log: io.StringIO) -> None:
    lesson_check.check(["01"], Console(log), lessons)
    assert "prove" not in log.getvalue()


def test_lesson_without_findings_passes(sample: Path, log: io.StringIO) -> None:
    assert lesson_check.check([], Console(log), sample)
    assert log.getvalue() == f"✓ {SLUG}: A sample, 1 step\n1 lesson, 0 errors, 0 warnings.\n"


def test_warning_is_printed_and_does_not_fail(sample: Path, log: io.StringIO) -> None:
    write(sample / SLUG / "lesson.md", TEXT.replace("Do it.", UNSUPPORTED[0].example))
    assert lesson_check.check([], Console(log), sample)
    assert "✓" in log.getvalue()
    assert f"  warning: lessons/{SLUG}/lesson.md:10: step 1 (Create it): HTML is not rendered" in log.getvalue()
    assert log.getvalue().endswith("1 lesson, 0 errors, 1 warning.\n")


@pytest.mark.parametrize(("passed", "status"), [(True, 0), (False, 1)])
def test_error_is_exit_status_1(monkeypatch: pytest.MonkeyPatch, passed: bool, status: int) -> None:
    monkeypatch.setattr(lesson_check, "check", lambda _names, _console: passed)
    assert cli.check(cli.parser().parse_args(["check"]), Console(io.StringIO())) == status


def test_file_that_is_not_utf_8_is_an_error(sample: Path, log: io.StringIO) -> None:
    (sample / SLUG / "lesson.md").write_bytes(TEXT.encode("utf-16"))
    assert not lesson_check.check([], Console(log), sample)
    assert f"lessons/{SLUG}/lesson.md: this file is not UTF-8: invalid start byte at byte 0" in log.getvalue()
    with pytest.raises(LessonError, match="not UTF-8"):
        course.read(sample)


def test_hidden_file_beside_the_proofs_is_ignored(sample: Path, log: io.StringIO) -> None:
    (sample / SLUG / "proof" / ".DS_Store").write_bytes(b"\xff")
    assert lesson_check.check([], Console(log), sample)


def test_missing_proof_names_the_command_that_records_it(sample: Path, log: io.StringIO) -> None:
    shutil.rmtree(sample / SLUG / "proof")
    assert not lesson_check.check([], Console(log), sample)
    assert "run ./lab prove 13" in log.getvalue()


def test_scene_names_are_those_of_the_page() -> None:
    """Compared with what JavaScript sees in scenes.js."""
    node = browser_libraries.find_node(ROOT / ".state", Console(io.StringIO()))
    address = json.dumps(lesson_check.SCENES.as_uri())
    script = f"import({address}).then(({{ SCENES }}) => console.log(Object.keys(SCENES).join()))"
    known = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout.strip()
    assert ",".join(lesson_check.scene_names(lesson_check.SCENES.read_text(encoding="utf-8"))) == known


def test_scene_names_may_be_shorthand() -> None:
    source = "import x\n\nexport const SCENES = {\n  a: { ...a, Painter },\n  b,\n  c: {\n    inner: 1,\n  },\n}\n"
    assert lesson_check.scene_names(source) == ("a", "b", "c")


def test_missing_table_of_scenes_is_an_error() -> None:
    with pytest.raises(ValueError, match="no `export const SCENES"):
        lesson_check.scene_names("export const OTHERS = {}\n")


@pytest.mark.parametrize("name", ["02", "02-empty", "lessons/02-empty", "lessons/02-empty/", "x/02-empty/lesson.md"])
def test_lesson_is_chosen_by_number_name_or_path(lessons: Path, name: str) -> None:
    assert lesson_check.chosen([name], lessons) == [lessons / "02-empty"]


def test_unknown_lesson_is_answered_with_the_names_there_are(lessons: Path) -> None:
    with pytest.raises(StageFailed) as caught:
        lesson_check.chosen(["09"], lessons)
    assert "01-broken, 02-empty" in caught.value.hint
