"""Badges as pages of HTML: every place and size is computed here, so that nothing is left to chance on paper."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import render_template

from crosslinks.documents.fitting import (
    BOLD,
    REGULAR,
    SEMIBOLD,
    Fitted,
    FittedName,
    fit_name,
    fit_text,
    largest_size,
    width_of,
)
from crosslinks.documents.fonts import font_stack, missing_in
from crosslinks.documents.layouts import STRANDS_WIDTH, Box, Design, Layout, layout_for
from crosslinks.documents.renderer import PlacedCode, PrintJob, Renderer
from crosslinks.documents.rules import (
    BadgeData,
    BadgeFormat,
    BadgeResult,
    BadgeSheet,
    Band,
    Calibration,
    DayLine,
    MissingGlyphs,
)
from crosslinks.documents.strands import draw_strands
from crosslinks.kernel.tokens import show_reference
from crosslinks.web.theme import light_accent

TEMPLATE = "documents/print/badges.html"
PAGES_AT_ONCE = 20
"""Pages of one request: enough to keep a process busy, few enough for its memory."""
MOST_DAY_LINES = 10
_INK = "#1b1926"
_TAG_PADDING = 2.4
_DATA = Path(__file__).with_name("data")
_NO_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '<g fill="none" stroke="{colour}" stroke-width="1.9"><path d="M4 8h4l1.5-2.5h5L16 8h4v11H4zM3 3l18 18"/>'
    '<circle cx="12" cy="13" r="3.2"/></g></svg>'
)


@cache
def print_css(*names: str) -> str:
    """Return the common style sheet of print with the named ones after it."""
    return "".join((_DATA / f"{name}.css").read_text("utf-8") for name in ("print", *names))


class Classes:
    """Collects the sizes and places that a sheet uses, as classes: WeasyPrint matches these fastest."""

    def __init__(self) -> None:
        self._rules: dict[str, str] = {}

    def use(self, prefix: str, declaration: str, millimetres: float) -> str:
        """Return the class that gives ``declaration`` this many millimetres."""
        name = f"{prefix}{round(millimetres * 100)}"
        self._rules[name] = f"{declaration}:{_mm(millimetres)}"
        return name

    def css(self) -> str:
        """Return the rules of all classes used."""
        return "".join(f".{name}{{{rule}}}" for name, rule in self._rules.items())


@dataclass(frozen=True)
class Text:
    """Lines of text and the classes that size and place them."""

    lines: tuple[str, ...]
    classes: str
    by_hand: bool = False


@dataclass(frozen=True)
class BadgeView:
    """One badge, ready for the template."""

    cell: int
    band: Band
    given: Text
    family: Text
    organisation: Text
    role: Text
    reference: str
    no_photo: str
    back_name: Text | None


@dataclass(frozen=True)
class DayView:
    """One line of the day, fitted."""

    time: str
    title: str
    is_break: bool


def _mm(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "mm"


def _place(box: Box) -> str:
    return f"left:{_mm(box.left)};top:{_mm(box.top)};width:{_mm(box.width)};height:{_mm(box.height)}"


def badge_jobs(
    badges: Sequence[BadgeData], sheet: BadgeSheet, stock: BadgeFormat, calibration: Calibration | None = None
) -> list[PrintJob]:
    """Return the print jobs of ``badges``, of at most ``PAGES_AT_ONCE`` pages each and at least two where there are two pages."""
    calibration = calibration or Calibration()
    skip = calibration.skip % stock.per_page
    pages = math.ceil((len(badges) + skip) / stock.per_page)
    parts = max(math.ceil(pages / PAGES_AT_ONCE), min(2, pages))
    each = math.ceil(pages / parts) * stock.per_page if parts else 0
    cuts = [0, *range(each - skip, len(badges), each), len(badges)] if badges else []
    return [
        _job(badges[start:end], sheet, stock, calibration, skip if start == 0 else 0)
        for start, end in zip(cuts, cuts[1:], strict=False)
        if start < end
    ]


def _job(
    badges: Sequence[BadgeData], sheet: BadgeSheet, stock: BadgeFormat, calibration: Calibration, skip: int
) -> PrintJob:
    layout, classes = layout_for(stock), Classes()
    views = [_view(badge, layout, classes, number + skip) for number, badge in enumerate(badges)]
    per_page = stock.per_page
    first = per_page - skip
    pages = [views[:first], *(views[start : start + per_page] for start in range(first, len(views), per_page))]
    html = badges_html(pages, sheet, layout, stock)
    accent = light_accent(sheet.hue)
    images = {
        "no-photo-ink.svg": _NO_PHOTO.format(colour=_INK).encode(),
        "no-photo-white.svg": _NO_PHOTO.format(colour="#ffffff").encode(),
    }
    if layout.design is Design.FOLD:
        images["strands.svg"] = _strands(sheet, accent.accent, accent.counter, stock).encode()
    css = print_css("badges") + _layout_css(layout, stock, calibration, accent.accent, accent.on_accent) + classes.css()
    return PrintJob(html, css, list(_codes(badges, layout, stock, calibration, skip)), images)


def _codes(
    badges: Sequence[BadgeData], layout: Layout, stock: BadgeFormat, calibration: Calibration, skip: int
) -> Iterator[PlacedCode]:
    """Place each badge's code on its page; on a folded badge it stands in the lower half, turned with it."""
    if layout.code is None:
        return
    code = layout.code
    left, top = code.left, code.top
    if layout.back is not None:
        left = layout.back.width - code.left - code.width
        top = layout.back.top + layout.back.height - code.top - code.height
    for number, badge in enumerate(badges, skip):
        page, cell = divmod(number, stock.per_page)
        x, y = stock.cell(cell)
        yield PlacedCode(page, x + left + calibration.dx, y + top + calibration.dy, code.width, badge.ticket_text)


