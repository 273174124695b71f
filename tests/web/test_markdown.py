"""Rendering a lesson's Markdown: what is shown, and that nothing in it runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.markdown_lint import UNSUPPORTED, Unsupported
from slipway.web.markdown import render, render_block

FIGURE = re.compile(r'<figure class="cmd" data-block="([^"]*)" data-lang="(\w+)"><pre><code>(.*?)</code>', re.DOTALL)


def test_console_block_shows_commands_without_prompts_and_their_output_apart() -> None:
    html = render("```console\n$ docker ps\nCONTAINER ID\n$ cat <<end\n> a\n> end\n```", step="look")
    assert FIGURE.findall(html) == [("look.0", "console", "docker ps\ncat &lt;&lt;end\na\nend")]
    assert '<pre class="output">CONTAINER ID</pre>' in html


def test_runnable_blocks_have_the_numbers_of_the_lesson(lessons: tuple[Lesson, ...]) -> None:
    text = (
        "```sh\none\n```\n\n```text\nnot me\n```\n\n1. a list\n   ```bash\n   two\n   ```\n\n```console\n$ three\n```"
    )
    assert [found[0] for found in FIGURE.findall(render(text, step="s"))] == ["s.0", "s.1", "s.2"]
    for step in lessons[0].steps:
        shown = [(id, text) for id, _, text in FIGURE.findall(render(step.text, step=step.slug))]
        owned = [(f"{step.slug}.{n}", text) for n, text in enumerate(step.blocks)]
        assert [(id, _plain(text)) for id, text in shown] == owned


@pytest.mark.parametrize("language", ["", "text", "json", "python", "yaml", "c++", "no-such-language"])
def test_block_of_any_other_language_is_shown_as_code(language: str) -> None:
    assert render(f"```{language}\nx = 1\n```", step="s") == '<pre class="text"><code>x = 1\n</code></pre>\n'


@pytest.mark.parametrize("feature", UNSUPPORTED, ids=lambda feature: feature.name)
def test_page_shows_what_the_lesson_check_warns_of(feature: Unsupported) -> None:
    assert feature.shown in render(feature.example)


def test_comments_are_left_out_and_other_html_is_text() -> None:
    assert render("<!-- for\nauthors -->\n\nA<!-- b -->C.") == "<p>AC.</p>\n"
    assert render("<!-- a --> <b>text</b>") == "<p>&lt;b&gt;text&lt;/b&gt;</p>\n"
    assert render("Remove `it` <name> now.") == "<p>Remove <code>it</code> &lt;name&gt; now.</p>\n"
    assert render("<!-- never closed\n\n*x*").startswith("<p>&lt;!-- never closed")


def test_other_blocks_are_only_shown() -> None:
    assert render('```json\n{"a": "<b>"}\n```') == '<pre class="text"><code>{"a": "&lt;b&gt;"}\n</code></pre>\n'
    assert "figure" not in render("```sh\necho\n```")


def test_solution_is_a_block_of_its_step() -> None:
    assert FIGURE.findall(render_block("create.solution", "a && b")) == [("create.solution", "sh", "a &amp;&amp; b")]


def test_external_link_opens_a_new_tab_without_a_referrer() -> None:
    html = render("[docs](https://docs.docker.com) and [next](/lessons/02)")
    assert 'href="https://docs.docker.com"' in html
    assert 'target="_blank"' in html.split("and")[0]
    assert 'rel="noopener noreferrer"' in html
    assert "target" not in html.split("and")[1]


def test_tables_and_emphasis_are_rendered() -> None:
    html = render("| a | b |\n|--|:-:|\n| 1 | *2* |\n\n~~no~~ **yes**")
    assert {"<table>", "<td>1</td>", "<em>2</em>", "<s>no</s>", "<strong>yes</strong>"} <= set(
        re.findall(r"<table>|<td>1</td>|<em>2</em>|<s>no</s>|<strong>yes</strong>", html)
    )


BITS = [
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "![](data:text/html,x)",
    "<svg/onload=x>",
    "<a href=//x>",
    'x" onclick="y',
    "&lt;",
    "a",
    "`",
    "<!--",
    "-->",
]
bits = st.sampled_from([*BITS, "```sh\n", "```console\n$ ", "```\n", "\n\n"])


@given(st.lists(bits, max_size=12).map("".join), st.text(max_size=20))
def test_nothing_executable_is_rendered(text: str, step: str) -> None:
    html = render(text, step=step)
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.match(r"<(script|style|svg|iframe|object|base|form)", tag)]
    assert not [tag for tag in tags if re.search(r"\son\w+=|javascript:|data:text|style=", re.sub(r'"[^"]*"', "", tag))]
    assert "javascript:" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', html))


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
