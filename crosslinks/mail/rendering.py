"""From a letter's templates to a message: subject, text, and HTML whose styles are inlined.

A letter has two templates, ``<name>.txt`` and ``<name>.html``. The first line of the text is the subject, so that a
translator sees both together. An undefined name is an error: a letter is never sent with an empty place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import css_inline
from flask import render_template

from crosslinks.config import settings
from crosslinks.mail.rules import Attachment, LetterFrame, Rendered
from crosslinks.web.languages import speaking

PLAIN_FRAME = LetterFrame()
SIGNATURE = "-- "
"""Mail programs know the sender's own lines by it; its last space counts."""
_BLANKS = re.compile(r"\n{3,}")


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def absolute(path: str) -> str:
    """Return the whole address of a page of ours, built on ``BASE_URL`` and never on a request."""
    return settings().base_url + path


def render_letter(
    template: str,
    language: str,
    *,
    frame: LetterFrame = PLAIN_FRAME,
    attachments: tuple[Attachment, ...] = (),
    unsubscribe_url: str = "",
    **context: Any,
) -> Rendered:
    """Render ``<template>.txt`` and ``.html`` in ``language``; raises when a template lacks a value.

    Templates extend ``layouts/mail.*`` and see ``letter`` (the frame), ``absolute(path)``, ``subject`` and the context.
    """
    with speaking(language) as spoken:
        known = {**context, "letter": frame, "language": spoken, "absolute": absolute}
        subject, text = _split(render_template(f"{template}.txt", subject="", **known))
        html = _inliner().inline(render_template(f"{template}.html", subject=subject, **known))
    return Rendered(
        subject=subject,
        text=text,
        html=html,
        sender_name=frame.brand,
        reply_to=frame.reply_to,
        language=spoken,
        unsubscribe_url=unsubscribe_url,
        attachments=attachments,
    )


def _split(rendered: str) -> tuple[str, str]:
    subject, _, text = rendered.strip().partition("\n")
    lines = "\n".join(line if line == SIGNATURE else line.rstrip() for line in text.strip().splitlines())
    return " ".join(subject.split()), _BLANKS.sub("\n\n", lines) + "\n"