def badges_html(pages: Sequence[Sequence[BadgeView]], sheet: BadgeSheet, layout: Layout, stock: BadgeFormat) -> str:
    """Return the HTML of whole pages of badges."""
    label = fit_text(sheet.label, SEMIBOLD, layout.label.width, 2.7 * layout.scale, 1.8 * layout.scale)
    html = render_template(
        TEMPLATE,
        pages=pages,
        layout=layout,
        cells=stock.per_page,
        label=label,
        sheet=sheet,
        day=_day(sheet, layout),
    )
    return html.replace("\n", "")


def _view(badge: BadgeData, layout: Layout, classes: Classes, number: int) -> BadgeView:
    organisation = fit_text(
        badge.organisation,
        REGULAR,
        layout.organisation.width,
        layout.organisation_size,
        layout.organisation_size * 0.72,
        2,
    )
    used = organisation.height(1.25)
    name = fit_name(
        badge.given_name.strip(),
        badge.family_name.strip(),
        layout.style,
        layout.name.width,
        layout.name.height - (used + 0.6 if used else 0),
    )
    return BadgeView(
        cell=number,
        band=badge.band,
        given=_text(name.given, classes),
        family=_text(name.family, classes, classes.use("t", "top", _family_top(name, layout))),
        organisation=_text(
            organisation if layout.organisation.height else Fitted((), 1),
            classes,
            classes.use("t", "top", layout.organisation.top + layout.organisation.height - used),
        ),
        role=_role(badge, layout, classes),
        reference=show_reference(badge.reference),
        no_photo=("white" if badge.band is Band.FILLED and layout.design is not Design.FOLD else "ink")
        if badge.no_photo
        else "",
        back_name=_back_name(badge, layout, classes),
    )


def _family_top(name: FittedName, layout: Layout) -> float:
    given = layout.style.given * 1.06 if name.given.by_hand else name.given.height(layout.style.given_leading)
    return layout.name.top + given + (layout.style.gap if given else 0)


def _text(fitted: Fitted, classes: Classes, *more: str) -> Text:
    return Text(fitted.lines, " ".join((classes.use("s", "font-size", fitted.size), *more)), fitted.by_hand)


