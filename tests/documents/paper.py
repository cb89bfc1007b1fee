"""Looks at printed pages as a person with a ruler and a scanner would."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

import pypdfium2
import zxingcpp

from crosslinks.documents.rules import BadgeData, BadgeSheet, DayLine

DPI = 200
MM = 25.4

Letter = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class SeenCode:
    """A QR code found on paper, in millimetres from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def side(self) -> float:
        return min(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True)
class Page:
    """One printed page: its size, its words, its codes, and where each letter stands."""

    width: float
    height: float
    text: str
    codes: tuple[SeenCode, ...]
    letters: tuple[Letter, ...]

    def words_in(self, left: float, top: float, right: float, bottom: float) -> str:
        """Return the letters whose middle is within the box."""
        return "".join(letter for letter, *_ in self.letters_in(left, top, right, bottom))

    def letters_in(self, left: float, top: float, right: float, bottom: float) -> list[Letter]:
        """Return the letters, with their boxes, whose middle is within the box."""
        return [
            letter
            for letter in self.letters
            if left <= (letter[1] + letter[3]) / 2 <= right and top <= (letter[2] + letter[4]) / 2 <= bottom
        ]


def look_at(pdf: bytes) -> list[Page]:
    """Return what is to be seen on every page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_page(document[number]) for number in range(len(document))]


def _page(page: Any) -> Page:
    width, height = (side / 72 * MM for side in page.get_size())
    picture = page.render(scale=DPI / 72).to_pil()
    text = page.get_textpage()
    return Page(
        width,
        height,
        text.get_text_range(),
        tuple(_code(code) for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)),
        tuple(_letter(text, number, height) for number in range(text.count_chars())),
    )


def _code(code: Any) -> SeenCode:
    corners = (code.position.top_left, code.position.top_right, code.position.bottom_left, code.position.bottom_right)
    xs, ys = [corner.x / DPI * MM for corner in corners], [corner.y / DPI * MM for corner in corners]
    return SeenCode(code.text, min(xs), min(ys), max(xs), max(ys))


def _letter(text: Any, number: int, height: float) -> Letter:
    left, bottom, right, top = (value / 72 * MM for value in text.get_charbox(number))
    return text.get_text_range(number, 1), left, height - top, right, height - bottom


def a_ticket() -> str:
    return "CX1." + base64.b32encode(secrets.token_bytes(80)).decode()


def a_badge(given: str = "Ingrid", family: str = "Solheim Bakke", **more: Any) -> BadgeData:
    values: dict[str, Any] = {
        "reference": "K7QF2M",
        "given_name": given,
        "family_name": family,
        "organisation": "Sørlandet Hospital",
        "role": "participant",
        "role_word": "Participant",
        "ticket_text": a_ticket(),
    }
    return BadgeData(**(values | more))


SHEET = BadgeSheet(
    conference="Cancer Crosslinks",
    edition_label="2024",
    date_label="25 January",
    hue=288,
    language="en",
    no_photo_word="No photo",
    fold_word="Fold here",
    day=(
        DayLine("10:30", "Welcome", start=0, end=0.03),
        DayLine("12:25", "Lunch", is_break=True, start=0.4, end=0.6),
        DayLine("13:25", "New technologies", start=0.6, end=1),
    ),
    talks=(0.0, 0.2, 0.7),
)
