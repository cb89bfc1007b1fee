"""Badges as pages of HTML: every place and size is computed here, so that nothing is left to chance on paper."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import render_template

from crosslinks.documents.badge_styles import (
    DAY_SIZE,
    INK,
    MOST_DAY_LINES,
    Classes,
    fitted_label,
    fitted_thanks,
    layout_css,
)
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
from crosslinks.documents.fonts import missing_in
from crosslinks.documents.layouts import STRANDS_WIDTH, Design, Layout, layout_for
from crosslinks.documents.renderer import PlacedCode, PrintJob, Renderer, Stamp
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
BADGES_AT_ONCE = 160
"""Badges of one request: fonts are made ready once for each, and a process needs about 110 MB for so many."""
_TAG_PADDING = 2.4
_NO_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '<g fill="none" stroke="{colour}" stroke-width="1.9"><path d="M4 8h4l1.5-2.5h5L16 8h4v11H4zM3 3l18 18"/>'
    '<circle cx="12" cy="13" r="3.2"/></g></svg>'
)


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


def badge_jobs(
    badges: Sequence[BadgeData], sheet: BadgeSheet, stock: BadgeFormat, calibration: Calibration | None = None
) -> list[PrintJob]:
    """Return the print jobs of ``badges``: at most ``BADGES_AT_ONCE`` each, two for two pages or more."""
    calibration = calibration or Calibration()
    skip = calibration.skip % stock.per_page
    pages = math.ceil((len(badges) + skip) / stock.per_page)
    parts = max(math.ceil(len(badges) / BADGES_AT_ONCE), min(2, pages))
    each = math.ceil(pages / parts) * stock.per_page if parts else 0
    cuts = [0, *range(each - skip, len(badges), each), len(badges)] if badges else []
    return [
        _job(badges[start:end], sheet, stock, calibration, skip if start == 0 else 0)
        for start, end in pairwise(cuts)
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
        "no-photo-ink.svg": _NO_PHOTO.format(colour=INK).encode(),
        "no-photo-white.svg": _NO_PHOTO.format(colour="#ffffff").encode(),
    }
    if layout.design is Design.FOLD:
        images["strands.svg"] = _strands(sheet, accent.accent, accent.counter, stock).encode()
    css = layout_css(layout, stock, calibration, sheet, accent, classes)
    stamps = list(_stamps(len(badges), stock, calibration, skip))
    codes = list(_codes(badges, layout, stamps))
    return PrintJob(html, css, codes, stamps, images)


def _stamps(badges: int, stock: BadgeFormat, calibration: Calibration, skip: int) -> Iterator[Stamp]:
    """Place each badge's upper left corner."""
    for number in range(skip, skip + badges):
        page, cell = divmod(number, stock.per_page)
        left, top = stock.cell(cell)
        yield Stamp(page, left + calibration.dx, top + calibration.dy)


def _codes(badges: Sequence[BadgeData], layout: Layout, stamps: Sequence[Stamp]) -> Iterator[PlacedCode]:
    """Place each badge's code on its page; on a folded badge it stands in the lower half, turned with it."""
    if layout.code is None:
        return
    code = layout.code
    left, top = code.left, code.top
    if layout.back is not None:
        left = layout.back.width - code.left - code.width
        top = layout.back.top + layout.back.height - code.top - code.height
    for badge, corner in zip(badges, stamps, strict=True):
        yield PlacedCode(corner.page, corner.left + left, corner.top + top, code.width, badge.ticket_text)


def badges_html(pages: Sequence[Sequence[BadgeView]], sheet: BadgeSheet, layout: Layout, stock: BadgeFormat) -> str:
    """Return the HTML of whole pages of badges."""
    html = render_template(
        TEMPLATE,
        pages=pages,
        layout=layout,
        cells=stock.per_page,
        sheet=sheet,
        label=fitted_label(sheet, layout).lines[0],
        thanks=" ".join(fitted_thanks(sheet, layout).lines),
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
    given = (
        layout.style.given * layout.style.given_leading
        if name.given.by_hand
        else name.given.height(layout.style.given_leading)
    )
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
        DayView(
            line.time, " ".join(fit_text(line.title, _weight(line), width, DAY_SIZE, DAY_SIZE).lines), line.is_break
        )
        for line in sheet.day[:MOST_DAY_LINES]
    ]


def _weight(line: DayLine) -> int:
    return REGULAR if line.is_break else SEMIBOLD


def _strands(sheet: BadgeSheet, room: str, stream: str, stock: BadgeFormat) -> str:
    breaks = [(line.start, line.end) for line in sheet.day if line.is_break]
    return draw_strands(sheet.talks, breaks, width=STRANDS_WIDTH, height=stock.badge[1] / 2, room=room, stream=stream)


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