def _role(badge: BadgeData, layout: Layout, classes: Classes) -> Text:
    free = layout.band.width - (46 if badge.no_photo else 28) * layout.scale
    wanted = 4.4 * layout.scale if layout.design is not Design.FOLD else 4.3
    size = largest_size(badge.role_word, BOLD, free, wanted)
    places = [classes.use("s", "font-size", size)]
    if layout.design is Design.FOLD:
        places.append(classes.use("w", "width", width_of(badge.role_word, BOLD) * size + 2 * _TAG_PADDING))
    return Text((badge.role_word,), " ".join(places))


def _back_name(badge: BadgeData, layout: Layout, classes: Classes) -> Text | None:
    if layout.back_name is None:
        return None
    name = f"{badge.given_name} {badge.family_name}".strip()
    return _text(fit_text(name, BOLD, layout.back_name.width, 5.4, 3.2, 2), classes)


def _day(sheet: BadgeSheet, layout: Layout) -> list[DayView]:
    if layout.day is None:
        return []
    width = layout.day.width - 9.5
    return [
        DayView(line.time, " ".join(fit_text(line.title, _weight(line), width, 2.9, 2.9).lines), line.is_break)
        for line in sheet.day[:MOST_DAY_LINES]
    ]


def _weight(line: DayLine) -> int:
    return REGULAR if line.is_break else SEMIBOLD


def _strands(sheet: BadgeSheet, room: str, stream: str, stock: BadgeFormat) -> str:
    breaks = [(line.start, line.end) for line in sheet.day if line.is_break]
    return draw_strands(sheet.talks, breaks, width=STRANDS_WIDTH, height=stock.badge[1] / 2, room=room, stream=stream)


def _layout_css(layout: Layout, stock: BadgeFormat, calibration: Calibration, accent: str, on_accent: str) -> str:
    """Return the places of one layout on one stock, in the conference's colour."""
    width, height = stock.page
    rules = [
        f"@page{{size:{_mm(width)} {_mm(height)};margin:0}}html{{font-family:{font_stack()}}}",
        f".sheet{{width:{_mm(width)};height:{_mm(height)}}}",
        f".badge{{width:{_mm(stock.badge[0])};height:{_mm(stock.badge[1])}}}",
        f".label{{{_place(layout.label)};color:{accent}}}",
        f".date{{{_place(layout.date)};font-size:{_mm(2.7 * layout.scale)}}}",
        f".given{{left:{_mm(layout.name.left)};top:{_mm(layout.name.top)};width:{_mm(layout.name.width)};"
        f"line-height:{layout.style.given_leading}}}",
        f".family{{left:{_mm(layout.name.left)};width:{_mm(layout.name.width)};"
        f"line-height:{layout.style.family_leading}}}",
        f".given.hand{{height:{_mm(layout.style.given * 1.06)}}}.family.hand{{height:{_mm(layout.style.family * 1.4)}}}",
        f".organisation{{left:{_mm(layout.organisation.left)};width:{_mm(layout.organisation.width)}}}",
    ]
    for number in range(stock.per_page):
        left, top = stock.cell(number)
        rules.append(f".c{number}{{left:{_mm(left + calibration.dx)};top:{_mm(top + calibration.dy)}}}")
    rules += _tag_css(layout, accent, on_accent) if layout.design is Design.FOLD else _band_css(layout, accent)
    if layout.back and layout.back_label and layout.back_name and layout.day:
        row = min(4.9, layout.day.height / MOST_DAY_LINES)
        rules += [
            f".back{{{_place(layout.back)}}}.back .label{{{_place(layout.back_label)}}}",
            f".back-name{{{_place(layout.back_name)};font-weight:700;line-height:1.1}}",
            f".day{{{_place(layout.day)};font-size:2.9mm;line-height:{_mm(row)}}}.day li{{height:{_mm(row)}}}",
            f".strands{{left:0;top:0;width:{_mm(STRANDS_WIDTH)};height:{_mm(layout.back.height)}}}",
            f".fold{{left:0;top:{_mm(layout.back.top - 0.1)};width:{_mm(layout.back.width)}}}",
        ]
    return "".join(rules)


