"""A script is typed one command at a time, and never half of one."""

from __future__ import annotations

import pytest

from slipway.core.lessons.commands import ENTER, Command, commands


def shown(script: str) -> list[str]:
    return [one.shown for one in commands(script)]


def test_each_line_is_a_command_and_ends_with_enter() -> None:
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
def test_what_a_shell_would_ask_more_of_stays_together(one: str) -> None:
    assert shown(f"docker ps\n{one}\ndocker images") == ["docker ps", one, "docker images"]


def test_a_script_that_breaks_off_is_still_typed_to_its_end() -> None:
    assert shown("echo 'never closed") == ["echo 'never closed"]


def test_comments_and_empty_lines_are_not_typed() -> None:
    assert shown("# first\n\ndocker ps  # all\n") == ["docker ps  # all"]


def test_what_is_meant_for_the_running_program_waits_for_no_prompt() -> None:
    assert commands("docker exec -it box sh\n^ ls /\n^C\n^D")[1:] == (
        Command("ls /", f"ls /{ENTER}", inner=True),
        Command("Ctrl-C", "\x03", inner=True),
        Command("Ctrl-D", "\x04", inner=True),
    )
