"""The format of a lesson file, and the sentence for each way to get it wrong."""

from __future__ import annotations

import textwrap

import pytest

from slipway.core.lessons.checks import RuleCall
from slipway.core.lessons.finding import LessonError
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import FRONT_MATTER_KEYS, parse, parse_draft
from slipway.core.lessons.sections import LAB_BLOCKS, script

SLUG = "04-run-is-create-and-start"
HEAD = "---\ntitle: Run\nminutes: 5\nscene: lifecycle\nlede: A short one.\n---\n"
CHECK = "```check\n- created: {as: box}\n```\n"
STEP = f"## First\n\nDo it.\n\n{CHECK}\n```console\n$ docker create busybox\n```\n"


def lesson(body: str, head: str = HEAD, slug: str = SLUG) -> Lesson:
    return parse(slug, head + body)


def fence(kind: str, text: str) -> str:
    return f"```{kind}\n{textwrap.dedent(text).strip()}\n```\n"


class TestALesson:
    def test_has_the_values_of_its_front_matter(self) -> None:
        read = lesson(f"\nHello.\n\n{STEP}")
        facts = (read.slug, read.number, read.title, read.minutes, read.scene, read.lede, read.intro)
        assert facts == (SLUG, 4, "Run", 5, "lifecycle", "A short one.", "Hello.")

    def test_has_steps_with_slugs_and_numbers(self) -> None:
        read = lesson(STEP + STEP.replace("First", "And then: the 2nd!"))
        assert [(one.number, one.slug, one.title) for one in read.steps] == [
            (1, "first", "First"),
            (2, "and-then-the-2nd", "And then: the 2nd!"),
        ]
        assert read.step("first") is read.steps[0]
        assert read.step("third") is None

    def test_has_what_to_remember_and_a_question(self) -> None:
        end = fence("remember", "Run is two things.") + fence("question", "ask: Why?\nanswer: Because.")
        read = lesson(STEP + end)
        assert read.remember == "Run is two things."
        assert [(one.ask, one.answer) for one in read.questions] == [("Why?", "Because.")]

    def test_text_is_without_the_presenters_notes(self) -> None:
        read = lesson(
            fence("notes", "Ask who has used it.") + STEP + fence("notes", "Wait.") + fence("notes", "Point.")
        )
        assert (read.notes, read.steps[0].notes) == ("Ask who has used it.", "Wait.\n\nPoint.")
        assert "Wait" not in read.steps[0].text + read.intro


class TestAStep:
    def test_text_is_without_the_blocks_of_the_lab(self) -> None:
        (step,) = lesson(STEP + fence("hint", "Try.") + "\nThe end.\n").steps
        assert step.text == "Do it.\n\n```console\n$ docker create busybox\n```\n\nThe end."

    def test_begins_only_at_a_level_two_heading_of_the_document(self) -> None:
        for text in ("```text\n## No\n```\n", "> ## No\n", "- ## No\n", "### No\n", "# No\n", "    ## No\n"):
            (step,) = lesson(f"{STEP}\n{text}").steps
            assert "No" in step.text

    def test_has_its_hints_ways_mistakes_and_stage(self) -> None:
        wrong = fence("mistake", "say: No.\nwhen: {started: {container: $box}}\ntry: docker start x\n")
        blocks = [fence("hint", "One."), fence("hint", "Two."), fence("way", "docker create b"), wrong]
        (step,) = lesson(STEP + "".join(blocks) + fence("stage", "docker ps")).steps
        assert step.hints == ("One.", "Two.")
        assert step.ways == ("docker create b",)
        assert step.stage == "docker ps"
        assert [(one.commands, one.mistake.say) for one in step.common_mistakes] == [("docker start x", "No.")]
        assert step.mistakes[0].when == (RuleCall("started", {"container": "$box"}),)

    def test_mistake_may_have_a_short_name(self) -> None:
        named = fence("mistake", "say: No.\nshort: said no\nwhen: {started: {}}\ntry: x")
        nameless = fence("mistake", "say: Neither.\nwhen: {started: {}}\ntry: y")
        assert lesson(STEP + named + nameless).mistake_names == {"No.": "said no"}

    def test_runnable_blocks_are_the_solution_by_default(self) -> None:
        (step,) = lesson(STEP + fence("sh", "docker ps")).steps
        assert step.solution == "docker create busybox\ndocker ps"

    def test_solution_block_overrides_the_runnable_blocks(self) -> None:
        (step,) = lesson(STEP + fence("solution", "docker create --name x busybox")).steps
        assert step.solution == "docker create --name x busybox"

    def test_shows_blocks_of_any_other_language(self) -> None:
        shown = "".join(fence(kind, "x") for kind in ("", "text", "json", "dockerfile", "output", "python", "yaml"))
        (step,) = lesson(STEP + shown).steps
        assert step.blocks == ("docker create busybox",)
        assert step.text.endswith(shown.strip())

    def test_knows_its_line_in_the_file(self) -> None:
        read = lesson(STEP + STEP.replace("First", "Second"))
        lines = (HEAD + STEP + STEP).split("\n")
        assert [lines[step.line - 1] for step in read.steps] == ["## First"] * 2

    def test_check_of_one_rule_needs_no_list(self) -> None:
        (step,) = lesson(STEP.replace("- created: {as: box}", "created: {as: box}")).steps
        assert step.check.rule_calls == (RuleCall("created", binds="box"),)