def _band_css(layout: Layout, accent: str) -> list[str]:
    band, scale = layout.band, layout.scale
    line = f"top:{_mm(band.top)};height:{_mm(band.height)};line-height:{_mm(band.height)}"
    edge = 4 * scale
    return [
        f".role{{{_place(band)};line-height:{_mm(band.height)};box-sizing:border-box;"
        f"padding-left:{_mm(layout.label.left)}}}",
        f".filled .role{{background:{accent}}}",
        f".plain .role{{border-top:.5mm solid {_INK};line-height:{_mm(band.height - 0.5)}}}",
        f".outlined .role{{border:.8mm solid {accent};color:{accent};padding-left:{_mm(layout.label.left - 0.8)};"
        f"line-height:{_mm(band.height - 1.6)}}}",
        f".reference{{left:{_mm(band.width - 24 * scale - edge)};width:{_mm(24 * scale)};"
        f"font-size:{_mm(3.4 * scale)};{line}}}",
        f".no-photo{{left:{_mm(band.width - 60 * scale)};width:{_mm(34 * scale)};"
        f"font-size:{_mm(2.7 * scale)};{line}}}",
        f".icon{{height:{_mm(4 * scale)};width:{_mm(4 * scale)};"
        f"vertical-align:{_mm(-1.1 * scale)};margin-right:{_mm(0.8 * scale)}}}",
    ]


def _tag_css(layout: Layout, accent: str, on_accent: str) -> list[str]:
    band = layout.band
    line = f"top:{_mm(band.top)};height:{_mm(band.height)};line-height:{_mm(band.height)}"
    right = band.left + band.width
    return [
        f".role{{left:{_mm(band.left)};{line};text-align:center;box-sizing:border-box}}",
        f".filled .role{{background:{accent};color:{on_accent}}}",
        f".outlined .role{{border:.6mm solid {accent};color:{accent};line-height:{_mm(band.height - 1.2)}}}",
        f".plain .role{{border-bottom:.5mm solid {_INK}}}",
        f".reference{{left:{_mm(right - 26)};width:26mm;font-size:4mm;{line}}}",
        f".no-photo{{left:{_mm(right - 68)};width:42mm;font-size:3.3mm;{line}}}",
        ".icon{height:4.8mm;width:4.8mm;vertical-align:-1.3mm;margin-right:1mm}",
    ]


def missing_glyphs(badges: Iterable[BadgeData]) -> tuple[MissingGlyphs, ...]:
    """Return what no font can print, per badge; those lines stay open, to be written by hand."""
    found = ((badge, missing_in(f"{badge.given_name}{badge.family_name}{badge.organisation}")) for badge in badges)
    return tuple(MissingGlyphs(badge.reference, characters) for badge, characters in found if characters)


def render_badges(
    badges: Sequence[BadgeData],
    sheet: BadgeSheet,
    stock: BadgeFormat,
    *,
    renderer: Renderer,
    calibration: Calibration | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> BadgeResult:
    """Return the PDF of ``badges`` in their order, with what could not be printed. Raises ``PrintingFailed``.

    ``on_progress`` hears how many badges are ready; it runs between parts, so that a job can be stopped there.
    """
    jobs = badge_jobs(badges, sheet, stock, calibration)
    if not jobs:
        return BadgeResult(b"", 0, 0)

    def progress(done: int) -> None:
        if on_progress is not None:
            on_progress(len(badges) * done // len(jobs))

    parts = renderer.render_many(jobs, progress)
    skip = (calibration or Calibration()).skip % stock.per_page
    return BadgeResult(
        pdf=renderer.merge(parts),
        badges=len(badges),
        pages=math.ceil((len(badges) + skip) / stock.per_page),
        missing_glyphs=missing_glyphs(badges),
    )
