"""Hiding, in a letter that an organizer looks at, what would open somebody's registration."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from crosslinks.mail.rules import Attachment, Rendered

DOTS = "••••••"
_SECRET = re.compile(r"(?<=[/=])[\w-]{24,}")
HIDDEN_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 248 248"><rect width="248" height="248" fill="#f3f0e9"/>'
    '<path d="M64 100c40-24 80 24 120 0M64 148c40-24 80 24 120 0" fill="none" stroke="#aba7db" stroke-width="3"/></svg>'
)


def mask_links(made: Rendered, base_url: str) -> Rendered:
    """Return the letter with the secret parts of our own links, and its inline pictures, hidden."""
    ours = re.compile(re.escape(base_url) + r"[^\s\"'<>]*")

    def hide(found: re.Match[str]) -> str:
        return _SECRET.sub(DOTS, found.group())

    hidden = tuple(
        replace(file, content=HIDDEN_PICTURE.encode(), media_type="image/svg+xml") if file.content_id else file
        for file in made.attachments
    )
    return replace(made, text=ours.sub(hide, made.text), html=ours.sub(hide, made.html), attachments=hidden)


def with_pictures(made: Rendered) -> str:
    """Return the letter's HTML with its inline pictures within it, so that it can be looked at by itself."""
    page = made.html
    for file in made.attachments:
        if file.content_id:
            page = page.replace(f"cid:{file.content_id}", _data_url(file))
    return page


def _data_url(file: Attachment) -> str:
    return f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}"
