"""Markdown that GitHub renders and the lesson page does not: warnings, so that authors see it before learners do.

Also finds a misspelt name of a lab block, which would be shown to learners as code. `UNSUPPORTED` is tested against
what web/markdown.py makes of each example. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slipway.core.lessons.finding import Finding
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.lint import LintContext, LintRule
from slipway.core.lessons.sections import LAB_BLOCKS, RUNNABLE, fences, language

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SIMILAR = 0.75  # of difflib's ratio: `hnit`, `hints` and `note` are similar to a lab block, no common language is
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True)
class Unsupported:
    """A feature of Markdown that the page does not render; `shown` is what it makes of the example instead."""

    name: str
    example: str
    shown: str
    advice: str
    is_in: Callable[[Sequence[Token]], bool]


def without_comments(html: str) -> str:
    """Return `html` without its comments, which the page leaves out as GitHub does."""
    return _COMMENT.sub("", html)


def unsupported_markdown(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """What would be shown as raw text is reported as a warning."""
    for place, line, text in _texts(lesson):
        tokens = _MARKDOWN.parse(text)
        for feature in UNSUPPORTED:
            if feature.is_in(tokens):
                yield Finding(f"{feature.name} is not rendered by the page: {feature.advice}", place, line, True)


def misspelt_block(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A block with an unknown name is shown as code, so a slip in the name of a lab block would show it to learners."""
    for place, line, text in _texts(lesson):
        for kind in map(language, fences(text)):
            meant = get_close_matches(kind, LAB_BLOCKS, 1, _SIMILAR)
            if meant and kind not in (*LAB_BLOCKS, *RUNNABLE):
                valid = ", ".join(LAB_BLOCKS)
                yield Finding(f"unknown block `{kind}`; did you mean `{meant[0]}`? The lab's are {valid}", place, line)


def _texts(lesson: Lesson) -> Iterator[tuple[str, int, str]]:
    """Yield the place, the line and the Markdown of everything in a lesson that a page renders."""
    yield "introduction", 1, "\n\n".join((lesson.intro, lesson.notes))
    for step in lesson.steps:
        yield step.place, step.line, "\n\n".join((step.text, *step.hints, step.notes))
    answers = (text for question in lesson.questions for text in (question.ask, question.answer))
    yield "remember and question", 0, "\n\n".join((lesson.remember, *answers))


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    return (child for token in tokens for child in token.children or ())


def _has_html(tokens: Sequence[Token]) -> bool:
    html = (token for token in (*tokens, *_inline(tokens)) if token.type in ("html_block", "html_inline"))
    return any(without_comments(token.content).strip() for token in html)


def _begins(tokens: Sequence[Token], container: str, pattern: str) -> bool:
    """Return whether the first paragraph of a `container` begins with `pattern`."""
    return any(
        first.type == container and paragraph.type == "paragraph_open" and re.match(pattern, inline.content)
        for first, paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _plain_text(tokens: Sequence[Token]) -> str:
    """Return the text outside code and links."""
    depth, found = 0, []
    for token in _inline(tokens):
        depth += token.nesting if token.type.startswith("link_") else 0
        found.append(token.content if token.type == "text" and not depth else " ")
    return "".join(found)


def _has_footnote(tokens: Sequence[Token]) -> bool:
    """Return whether there is a `[^1]`; one with a definition of a single word is a link that shows `^1`."""
    defined = any(token.type == "text" and token.content.startswith("^") for token in _inline(tokens))
    return defined or re.search(r"\[\^[^\]\s]+\]", _plain_text(tokens)) is not None


def _has_picture(tokens: Sequence[Token]) -> bool:
    return any(token.type == "image" and not str(token.attrs["src"]).startswith("/") for token in _inline(tokens))


def _has_bare_address(tokens: Sequence[Token]) -> bool:
    return re.search(r"https?://\w", _plain_text(tokens)) is not None


def _has_file_link(tokens: Sequence[Token]) -> bool:
    links = (str(token.attrs["href"]) for token in _inline(tokens) if token.type == "link_open")
    return any(not re.match(r"[a-z]+:|[/#]", link) for link in links)


UNSUPPORTED = (
    Unsupported(
        "HTML",
        "<details>\n<summary>More</summary>\n</details>",
        "&lt;details&gt;",
        "it is shown as text; write Markdown, or put a placeholder such as `<name>` in backticks",
        _has_html,
    ),
    Unsupported(
        "a callout",
        "> [!NOTE]\n> Look.",
        "[!NOTE]",
        "`[!NOTE]` is shown as text; write a quote that begins with **Note:**",
        lambda tokens: _begins(tokens, "blockquote_open", r"\[!\w+\]"),
    ),
    Unsupported(
        "a task list",
        "- [ ] Look.",
        "[ ] Look.",
        "`[ ]` is shown as text; write a plain list",
        lambda tokens: _begins(tokens, "list_item_open", r"\[[ xX]\]\s"),
    ),
    Unsupported(
        "a footnote",
        "Look.[^1]\n\n[^1]: There it is.",
        "[^1]",
        "`[^1]` is shown as text; write the note into the sentence",
        _has_footnote,
    ),
    Unsupported(
        "a picture beside the lesson",
        "![a whale](whale.png)",
        'src="whale.png"',
        "lesson folders are not served; use the scene, or a picture below /static",
        _has_picture,
    ),
    Unsupported(
        "a bare address",
        "Look at https://docs.docker.com for more.",
        "at https://docs",
        "it is shown as text; write `<https://…>` or `[text](https://…)`",
        _has_bare_address,
    ),
    Unsupported(
        "a link to a file",
        "As in [the first](../01-first/lesson.md).",
        'href="../01-first/lesson.md"',
        "lesson folders are not served; name the lesson, or link to a page on the web",
        _has_file_link,
    ),
)

MARKDOWN_RULES: tuple[LintRule, ...] = (misspelt_block, unsupported_markdown)
