"""A script is split into whole commands."""

from __future__ import annotations

import pytest

from slipway.core.lessons.commands import ENTER, Command, commands


def shown(script: str) -> list[str]:
    return [one.shown for one in commands(script)]


def test_each_line_is_a_command_that_ends_with_enter() -> None:
    assert commands("docker ps\ndocker images") == (
        Command("docker ps", f"docker ps{ENTER}"),
        Command("docker images", f"docker images{ENTER}"),
    )


@pytest.mark.parametrize(
    "one",
    [
        "docker run \\\n  busybox",
        "echo 'two\nlines'",
        'echo "two\nlines"',
        "docker ps |\nwc -l",
        "true &&\nfalse",
        "cat > Dockerfile <<EOF\nFROM busybox\nRUN echo it's\nEOF",
        "cat <<'END' | docker build -\nFROM busybox\nEND",
    ],
)
def test_incomplete_line_stays_with_the_lines_that_complete_it(one: str) -> None:
    assert shown(f"docker ps\n{one}\ndocker images") == ["docker ps", one, "docker images"]


def test_unfinished_script_is_kept_to_its_end() -> None:
    assert shown("echo 'never closed") == ["echo 'never closed"]


def test_comments_and_empty_lines_are_left_out() -> None:
    assert shown("# first\n\ndocker ps  # all\n") == ["docker ps  # all"]


def test_input_for_a_running_program_is_marked() -> None:
    assert commands("docker exec -it box sh\n^ ls /\n^C\n^D")[1:] == (
        Command("ls /", f"ls /{ENTER}", to_program=True),
        Command("Ctrl-C", "\x03", to_program=True),
        Command("Ctrl-D", "\x04", to_program=True),
    )