class TestABlock:
    read = lesson(STEP + fence("bash", "docker ps\ndocker images"))

    @pytest.mark.parametrize(
        ("id", "text"),
        {
            "first.0": "docker create busybox",
            "first.1": "docker ps\ndocker images",
            "first.2": None,
            "first.x": None,
            "first.-1": None,
            "first.solution": "docker create busybox\ndocker ps\ndocker images",
            "third.0": None,
            "": None,
        }.items(),
    )
    def test_is_found_by_its_step_and_number(self, id: str, text: str | None) -> None:
        assert self.read.block(id) == text

    def test_of_a_solution_ends_before_input_for_a_running_program(self) -> None:
        asked = lesson(STEP + fence("solution", "docker run -it busybox sh\n^ exit\ndocker ps"))
        assert asked.block("first.solution") == "docker run -it busybox sh"

    def test_of_a_console_loses_prompts_and_output(self) -> None:
        block = "$ docker run busybox sh -c '\n> echo hi'\nhi\n$ docker ps\nCONTAINER ID\n"
        assert script(block) == "docker run busybox sh -c '\necho hi'\ndocker ps"

    def test_without_prompts_is_all_commands(self) -> None:
        assert script("docker ps\ndocker images\n") == "docker ps\ndocker images"


class TestAStage:
    two = STEP + STEP.replace("First", "Second").replace("docker create", "docker run")

    def test_is_empty_for_the_first_step(self) -> None:
        read = lesson(self.two)
        assert read.stage_commands(read.steps[0]) == ""

    def test_is_all_earlier_solutions(self) -> None:
        read = lesson(self.two + STEP.replace("First", "Third"))
        assert read.stage_commands(read.steps[2]) == "docker create busybox\ndocker run busybox"

    def test_block_overrides_them_even_when_empty(self) -> None:
        read = lesson(self.two + "```stage\n```\n" + STEP.replace("First", "Third"))
        assert read.stage_commands(read.steps[1]) == ""
        assert read.stage_commands(read.steps[2]) == "docker run busybox"


