"""Split a lesson file into its front matter, its introduction and its steps, each with its fenced blocks.

Knows Markdown and the names of the blocks, but not what is written in them. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

RUNNABLE = ("console", "sh", "bash")
LAB_BLOCKS = ("check", "solution", "way", "mistake", "meanwhile", "hint", "stage", "notes", "remember", "question")
"""Blocks that only the lab reads; all others are shown to the learner."""

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is where it begins in the file, from 1."""

    text: str
    line: int
    closed: bool = True


@dataclass(frozen=True)
class Section:
    """The introduction (without a title), or one step: its Markdown, and the blocks that were taken out of it."""

    title: str
    line: int
    text: str
    runnable: tuple[Block, ...]
    lab_blocks: Mapping[str, tuple[Block, ...]]

    @property
    def unclosed(self) -> Iterable[tuple[str, Block]]:
        """Yield the kind and the block of each lab block whose closing fence is missing."""
        return ((kind, block) for kind, blocks in self.lab_blocks.items() for block in blocks if not block.closed)


def split_front_matter(text: str) -> tuple[Block | None, str, int]:
    """Return the front matter (None without it), the text after it, and the number of lines before that text."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return None, text, 0
    return Block(match[1], 1), match[2], text.count("\n", 0, match.start(2))


def split_sections(body: str, offset: int = 0) -> list[Section]:
    """Return the introduction and each step of `body`, which begins after `offset` lines of the file.

    A step begins at a level-two heading of the document, not at one inside a fence, a quote or a list.
    """
    headings = _headings(body)
    parts: list[tuple[str, int, list[str]]] = [("", offset + 1, [])]
    for number, line in enumerate(body.split("\n")):
        if number in headings:
            parts.append((headings[number], offset + number + 1, []))
        else:
            parts[-1][2].append(line)
    return [_section(title, line, lines) for title, line, lines in parts]


def script(block: str) -> str:
    """Return the commands of a block: a `console` block loses its `$ ` and `> ` prompts, and its lines of output."""
    lines = block.rstrip("\n").split("\n")
    if not any(line.startswith("$ ") for line in lines):
        return "\n".join(lines)
    return "\n".join(line[2:] for line in lines if line.startswith(("$ ", "> ")))


def fences(text: str) -> Iterable[Token]:
    """Yield the fenced blocks of `text`."""
    return (token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence")


def language(fence: Token) -> str:
    """Return the first word after the opening fence, or ""."""
    return (fence.info.split() or [""])[0]


def _headings(body: str) -> dict[int, str]:
    tokens = MarkdownIt("commonmark").parse(body)
    return {
        token.map[0]: tokens[index + 1].content
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup == "##" and token.level == 0 and token.map
    }


def _section(title: str, line: int, lines: list[str]) -> Section:
    lab_blocks: dict[str, tuple[Block, ...]] = dict.fromkeys(LAB_BLOCKS, ())
    runnable: list[Block] = []
    cut: set[int] = set()
    first = line + 1 if title else line
    for token in fences("\n".join(lines)):
        kind, (begin, end) = language(token), token.map or (0, 0)
        block = Block(token.content, first + begin, _is_closed(token, lines[begin:end]))
        if kind in LAB_BLOCKS:
            lab_blocks[kind] += (block,)
            cut.update(range(begin, end))
        elif kind in RUNNABLE:
            runnable.append(block)
    kept = "\n".join(text for number, text in enumerate(lines) if number not in cut)
    return Section(title, line, re.sub(r"\n{3,}", "\n\n", kept).strip(), tuple(runnable), lab_blocks)


def _is_closed(fence: Token, lines: list[str]) -> bool:
    """Return whether a fence of the document itself has its end; one in a list ends with the list."""
    last = next((line.strip() for line in reversed(lines[1:]) if line.strip()), "")
    mark = fence.markup
    return fence.level > 0 or (last.startswith(mark) and not last.strip(mark[0]))
