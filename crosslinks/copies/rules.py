"""The file of an edition: its name and version, its limits, and how what is decided about a column is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FORMAT = "crosslinks-edition"
VERSION = 1
MANIFEST = "edition.json"
PICTURE_NAME = re.compile(r"pictures/[a-z0-9]+(?:-[a-z0-9]+)*\.(?:jpg|png)", re.ASCII)

MOST_BYTES = 200_000_000
MOST_JSON = 6_000_000
MOST_ENTRIES = 1_500
MOST_ROWS = 5_000
"""Rows of one edition: so many are written in one transaction well below a tenth of a second."""
MOST_FAULTS = 40
LONGEST_TEXT = 100_000


class How(StrEnum):
    """What a text or a JSON column holds, where its type alone does not say it."""

    PLAIN = "plain"
    TEXTS = "texts"
    SLUG = "slug"
    TIME_ZONE = "time_zone"
    LANGUAGE = "language"
    LANGUAGES = "languages"
    MAIL_ADDRESS = "mail_address"
    WEB_ADDRESS = "web_address"
    CLOCK = "clock"
    MODE = "mode"
    ACCENT = "accent"
    LOGO_HEIGHT = "logo_height"
    LETTER = "letter"
    PERSON_LINKS = "person_links"
    SPONSOR_LINKS = "sponsor_links"
    BOX = "box"
    OPTIONS = "options"
    FEEDBACK_OPTIONS = "feedback_options"
    VALUES = "values"
    CONDITION = "condition"
    PROGRAMME = "programme"


class PictureKind(StrEnum):
    """What becomes of a picture that is taken in."""

    MARK = "mark"
    COVER = "cover"
    LOGO = "logo"
    PHOTO = "photo"
    PORTRAIT = "portrait"
    ORIGINAL = "original"


@dataclass(frozen=True)
class Kept:
    """In the file. Numbers lie between ``low`` and ``high``."""

    how: How = How.PLAIN
    low: int = 0
    high: int = 1_000_000


@dataclass(frozen=True)
class Never:
    """Not in the file, and why; ``now`` fills a moment that a new row needs."""

    reason: str
    now: bool = False


@dataclass(frozen=True)
class Around:
    """The row around it in the file says this."""


@dataclass(frozen=True)
class Names:
    """In the file by the readable key of a row of ``table``."""

    table: str


@dataclass(frozen=True)
class Shows:
    """In the file as a picture beside it."""

    kind: PictureKind


@dataclass(frozen=True)
class Measured:
    """Not in the file: it is measured again when pictures are taken in."""


Decision = Kept | Never | Around | Names | Shows | Measured


@dataclass(frozen=True)
class Part:
    """A table whose rows stand in the file: as ``name`` within the rows of ``inside``, in ``order``.

    Without an order they stand as they were made. ``key`` is the column by which others name a row (``*``: its place
    in the list). ``single``: at most one. ``next_year`` says whether next year's edition begins with it. ``only`` says
    whether a column is empty: two lists of the file may come from one ``table``.
    """

    name: str
    columns: Mapping[str, Decision]
    inside: str = "edition"
    order: tuple[str, ...] = ()
    key: str = ""
    single: bool = False
    next_year: bool = True
    most: int = 1_000
    only: Mapping[str, bool] = field(default_factory=dict)
    table: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file, and where: a path such as ``edition.rooms[2].name``; ``fact`` is a detail of it."""

    path: str
    code: str
    fact: str = ""
