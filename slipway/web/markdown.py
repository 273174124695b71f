"""Render Markdown to HTML that is safe to show: raw HTML becomes text, and the result passes an allow-list.

A runnable block becomes `<figure class="cmd" data-block="<step>.<n>">` around its commands, numbered as in
slipway/core/lessons/lesson.py; the server owns the text that is typed, so the page only names the block. Any other
block is shown as code. What the page cannot render is listed in slipway/core/lessons/markdown_lint.py, and reported by
`./lab check`. Knows no lesson and no Flask.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from slipway.core.lessons.markdown_lint import without_comments
from slipway.core.lessons.sections import RUNNABLE, script

ALLOWED: dict[str, set[str]] = {
    "a": {"href", "title", "target"},
    "code": {"class"},
    "figure": {"class", "data-block", "data-lang"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "pre": {"class"},
}
PLAIN = {"blockquote", "br", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "s", "strong", "ul"}
CACHED = 1000  # texts, more than the course has: the same pages are requested again and again
TABLE = {"table", "tbody", "td", "th", "thead", "tr"}


@lru_cache(CACHED)
def render(text: str, step: str | None = None) -> Markup:
    """Return the HTML of `text`. With a step's slug its runnable blocks can be run, else they are shown as code."""
    environment: dict[str, Any] = {"step": step, "blocks": 0}
    return _safe(_MARKDOWN.render(text, environment))


@lru_cache(CACHED)
def render_parts(text: str, step: str) -> tuple[Markup, ...]:
    """Return the HTML of a step in parts to show one by one; each ends in a runnable block, the last with the text."""
    environment: dict[str, Any] = {"step": step, "blocks": 0}
    parts: list[list[Token]] = [[]]
    for token in _MARKDOWN.parse(text, environment):
        parts[-1].append(token)
        if token.type == "fence" and token.level == 0 and (token.info.split() or [""])[0] in RUNNABLE:
            parts.append([])
    return tuple(_safe(_RENDERER.render(part, _MARKDOWN.options, environment)) for part in parts if part)


def render_block(id: str, commands: str) -> Markup:
    """Return the HTML of one runnable block, such as a step's solution."""
    return _safe(_figure(id, "sh", commands, ""))


def _safe(html: str) -> Markup:
    # The output of nh3 is safe by its allow-list, which is what this module is for.
    return Markup(  # noqa: S704
        nh3.clean(
            html,
            tags=ALLOWED.keys() | PLAIN | TABLE,
            attributes=ALLOWED,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


def _fence(tokens: Sequence[Token], index: int, _options: object, env: dict[str, Any]) -> str:
    token = tokens[index]
    language = (token.info.split() or [""])[0]
    if language not in RUNNABLE or env["step"] is None:
        return f'<pre class="text"><code>{escapeHtml(token.content)}</code></pre>\n'
    id = f"{env['step']}.{env['blocks']}"
    env["blocks"] += 1
    return _figure(id, language, script(token.content), _console_output(token.content))


def _figure(id: str, language: str, commands: str, printed: str) -> str:
    output = f'<pre class="output">{escapeHtml(printed)}</pre>' if printed else ""
    return (
        f'<figure class="cmd" data-block="{escapeHtml(id)}" data-lang="{language}">'
        f"<pre><code>{escapeHtml(commands)}</code></pre>{output}</figure>\n"
    )


def _console_output(block: str) -> str:
    """Return the output in a console block: its lines without a prompt, if it has prompts at all."""
    lines = block.rstrip("\n").split("\n")
    if not any(line.startswith("$ ") for line in lines):
        return ""
    return "\n".join(line for line in lines if not line.startswith(("$ ", "> ")))


def _link_open(tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]) -> str:
    # An external link opens in a new tab: leaving the page would close the terminal.
    if "://" in str(tokens[index].attrs.get("href", "")):
        tokens[index].attrSet("target", "_blank")
    return _RENDERER.renderToken(tokens, index, options, env)


def _html_inline(tokens: Sequence[Token], index: int, _options: object, _env: object) -> str:
    """Return raw HTML as text, without its comments."""
    return escapeHtml(without_comments(tokens[index].content))


def _html_block(tokens: Sequence[Token], index: int, _options: object, _env: object) -> str:
    text = without_comments(tokens[index].content).strip()
    return f"<p>{escapeHtml(text)}</p>\n" if text else ""


_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_RENDERER = cast("RendererHTML", _MARKDOWN.renderer)
_RENDERER.rules |= cast(
    "dict[str, Any]", {"fence": _fence, "link_open": _link_open, "html_block": _html_block, "html_inline": _html_inline}
)