class TestNames:
    uses = STEP.replace("First", "Second").replace("created: {as: box}", "started: {container: $box}")

    def test_of_an_earlier_step_come_with_the_rule_that_binds_them(self) -> None:
        read = lesson(STEP + self.uses)
        assert read.steps[1].check.earlier == {"box": RuleCall("created", binds="box")}
        assert read.steps[0].check.earlier == {}

    def test_are_bound_by_the_first_step_that_gives_them(self) -> None:
        second = STEP.replace("First", "Again").replace("{as: box}", "{name: x, as: box}")
        assert lesson(STEP + second + self.uses).steps[2].check.earlier["box"].args == {}

    def test_bound_by_means_of_another_name_are_unknown_to_later_steps(self) -> None:
        leaning = self.uses.replace("{container: $box}", "{container: $box, as: run}")
        third = self.uses.replace("Second", "Third").replace("$box", "$run")
        with pytest.raises(LessonError, match=r"step 3 \(Third\): no step before this one binds \$run"):
            lesson(STEP + leaning + third)

    def test_bound_in_the_step_itself_are_its_own(self) -> None:
        own = STEP.replace("First", "Second") + ""
        own = own.replace("- created: {as: box}", "- created: {as: box}\n- started: {container: $box}")
        assert lesson(STEP + own).steps[1].check.earlier == {}

    def test_may_be_used_by_mistakes(self) -> None:
        wrong = fence("mistake", "say: No.\nwhen: {removed: {container: $box}}\ntry: docker rm x")
        second = STEP.replace("First", "Second").replace("{as: box}", "{}")
        assert set(lesson(STEP + second + wrong).steps[1].check.earlier) == {"box"}

    def test_unbound_names_are_an_error(self) -> None:
        with pytest.raises(LessonError, match=r"step 1 \(Second\): no step before this one binds \$box"):
            lesson(self.uses)


