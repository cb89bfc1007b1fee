"""Text that organizers and speakers write: Markdown without HTML, and what comes out is cleaned once more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
LOWEST = 6
LINK_OR_TEXT = re.compile(r"<a [^>]*>.*?</a>|(?:(?!<a ).)+", re.DOTALL)
"""The HTML of ``render_markdown`` in pieces: whole links, and what stands between them."""

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).disable("image")


@lru_cache(maxsize=256)
def render_markdown(text: str, top: int = 2) -> Markup:
    """Return ``text`` as HTML whose highest heading is of level ``top``; scripts, pictures and styles are lost."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            level = max(int(token.tag[1:]), 2)
            token.tag = f"h{min(level - 2 + top, LOWEST)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href", "title"}, "ol": {"start"}}, url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )  # fmt: skip
    return Markup(clean)  # noqa: S704 - cleaned by nh3 just above


@lru_cache(maxsize=256)
def plain_markdown(text: str) -> str:
    """Return ``text`` as plain words: paragraphs, lists with dashes, and a link as its words and its address."""
    lines: list[str] = []
    depth = 0
    mark = ""
    for token in _parser.parse(text):
        depth += token.nesting if token.type.startswith(("bullet_list", "ordered_list")) else 0
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type == "hr":
            lines += ["---", ""]
        elif token.type in {"fence", "code_block"}:
            lines += [token.content.rstrip("\n"), ""]
        elif token.type == "inline":
            indent = "  " * max(depth - 1, 0)
            lines.append(f"{indent}{mark}" + _plain_line(token.children or []).replace("\n", f"\n{indent}"))
            mark = ""
            if not depth:
                lines.append("")
        elif token.type in {"bullet_list_close", "ordered_list_close"} and not depth:
            lines.append("")
    return "\n".join(lines).strip()


def _plain_line(tokens: list[Token]) -> str:
    return "".join(_plain_parts(tokens))


def _plain_parts(tokens: list[Token]) -> Iterator[str]:
    target, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            target, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            yield f": {target}" if target and target != words else ""
            target = ""
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        else:
            words += token.content
            yield token.content


def init_markdown(app: Flask) -> None:
    """Give templates the filter ``markdown``."""
    app.jinja_env.filters["markdown"] = render_markdown
