"""The documentation is under test: what can be typed, set or written in a lesson is told somewhere."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path

import pytest

from slipway import cli
from slipway.core.rules.registry import RULES
from slipway.gateway.limits import GatewayLimits as GatewayLimits
from slipway.settings import ROOT, LabLimits, Settings

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> dict[str, argparse.ArgumentParser]:
    actions = cli.parser()._actions
    return next(each.choices for each in actions if isinstance(each, argparse._SubParsersAction))


FLAGS = [
    (name, flag)
    for name, command in commands().items()
    for action in command._actions
    for flag in action.option_strings
    if flag not in ("-h", "--help")
]


def text_of(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_documentation_and_in_the_help(command: str) -> None:
    assert f"./lab {command}" in text_of(*DOCS)
    assert f"./lab {command}" in (cli.HELP / "lab.txt").read_text()


@pytest.mark.parametrize(("command", "flag"), FLAGS)
def test_every_flag_is_in_the_documentation_and_in_its_help(command: str, flag: str) -> None:
    assert flag in text_of(*DOCS)
    assert f"  {flag} " in (cli.HELP / f"{command}.txt").read_text()


def test_help_texts_are_those_of_the_existing_commands() -> None:
    assert {path.stem for path in cli.HELP.glob("*.txt")} == {"lab", *commands()}


@pytest.mark.parametrize(
    "setting", [field.name for kind in (Settings, LabLimits, GatewayLimits) for field in fields(kind)]
)
def test_every_setting_is_in_the_documentation(setting: str) -> None:
    assert f"| `{setting}` |" in text_of(ROOT / "docs" / "settings.md")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_in_the_manual_for_authors(rule: str) -> None:
    assert f"`{rule}`" in text_of(ROOT / "docs" / "lessons.md")


PATH = re.compile(r"`((?:slipway|tests|static|sandbox|docs|bench)/[\w./-]+)`")
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS]
EXAMPLES = {"tests/transcripts/NN.txt", "bench/out"}
PATHS = [(page, path) for page in PAGES for path in sorted({*PATH.findall(page.read_text())} - EXAMPLES)]


@pytest.mark.parametrize(("document", "path"), PATHS, ids=[f"{page.name}:{path}" for page, path in PATHS])
def test_every_path_in_the_documentation_exists(document: Path, path: str) -> None:
    assert (ROOT / path).exists(), f"{document} names {path}"


def test_every_module_in_the_glossary_exists() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", text_of(ROOT / "docs" / "glossary.md"))
    missing = [path for path in named if not (ROOT / "slipway" / path).exists() and not (ROOT / path).exists()]
    assert named
    assert not missing
