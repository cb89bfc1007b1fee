"""What is printed: badges, the stock that they are printed on, and the sheet that they share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

FORMATS_FILE = Path(__file__).with_name("data") / "badge-formats.json"
DEFAULT_FORMAT = "l7418"
LARGEST_OFFSET_MM = 20.0


class Band(StrEnum):
    """How a role looks, so that it is told by shape and word before colour."""

    FILLED = "filled"
    OUTLINED = "outlined"
    PLAIN = "plain"


BANDS = {
    "speaker": Band.FILLED,
    "moderator": Band.FILLED,
    "organizer": Band.FILLED,
    "sponsor": Band.OUTLINED,
    "press": Band.OUTLINED,
}


@dataclass(frozen=True)
class BadgeFormat:
    """One kind of badge stock; all lengths in millimetres."""

    id: str
    name: str
    badge: tuple[float, float]
    page: tuple[float, float]
    columns: int
    rows: int
    left: float
    top: float
    pitch: tuple[float, float]

    @property
    def per_page(self) -> int:
        """How many badges one page holds."""
        return self.columns * self.rows

    def cell(self, number: int) -> tuple[float, float]:
        """Return left and top of the badge ``number`` (from 0, row by row) on its page."""
        row, column = divmod(number, self.columns)
        return self.left + column * self.pitch[0], self.top + row * self.pitch[1]


@cache
def badge_formats() -> dict[str, BadgeFormat]:
    """Return the known stock by id, in the order of the file."""
    rows = json.loads(FORMATS_FILE.read_text("utf-8"))["formats"]
    return {
        row["id"]: BadgeFormat(**{**row, **{name: tuple(row[name]) for name in ("badge", "page", "pitch")}})
        for row in rows
    }


@dataclass(frozen=True)
class BadgeData:
    """What one badge says. ``role`` decides the look, ``role_word`` is that role in the sheet's language."""

    reference: str
    given_name: str
    family_name: str
    organisation: str
    role: str
    role_word: str
    ticket_text: str
    no_photo: bool = False

    @property
    def band(self) -> Band:
        """How the role looks."""
        return BANDS.get(self.role, Band.PLAIN)


@dataclass(frozen=True)
class DayLine:
    """One line of the day on the back of a badge; ``start`` and ``end`` are fractions of the day, for its drawing."""

    time: str
    title: str
    is_break: bool = False
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class BadgeSheet:
    """What all badges of a print run share: labels in ``language``, accent colours, and the day."""

    conference: str
    edition_label: str
    date_label: str
    hue: int
    language: str
    no_photo_word: str
    fold_word: str
    day: tuple[DayLine, ...] = ()
    talks: tuple[float, ...] = ()
    """Starts of the talks, as fractions of the day: the links between the strands."""
    thanks: str = ""
    """One line of thanks to sponsors, or nothing."""

    @property
    def label(self) -> str:
        """The conference with its edition, such as "Cancer Crosslinks 2024"."""
        return f"{self.conference} {self.edition_label}".strip()


@dataclass(frozen=True)
class Calibration:
    """How far a printer is off (millimetres to the right and down), and how many badges of the first sheet are gone."""

    dx: float = 0.0
    dy: float = 0.0
    skip: int = 0


@dataclass(frozen=True)
class MissingGlyphs:
    """The characters of one badge that no font has; that line stays open, to be written by hand."""

    reference: str
    characters: str


@dataclass(frozen=True)
class BadgeResult:
    """A finished print run."""

    pdf: bytes
    badges: int
    pages: int
    missing_glyphs: tuple[MissingGlyphs, ...] = field(default=())