WRONG = {
    "no front matter": ("# Hello", "", "the file begins with front matter between two lines of `---`"),
    "front matter that is no YAML": (STEP, "---\ntitle: [\n---\n", "front matter: not YAML"),
    "front matter that is no mapping": (
        STEP,
        "---\n- a\n---\n",
        f"has exactly the keys {', '.join(FRONT_MATTER_KEYS)}",
    ),
    "a key too many": (STEP, HEAD.replace("scene", "level: 3\nscene"), "the front matter has .*; unknown: level"),
    "a key too few": (STEP, HEAD.replace("scene: lifecycle\n", ""), "the front matter has .*; missing: scene"),
    "a key without a value": (STEP, HEAD.replace("A short one.", ""), "the front matter has nothing under lede"),
    "minutes that are no number": (STEP, HEAD.replace("5", "ten"), "minutes is a whole number, not 'ten'"),
    "minutes that are too few": (STEP, HEAD.replace("5", "0"), "minutes is a whole number, not 0"),
    "no step": ("Hello.\n", HEAD, "no step; a step begins with a `## ` heading"),
    "a title without a letter": (STEP.replace("First", "?!"), HEAD, "the title of step 1 needs a letter or a digit"),
    "two steps of one name": (STEP + STEP, HEAD, "two steps are called the same: first"),
    "no check": (STEP.replace(CHECK, ""), HEAD, r"step 1 \(First\): a step has exactly one `check` block, this has 0"),
    "two checks": (STEP + CHECK, HEAD, "exactly one `check` block, this has 2"),
    "an empty check": (STEP.replace("- created: {as: box}", ""), HEAD, r"First\), check: a rule is written"),
    "a check of no rule": (STEP.replace("- created: {as: box}", "[]"), HEAD, "needs at least one rule"),
    "a check of never alone": (
        STEP.replace("created: {as: box}", "never: {created: {}}"),
        HEAD,
        "a check needs at least one rule that is not `never`, or it passes before it begins",
    ),
    "a check that is no YAML": (STEP.replace("{as: box}", "{as: box"), HEAD, "not YAML"),
    "a check with a control character": (
        STEP.replace("{as: box}", "{as: \x01}"),
        HEAD,
        "not YAML: unacceptable character",
    ),
    "an unknown rule": (STEP.replace("created:", "made:"), HEAD, "check: unknown rule 'made'; the rules are called,"),
    "an unknown field": (STEP.replace("as:", "called:"), HEAD, "rule created has no field 'called'; its fields are by"),
    "no solution": (STEP.partition("```console")[0], HEAD, "no `solution`, and no runnable block to take for one"),
    "a block without an end": (
        STEP + "```hint\nTry.\n",
        HEAD,
        r"First\): the block `hint` has no closing fence",
    ),
    "a block without an end at the top": ("```notes\n" + STEP, HEAD, "no step; a step begins with a `## ` heading"),
    "a mistake without try": (
        STEP + fence("mistake", "say: No.\nwhen: {started: {}}"),
        HEAD,
        "a mistake has exactly the keys say, when, try, and may have short",
    ),
    "a mistake whose short is empty": (
        STEP + fence("mistake", "say: No.\nshort:\nwhen: {started: {}}\ntry: x"),
        HEAD,
        "a mistake has nothing under short",
    ),
    "a mistake whose short is a sentence": (
        STEP + fence("mistake", "say: No.\nshort: Said no.\nwhen: {started: {}}\ntry: x"),
        HEAD,
        "a mistake's short is at most 60 characters long, without a full stop, not 'Said no.'",
    ),
    "a mistake whose short is long": (
        STEP + fence("mistake", f"say: No.\nshort: {'a' * 61}\nwhen: {{started: {{}}}}\ntry: x"),
        HEAD,
        "a mistake's short is at most 60 characters long",
    ),
    "a mistake of no rule": (STEP + fence("mistake", "say: No.\nwhen: []\ntry: x"), HEAD, "nothing under when"),
    "a mistake with an unknown rule": (
        STEP + fence("mistake", "say: No.\nwhen: {strated: {}}\ntry: x"),
        HEAD,
        "mistake: unknown rule 'strated'",
    ),
    "a meanwhile that is no mistake": (
        STEP + fence("meanwhile", "say: Wait.\ntry: sleep 1"),
        HEAD,
        "a meanwhile has exactly the keys say, when",
    ),
    "a question without its answer": (STEP + fence("question", "ask: Why?"), HEAD, "exactly the keys ask, answer"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_error_names_the_place_and_what_is_valid(wrong: str) -> None:
    body, head, said = WRONG[wrong]
    with pytest.raises(LessonError, match=rf"^{SLUG}/lesson\.md:?\d*: .*{said}"):
        lesson(body, head)


@pytest.mark.parametrize("slug", ["run", "4-run", "04_run", "04-Run", "04-"])
def test_folder_has_a_number_and_a_name(slug: str) -> None:
    with pytest.raises(LessonError, match="a lesson's folder is called NN-name"):
        lesson(STEP, slug=slug)


def test_all_errors_are_found_with_their_lines() -> None:
    bad = fence("mistake", "say: No.\nwhen: {strated: {}}\ntry: x")
    body = STEP.replace("created", "made") + bad + fence("meanwhile", "say: a: b") + "## Second\n"
    _, findings = parse_draft("4-run", HEAD.replace("5", "ten") + body)
    lines = (HEAD + body).split("\n")
    assert [(one.place, lines[one.line - 1] if one.line else "") for one in findings] == [
        ("", ""),
        ("front matter", "---"),
        ("step 1 (First), check", "```check"),
        ("step 1 (First), mistake", "```mistake"),
        ("step 1 (First), meanwhile", "```meanwhile"),
        ("step 2 (Second)", "## Second"),
        ("step 2 (Second)", "## Second"),
    ]


def test_error_in_yaml_names_its_line_in_the_file() -> None:
    text = HEAD + STEP + fence("mistake", "short: no\nsay: a: b")
    (finding,) = parse_draft(SLUG, text)[1]
    line = text.split("\n").index("say: a: b") + 1
    assert f"not YAML: mapping values are not allowed here (line {line})" in finding.sentence


def test_what_cannot_be_read_leaves_a_gap_and_the_rest_is_there() -> None:
    read, findings = parse_draft(SLUG, HEAD + STEP + fence("mistake", "say: No.") + fence("hint", "Try."))
    assert len(findings) == 1
    assert (read.title, read.steps[0].hints, len(read.steps[0].common_mistakes)) == ("Run", ("Try.",), 1)


def test_names_are_not_looked_for_while_a_check_cannot_be_read() -> None:
    broken = STEP.replace("created:", "made:")
    second = STEP.replace("First", "Second").replace("created: {as: box}", "started: {container: $box}")
    assert len(parse_draft(SLUG, HEAD + broken + second)[1]) == 1


@pytest.mark.parametrize("kind", LAB_BLOCKS)
def test_blocks_of_the_lab_are_not_shown(kind: str) -> None:
    read, _ = parse_draft(SLUG, HEAD + STEP + fence(kind, "not shown"))
    assert "not shown" not in read.steps[0].text
