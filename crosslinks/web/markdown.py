"""Text that organizers and speakers write: Markdown without HTML, and what comes out is cleaned once more."""

from __future__ import annotations

from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
LOWEST = 6

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


def init_markdown(app: Flask) -> None:
    """Give templates the filter ``markdown``."""
    app.jinja_env.filters["markdown"] = render_markdown
