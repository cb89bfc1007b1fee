"""What stories and pictures are: kinds, states, and how a text names the pictures that stand in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOST_PICTURES = 12
"""Pictures of one upload: each is decoded while others wait."""
MOST_GALLERY = 300
LONGEST_SLUG = 80
_PLACED = re.compile(r"^[ \t]*\[(?:picture|bilde)[ \t]+(\d{1,3})\][ \t]*$", re.MULTILINE | re.IGNORECASE)
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "đ": "d", "ł": "l"})


class StoryKind(StrEnum):
    """What a story is about."""

    SPEAKERS = "speakers"
    DAY = "day"


class StoryState(StrEnum):
    """Who sees a story: organizers alone, or everybody."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Part:
    """A passage of a story, or the number of the picture that stands there, counted from 1."""

    text: str = ""
    picture: int = 0


def split_body(body: str, pictures: int) -> tuple[Part, ...]:
    """Return the passages of ``body`` and the pictures between them: a line ``[picture 2]`` places the second.

    Numbers beyond ``pictures`` and repeated ones place nothing. What no line places comes last, but the first: it
    stands above the text.
    """
    parts: list[Part] = []
    placed = {1}
    end = 0
    for line in _PLACED.finditer(body.replace("\r\n", "\n")):
        parts.append(Part(body.replace("\r\n", "\n")[end : line.start()].strip()))
        end = line.end()
        number = int(line[1])
        if number <= pictures and number not in placed:
            placed.add(number)
            parts.append(Part(picture=number))
    parts.append(Part(body.replace("\r\n", "\n")[end:].strip()))
    parts += [Part(picture=number) for number in range(1, pictures + 1) if number not in placed]
    return tuple(part for part in parts if part.text or part.picture)


def slug_of(title: str) -> str:
    """Return an address made of a title: small letters of ASCII, digits and hyphens; ``story`` of no such letters."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-") or "story"
