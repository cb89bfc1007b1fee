"""What tiers may look like."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOGO_HEIGHTS = (64, 44, 32)
"""Pixels: the first, second and further tiers."""

MOST_LINKS = 6
WEB_ADDRESS = re.compile(r"https?://[^\s\x00<>\"]{1,480}")


@dataclass(frozen=True)
class SponsorLink:
    """A link beside a sponsor: its words and its address."""

    words: str
    url: str


def read_links(text: str) -> tuple[SponsorLink, ...] | None:
    """Return the links typed one a line as ``words: https://…``; None when a line is none or there are too many.

    Without words the address stands for itself.
    """
    found = []
    for row in filter(None, map(str.strip, text.splitlines())):
        words, _space, url = row.rpartition(" ")
        words = words.strip().removesuffix(":").strip()
        if not WEB_ADDRESS.fullmatch(url) or len(words) > 100:
            return None
        found.append(SponsorLink(words or url.split("://", 1)[1].rstrip("/"), url))
    return tuple(found) if len(found) <= MOST_LINKS else None


def write_links(links: tuple[SponsorLink, ...]) -> str:
    """Return links as ``read_links`` takes them."""
    return "\n".join(f"{link.words}: {link.url}" for link in links)
