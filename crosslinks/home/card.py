"""The picture that stands beside a link to an edition wherever somebody shares it: 1200 by 630 pixels."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from crosslinks.documents.fonts import missing_in, print_fonts
from crosslinks.home.paths import curves, dashes
from crosslinks.web.drawings import MARK_LINKS, MARK_ROOM, MARK_STREAM, Cover, Point
from crosslinks.web.theme import LIGHT_PAPERS, light_accent

SIZE = (1200, 630)
MARGIN = 72
PHOTO_WIDTH = 400
STRANDS_TOP, STRANDS_TOP_BESIDE = 398, 446
TITLE_TOP, TITLE_ROOM = 122, 236
TITLE_SIZES = range(84, 35, -4)
TITLE_LEADING = 1.05
FACTS = 26
NARROWER = 16
LONGEST = 400
SERIF = "newsreader"
INK, INK_2 = "#1b1926", "#474552"
SHARP = 2
"""Everything is drawn this much larger and made smaller at the end, so that lines are smooth."""

_TITLE, _SMALL = {"opsz": 60, "wght": 400}, {"opsz": 30, "wght": 500}


@dataclass(frozen=True)
class Card:
    """What stands on the picture; ``cover`` is the day as drawn on the home page, ``photo`` a stored picture."""

    name: str
    title: str
    facts: tuple[str, ...]
    accent: int
    cover: Cover
    photo: Path | None = None
    credit: str = ""


def draw_card(card: Card) -> bytes:
    """Return the picture as PNG."""
    sheet = Image.new("RGB", (SIZE[0] * SHARP, SIZE[1] * SHARP), LIGHT_PAPERS[0])
    pen = _Pen(ImageDraw.Draw(sheet))
    colours = light_accent(card.accent)
    right = SIZE[0] - MARGIN
    if card.photo is not None:
        right = SIZE[0] - PHOTO_WIDTH - MARGIN // 2
    for path, colour in ((MARK_LINKS, colours.accent), (MARK_ROOM, colours.accent), (MARK_STREAM, colours.counter)):
        for curve in curves(path, 1.7, (MARGIN - 10, 54)):
            pen.line(curve, colour, 2.5)
    pen.text((MARGIN + 46, 79), card.name, _font_for(card.name, 34, serif=True, axes=_SMALL), colours.accent, "lm")
    size, lines = fit_title(card.title, right - MARGIN)
    font = _font_for(card.title, size, serif=True, axes=_TITLE)
    for number, line in enumerate(lines):
        pen.text((MARGIN, TITLE_TOP + (number * TITLE_LEADING + 0.8) * size), line, font, INK, "ls")
    base = _write_facts(pen, card.facts, TITLE_TOP + len(lines) * size * TITLE_LEADING + 42, right - MARGIN)
    _draw_day(pen, card, base + 16)
    if card.photo is not None:
        _paste_photo(sheet, pen, card.photo, card.credit)
    out = io.BytesIO()
    small = sheet.resize(SIZE, Image.Resampling.LANCZOS)
    (small if card.photo else small.quantize(192, dither=Image.Dither.NONE)).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write_facts(pen: _Pen, facts: tuple[str, ...], base: float, width: float) -> float:
    """Write what there is to know in one line, or in one each where it is too long, and return where it ends."""
    together = " · ".join(facts)
    font = _font_for(together, FACTS, serif=False, axes={"wght": 400, "wdth": 100})
    rows = [together] if _width(font, together) <= width else list(facts)
    for number, row in enumerate(rows):
        pen.text((MARGIN, base + number * FACTS * 1.3), _cut(row, font, width), font, INK_2, "ls")
    return base + (len(rows) - 1) * FACTS * 1.3


def fit_title(title: str, width: float) -> tuple[int, list[str]]:
    """Return the largest size at which a title fits its room, and its lines; the longest of all is cut short."""
    size, lines = 0, [""]
    for size in TITLE_SIZES:
        font = _font_for(title, size, serif=True, axes=_TITLE)
        lines = _balanced(title.split(), font, width)
        whole = all(_width(font, line) <= width for line in lines)
        if whole and len(lines) * size * TITLE_LEADING <= TITLE_ROOM:
            return size, lines
    most = int(TITLE_ROOM // (size * TITLE_LEADING))
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    font = _font_for(title, size, serif=True, axes=_TITLE)
    return size, [_cut(line, font, width) for line in lines]


def _balanced(words: Sequence[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break words into as few lines as they need, all about as long."""
    lines = _broken(words, font, width)
    for step in range(1, NARROWER + 1):
        narrower = _broken(words, font, width * (1 - step / 40))
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _broken(words: Sequence[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(font, longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut(line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if _width(font, line) <= width:
        return line
    kept = line.removesuffix(" …")
    while kept and _width(font, f"{kept} …") > width:
        kept = kept[:-1].rstrip()
    return f"{kept} …"


def _width(font: ImageFont.FreeTypeFont, text: str) -> float:
    return font.getlength(text) / SHARP


def printable(text: str) -> str:
    """Return the beginning of a text in one line, without what none of our fonts can show."""
    text = text[:LONGEST]
    unknown = frozenset(missing_in(text))
    return " ".join("".join(letter for letter in text if letter not in unknown and letter.isprintable()).split())


def _font_for(text: str, size: int, *, serif: bool, axes: Mapping[str, float]) -> ImageFont.FreeTypeFont:
    """Return the first of our fonts that has every letter; the serif is asked first, or last."""
    return _font(_family_for(text, serif=serif), size, tuple(axes.items()))


@lru_cache(maxsize=200)
def _family_for(text: str, *, serif: bool) -> Path:
    fonts = sorted(print_fonts(), key=lambda font: (font.family.lower() == SERIF) is not serif)
    whole = (font.path for font in fonts if all(_has(font.path, letter) for letter in text if letter.strip()))
    return next(whole, fonts[-1 if serif else 0].path)


@lru_cache(maxsize=4000)
def _has(path: Path, letter: str) -> bool:
    font = _font(path, 40, ())
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=40)
def _font(path: Path, size: int, axes: tuple[tuple[str, float], ...]) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size * SHARP)
    wanted = dict(axes)
    font.set_variation_by_axes(
        [wanted.get(_tag(axis["name"]), axis["default"] or 0) for axis in font.get_variation_axes()]
    )
    return font


def _tag(name: bytes | str | None) -> str:
    words = {"weight": "wght", "width": "wdth", "optical size": "opsz"}
    plain = name.decode() if isinstance(name, bytes) else name or ""
    return words.get(plain.lower(), plain.lower())


def _draw_day(pen: _Pen, card: Card, below: float) -> None:
    """Draw the day; of the earlier editions' strands only those that run ``below`` the words, and what joins them."""
    colours, cover = light_accent(card.accent), card.cover
    room = SIZE[0] - (PHOTO_WIDTH if card.photo else 0)
    scale, at = room / cover.width, (0.0, float(STRANDS_TOP_BESIDE if card.photo else STRANDS_TOP))
    past = [curve for strand in cover.past for curve in curves(strand, scale, at) if min(y for _x, y in curve) > below]
    highest = min(past, key=lambda curve: curve[0][1], default=[])
    joins = [curve for curve in curves(cover.past_links, scale, at) if _hangs_under(curve, highest)]
    for curve in (*past, *joins):
        pen.line(curve, colours.accent_line, 1.5)
    for dash in (dash for curve in curves(cover.stream, scale, at) for dash in dashes(curve)):
        pen.line(dash, colours.counter, 3)
    for curve in curves(cover.room, scale, at):
        pen.line(curve, colours.accent, 3.5)
    for link in cover.links:
        ends = [(link.x * scale, y * scale + at[1]) for y in (link.top, link.bottom)]
        pen.line(ends, colours.accent, 3.5)
        for x, y in ends:
            pen.knot(x, y, cover.knot_radius, colours.accent, colours.accent)
    for x, y in cover.knots:
        pen.knot(x * scale, y * scale + at[1], cover.knot_radius, LIGHT_PAPERS[0], colours.accent)


def _hangs_under(join: Sequence[Point], strand: Sequence[Point]) -> bool:
    x, top = join[0]
    near = min(strand, key=lambda point: abs(point[0] - x), default=(0.0, float("inf")))
    return top >= near[1] - 2


def _paste_photo(sheet: Image.Image, pen: _Pen, photo: Path, credit: str) -> None:
    """Put the photograph at the right, and who took it at its foot."""
    size = (PHOTO_WIDTH * SHARP, SIZE[1] * SHARP)
    with Image.open(photo) as picture:
        sheet.paste(ImageOps.fit(picture.convert("RGB"), size), (sheet.width - size[0], 0))
    if credit:
        left, top = SIZE[0] - PHOTO_WIDTH, SIZE[1] - 32
        pen.box((left, top), (SIZE[0], SIZE[1]), INK)
        font = _font_for(credit, 16, serif=False, axes={"wght": 400, "wdth": 100})
        pen.text((left + 14, top + 17), _cut(credit, font, PHOTO_WIDTH - 28), font, LIGHT_PAPERS[0], "lm")


class _Pen:
    """Draws in pixels of the finished picture on a sheet that is ``SHARP`` times as large."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def text(self, at: Point, text: str, font: ImageFont.FreeTypeFont, colour: str, anchor: str) -> None:
        self._draw.text((at[0] * SHARP, at[1] * SHARP), text, fill=colour, font=font, anchor=anchor)

    def box(self, start: Point, end: Point, colour: str) -> None:
        self._draw.rectangle([start[0] * SHARP, start[1] * SHARP, end[0] * SHARP, end[1] * SHARP], fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        large = [(x * SHARP, y * SHARP) for x, y in points]
        self._draw.line(large, fill=colour, width=round(width * SHARP), joint="curve")

    def knot(self, x: float, y: float, radius: float, inside: str, edge: str) -> None:
        self._draw.circle((x * SHARP, y * SHARP), radius * SHARP, fill=inside, outline=edge, width=3 * SHARP)
