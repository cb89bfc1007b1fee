"""Jinja, strict: an undefined name is an error, never an empty place on a page."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from jinja2 import StrictUndefined

from crosslinks.kernel.columns import pick
from crosslinks.web.frames import Frame, ManageFrame
from crosslinks.web.languages import current_language


def render_page(template: str, frame: Frame | ManageFrame, **context: Any) -> str:
    """Render a template within its frame."""
    return render_template(template, frame=frame, **context)


def texts(value: dict[str, str] | None) -> str:
    """Return an organizer-written text in the reader's language, else in another that it has."""
    return pick(value, current_language())


def init_pages(app: Flask) -> None:
    """Make templates strict and give them the filter ``texts``."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["texts"] = texts
    app.jinja_env.globals["current_language"] = current_language
