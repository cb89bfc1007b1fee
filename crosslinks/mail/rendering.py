"""From a letter's templates to a message: subject, text, and HTML whose styles are inlined.

A letter has two templates, ``<name>.txt`` and ``<name>.html``. The first line of the text is the subject, so that a
translator sees both together. An undefined name is an error: a letter is never sent with an empty place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import css_inline
from flask import current_app, render_template
from jinja2 import Template

from crosslinks.config import settings
from crosslinks.mail.rules import Attachment, LetterFrame, Rendered, Words
from crosslinks.web.languages import speaking

PLAIN_FRAME = LetterFrame()
OUR_WORDS = Words()
WORDED = ("subject", "heading", "opening")
"""The blocks of a text that an organizer's words may take the place of."""
LOGO_ID = "logo"
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
    words: Words = OUR_WORDS,
    **context: Any,
) -> Rendered:
    """Render ``<template>.txt`` and ``.html`` in ``language``; raises when a template lacks a value.

    Templates extend ``layouts/mail.*`` and see ``letter`` (the frame), ``absolute(path)``, ``subject``,
    ``words`` (an organizer's in place of ours) and the context.
    """
    attachments = (*_logo(frame), *attachments)
    with speaking(language) as spoken:
        known = {**context, "letter": frame, "language": spoken, "absolute": absolute, "words": words}
        known["logo"] = any(file.content_id == LOGO_ID for file in attachments)
        subject, text = _split(render_template(f"{template}.txt", subject="", **known))
        html = _inliner().inline(render_template(f"{template}.html", subject=subject, **known))
        ours = _our_words(f"{template}.txt", {**known, "subject": "", "words": OUR_WORDS}) if words.show_ours else {}
    return Rendered(
        subject=subject,
        text=text,
        html=html,
        sender_name=frame.brand,
        reply_to=frame.reply_to,
        language=spoken,
        unsubscribe_url=unsubscribe_url,
        attachments=attachments,
        ours=ours,
    )


def _logo(frame: LetterFrame) -> tuple[Attachment, ...]:
    """Return the conference's logo as a part of the message; nothing where there is none, or its file is gone."""
    file = settings().uploads / frame.logo
    if not frame.logo or not file.is_file():
        return ()
    return (Attachment("logo.png", "image/png", file.read_bytes(), LOGO_ID),)


def _our_words(name: str, known: dict[str, Any]) -> dict[str, str]:
    """Return what we say ourselves in each of the blocks that an organizer may word anew."""
    template: Template = current_app.jinja_env.get_template(name)
    current_app.update_template_context(known)
    said = {
        block: "".join(template.blocks[block](template.new_context(known)))
        for block in WORDED
        if block in template.blocks
    }
    return {
        block: _BLANKS.sub("\n\n", "\n".join(map(str.strip, text.strip().splitlines()))) for block, text in said.items()
    }


def _split(rendered: str) -> tuple[str, str]:
    subject, _, text = rendered.strip().partition("\n")
    lines = "\n".join(line if line == SIGNATURE else line.rstrip() for line in text.strip().splitlines())
    return " ".join(subject.split()), _BLANKS.sub("\n\n", lines) + "\n"
