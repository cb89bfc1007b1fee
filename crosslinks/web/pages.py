"""Jinja, strict: an undefined name is an error, never an empty place on a page."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from crosslinks.kernel.columns import pick, pick_with_language
from crosslinks.web.frames import Frame, ManageFrame
from crosslinks.web.languages import current_language


def render_page(template: str, frame: Frame | ManageFrame, **context: Any) -> str:
    """Render a template within its frame."""
    return render_template(template, frame=frame, **context)


def texts(value: dict[str, str] | None, wanted: str | None = None) -> str:
    """Return an organizer-written text in the reader's language, ``wanted``, else in another that it has."""
    return pick(value, wanted or current_language())


def marked(value: dict[str, str] | None, wanted: str | None = None) -> Markup:
    """Return what ``texts`` returns, within ``<span lang>`` when it is not in the reader's language, ``wanted``."""
    wanted = wanted or current_language()
    text, language = pick_with_language(value, wanted)
    if not text or language == wanted:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(language, text)


def text_language(value: dict[str, str] | None) -> str:
    """Return the language of what ``texts`` returns."""
    return pick_with_language(value, current_language())[1]


def init_pages(app: Flask) -> None:
    """Make templates strict and give them the filters ``texts marked text_language``."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["texts"] = texts
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.filters["text_language"] = text_language
    app.jinja_env.globals["current_language"] = current_language
