"""Each rule about lessons, broken once in a sample: the author gets the place, what is wrong and what is valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from slipway.core.lessons.lint import LESSON_RULES, LintContext, LintRule, code, lint
from slipway.core.lessons.markdown_lint import MARKDOWN_RULES, UNSUPPORTED, Unsupported
from slipway.core.messages import LessonReset, StepSelected
from slipway.core.recordings.proof_lint import MAX_STAGING, PROOF_RULES
from slipway.settings import ROOT
from tests.core.lessons.samples import SLUG, TEXT, context, proofs, recorded, sample

RULES = (*LESSON_RULES, *MARKDOWN_RULES, *PROOF_RULES)
STEP = "step 1 (Create it)"


def without(kind: str) -> str:
    """The sample without its first block of one kind."""
    before, _, rest = TEXT.partition(f"```{kind}\n")
    return before + rest.partition("```\n")[2]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


BROKEN: dict[str, list[tuple[str, str, str]]] = {
    "unknown_scene": [
        (
            changed("scene: lifecycle", "scene: lifecicle"),
            "front matter",
            "unknown scene 'lifecicle'; the scenes are lifecycle, tree",
        )
    ],
    "missing_remember": [(without("remember"), "", "no `remember` block")],
    "one_question": [
        (without("question"), "", "exactly one `question` block (with `ask` and `answer`), this has 0"),
        (TEXT + "```question\nask: How?\nanswer: So.\n```\n", "", "this has 2"),
    ],
    "too_few_mistakes": [(without("mistake"), STEP, "at least 3 `mistake` blocks")],
    "too_few_ways": [(without("way"), STEP, "at least 2 `way` blocks (commands that are also right), this has 1")],
    "missing_hint": [(without("hint"), STEP, "no `hint` block; a step has at least one")],
    "missing_notes": [(without("notes"), STEP, "no `notes` block")],
    "empty_block": [
        (changed("Try.\n", ""), STEP, "an empty `hint` block"),
        (changed("docker create busybox\n```", "\n```"), STEP, "an empty `way` block"),
    ],
    "missing_short": [(changed("short: listed\n", ""), STEP, "the mistake “You listed.” has no `short`")],
    "repeated_short": [
        (changed("short: listed", "short: asked for the version"), STEP, "have the `short` 'asked for the version'")
    ],
    "misspelt_block": [
        (changed("```hint", "```hnit"), STEP, "unknown block `hnit`; did you mean `hint`? The lab's are check,"),
        (changed("Hello.", "```note\nWait.\n```"), "introduction", "did you mean `notes`?"),
    ],
}
CASES = [
    pytest.param(rule, *case, id=f"{rule}-{number}")
    for rule, cases in BROKEN.items()
    for number, case in enumerate(cases)
]


def found(text: str, given: LintContext | None = None) -> list[tuple[str, str, str]]:
    """The rules that the sample breaks, with the place and the sentence of each finding."""
    lesson = sample(text)
    given = given or context(lesson)
    return [(rule.__name__, one.place, one.sentence) for rule in RULES for one in lint(lesson, given, (rule,))]


def test_the_sample_breaks_no_rule() -> None:
    assert found(TEXT) == []


@pytest.mark.parametrize(("rule", "text", "place", "said"), CASES)
def test_broken_rule_is_found_with_its_place(rule: str, text: str, place: str, said: str) -> None:
    ours = [one for one in found(text) if one[0] == rule]
    assert len(ours) == 1
    assert ours[0][1] == place
    assert said in ours[0][2]


def test_taken_number_names_the_other_lesson() -> None:
    given = context(sample(), sample(TEXT.replace("--name sample", "--name other"), "13-another"))
    assert found(TEXT, given) == [
        ("taken_number", "", "13-another has the number 13 too; rename one of the two folders"),
    ]


@pytest.mark.parametrize("taking", ["docker run --name=sample busybox", "docker rename x sample"])
def test_taken_container_name_names_the_other_lesson(taking: str) -> None:
    other = sample(TEXT.replace("docker create --name sample busybox true", taking), "12-another")
    assert found(TEXT, context(sample(), other)) == [
        (
            "taken_container_name",
            STEP,
            "12-another calls a container `sample` too; choose a name that no other lesson uses",
        )
    ]


JOURNAL = "01-create-it.jsonl"
SOLUTION, WAY, *_ = recorded()
SEEN, EVENTS = SOLUTION.messages[0], SOLUTION.messages[2:]
SLOW = replace(SOLUTION, messages=(LessonReset(1.0), SEEN, StepSelected("create-it"), *EVENTS))
PROOFS: dict[str, list[tuple[Callable[[], dict[str, str]], str]]] = {
    "missing_proof": [
        (dict, "not proved: there is no proof/01-create-it.jsonl and no proof/01-create-it.cast; run ./lab prove 13"),
        (lambda: {JOURNAL: proofs()[JOURNAL]}, "there is no proof/01-create-it.cast; run"),
    ],
    "stray_proof": [
        (lambda: proofs() | {"02-gone.cast": ""}, "proof/02-gone.cast belongs to no step; delete it"),
    ],
    "unreadable_proof": [
        (lambda: proofs() | {JOURNAL: "<<<<<<< HEAD"}, "proof/01-create-it.jsonl cannot be read: Expecting"),
        (lambda: proofs() | {JOURNAL: '{"proof": 2}'}, "cannot be read: "),
    ],
    "outdated_proof": [
        (lambda: proofs(*recorded()[:-1]), "this mistake is not in the proof: `docker version`; run ./lab prove 13"),
        (
            lambda: proofs(*recorded(), replace(WAY, commands="docker x\ny")),
            "a way that the step has not: `docker x`",
        ),
    ],
    "changed_verdict": [
        (
            lambda: proofs(replace(SOLUTION, verdict="not-yet", why="No."), *recorded()[1:]),
            "busybox true` was not-yet (“No.”) when it was recorded, and is now passed; run ./lab prove 13",
        ),
    ],
    "slow_stage": [(lambda: proofs(SLOW, *recorded()[1:]), f"`stage` block that takes less than {MAX_STAGING:.0f} s")],
}


@pytest.mark.parametrize(
    ("rule", "files", "said"),
    [pytest.param(rule, *case, id=f"{rule}-{n}") for rule, cases in PROOFS.items() for n, case in enumerate(cases)],
)
def test_broken_rule_about_proofs_is_found(rule: str, files: Callable[[], dict[str, str]], said: str) -> None:
    ours = found(TEXT, context(sample(), proof=files()))
    assert [name for name, _, _ in ours] == [rule], ours
    assert said in ours[0][2]


def test_solution_that_is_called_a_mistake_on_the_way_is_found() -> None:
    text = changed("{called: {call: container.list}}", "{pending: {call: container.create}}")
    sentence = "the solution is called a mistake on the way: “You listed.”; make its `when` stricter"
    assert ("mistake_on_the_way", STEP, sentence) in found(text)


@pytest.mark.parametrize("feature", UNSUPPORTED, ids=lambda feature: feature.name)
def test_unsupported_markdown_is_a_warning(feature: Unsupported) -> None:
    lesson = sample(changed("Do it.", feature.example))
    (one,) = lint(lesson, context(lesson), RULES)
    assert one.is_warning
    assert (one.place, one.line) == (STEP, lesson.steps[0].line)
    assert one.sentence == f"{feature.name} is not rendered by the page: {feature.advice}"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- a note for\nauthors -->\nText.",
        "`<details>` and `[^1]` and `https://x.y`",
        "```html\n<details>\n```",
        "> a quote [!]",
        "- a list",
        "<https://docs.docker.com> or [the docs](https://docs.docker.com), [next](/lessons/02), [up](#top)",
        "[https://x.y](https://x.y)",
        "![a whale](/static/whale.svg)",
        "| a |\n|---|\n| ~~b~~ |",
        *(f"```{language}\nx\n```" for language in ("python", "yaml", "text", "go", "json", "diff", "zsh", "")),
    ],
)
def test_supported_markdown_has_no_warning(text: str) -> None:
    assert found(changed("Do it.", text)) == []


def test_findings_are_in_the_order_of_the_file() -> None:
    second = TEXT.partition("## Create it")[2].replace("```hint\nTry.\n```", "").partition("```remember")[0]
    lesson = sample(changed("lifecycle", "x").replace("```remember", f"## Again{second}```remember"))
    findings = lint(lesson, context(lesson), reversed(LESSON_RULES))
    assert [one.place for one in findings] == ["front matter", "step 2 (Again)"]


@pytest.mark.parametrize("rule", RULES, ids=code)
def test_every_rule_is_documented(rule: LintRule) -> None:
    assert f"| `{code(rule)}` |" in (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")


def test_finding_ends_with_the_name_of_its_rule() -> None:
    lesson = sample(without("hint"))
    (finding,) = lint(lesson, context(lesson), RULES)
    place = "lessons/13-a-sample/lesson.md:10: step 1 (Create it): "
    assert finding.at(f"lessons/{SLUG}/lesson.md") == f"{place}no `hint` block; a step has at least one [missing-hint]"


def test_every_rule_is_broken_once() -> None:
    others = {"taken_number", "taken_container_name", "mistake_on_the_way", "unsupported_markdown"}
    assert {rule.__name__ for rule in RULES} == BROKEN.keys() | PROOFS.keys() | others
