"""The style sheet of badges: fixed type from ``data/badges.css``, places and sizes from the layout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from crosslinks.documents.fitting import REGULAR, SEMIBOLD, Fitted, fit_text
from crosslinks.documents.fonts import font_stack
from crosslinks.documents.layouts import STRANDS_WIDTH, Box, Design, Layout
from crosslinks.documents.rules import BadgeFormat, BadgeSheet, Calibration
from crosslinks.web.theme import Accent

MOST_DAY_LINES = 10
INK = "#1b1926"
DAY_SIZE = 2.9
_DATA = Path(__file__).with_name("data")


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
        self._rules[name] = f"{declaration}:{mm(millimetres)}"
        return name

    def css(self) -> str:
        """Return the rules of all classes used."""
        return "".join(f".{name}{{{declaration}}}" for name, declaration in self._rules.items())


def mm(value: float) -> str:
    """Return a length in millimetres for CSS."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "mm"


def rule(selector: str, *declarations: str, **lengths: float) -> str:
    """Return one CSS rule; ``lengths`` are in millimetres, with ``_`` for ``-`` in their names."""
    sized = (f"{name.replace('_', '-')}:{mm(value)}" for name, value in lengths.items())
    return f"{selector}{{{';'.join((*declarations, *sized))}}}"


def place(box: Box) -> str:
    """Return the declarations that put something in its box."""
    return f"left:{mm(box.left)};top:{mm(box.top)};width:{mm(box.width)};height:{mm(box.height)}"


def fitted_label(sheet: BadgeSheet, layout: Layout) -> Fitted:
    """Return the conference's name in the one line that it has."""
    return fit_text(sheet.label, SEMIBOLD, layout.label.width, 2.7 * layout.scale, 1.8 * layout.scale)


def fitted_thanks(sheet: BadgeSheet, layout: Layout) -> Fitted:
    """Return the thanks to sponsors in the one line that they have; nothing where there is no room."""
    if layout.thanks is None or not sheet.thanks:
        return Fitted((), 1)
    size = 2.0 * layout.scale
    return fit_text(sheet.thanks, REGULAR, layout.thanks.width, size, size * 0.6)


def layout_css(
    layout: Layout, stock: BadgeFormat, calibration: Calibration, sheet: BadgeSheet, accent: Accent, classes: Classes
) -> str:
    """Return the whole style sheet of one run: one layout on one stock, in the conference's colour."""
    rules = [print_css("badges"), *_page(stock, calibration), *_texts(layout, sheet, accent)]
    if layout.thanks is not None:
        rules.append(rule(".thanks", place(layout.thanks), font_size=fitted_thanks(sheet, layout).size))
    rules += _tag(layout, accent) if layout.design is Design.FOLD else _band(layout, accent)
    return "".join([*rules, *_back(layout), classes.css()])


def _page(stock: BadgeFormat, calibration: Calibration) -> list[str]:
    width, height = stock.page
    cells = [stock.cell(number) for number in range(stock.per_page)]
    return [
        rule("@page", f"size:{mm(width)} {mm(height)}", "margin:0"),
        rule("html", f"font-family:{font_stack()}"),
        rule(".sheet", width=width, height=height),
        rule(".badge", width=stock.badge[0], height=stock.badge[1]),
        *(
            rule(f".c{number}", left=left + calibration.dx, top=top + calibration.dy)
            for number, (left, top) in enumerate(cells)
        ),
    ]


def _texts(layout: Layout, sheet: BadgeSheet, accent: Accent) -> list[str]:
    name, style = layout.name, layout.style
    organisation = layout.organisation
    return [
        rule(".label", place(layout.label), f"color:{accent.accent}", font_size=fitted_label(sheet, layout).size),
        rule(".date", place(layout.date), font_size=2.7 * layout.scale),
        rule(".given", f"line-height:{style.given_leading}", left=name.left, top=name.top, width=name.width),
        rule(".family", f"line-height:{style.family_leading}", left=name.left, width=name.width),
        rule(".given.hand", height=style.given * style.given_leading),
        rule(".family.hand", height=style.family * style.family_leading),
        rule(".organisation", left=organisation.left, width=organisation.width),
    ]


def _line(box: Box) -> str:
    return f"top:{mm(box.top)};height:{mm(box.height)};line-height:{mm(box.height)}"


def _band(layout: Layout, accent: Accent) -> list[str]:
    """Role, mark and reference in a band along the lower edge."""
    band, scale, inset = layout.band, layout.scale, layout.label.left
    return [
        rule(".role", place(band), "box-sizing:border-box", padding_left=inset, line_height=band.height),
        rule(".filled .role", f"background:{accent.accent}"),
        rule(".plain .role", f"border-top:.5mm solid {INK}", line_height=band.height - 0.5),
        rule(
            ".outlined .role",
            f"border:.8mm solid {accent.accent};color:{accent.accent}",
            padding_left=inset - 0.8,
            line_height=band.height - 1.6,
        ),
        rule(".reference", _line(band), left=band.width - 28 * scale, width=24 * scale, font_size=3.4 * scale),
        rule(".no-photo", _line(band), left=band.width - 60 * scale, width=34 * scale, font_size=2.7 * scale),
        rule(".icon", height=4 * scale, width=4 * scale, vertical_align=-1.1 * scale, margin_right=0.8 * scale),
    ]


def _tag(layout: Layout, accent: Accent) -> list[str]:
    """Role as a tag, with mark and reference to its right."""
    band = layout.band
    right = band.left + band.width
    return [
        rule(".role", _line(band), "text-align:center;box-sizing:border-box", left=band.left),
        rule(".filled .role", f"background:{accent.accent};color:{accent.on_accent}"),
        rule(
            ".outlined .role",
            f"border:.6mm solid {accent.accent};color:{accent.accent}",
            line_height=band.height - 1.2,
        ),
        rule(".plain .role", f"border-bottom:.5mm solid {INK}"),
        rule(".reference", _line(band), left=right - 26, width=26, font_size=4),
        rule(".no-photo", _line(band), left=right - 68, width=42, font_size=3.3),
        rule(".icon", height=4.8, width=4.8, vertical_align=-1.3, margin_right=1),
    ]


def _back(layout: Layout) -> list[str]:
    back = layout.back
    if back is None or layout.back_label is None or layout.back_name is None or layout.day is None:
        return []
    row = min(4.9, layout.day.height / MOST_DAY_LINES)
    return [
        rule(".back", place(back)),
        rule(".back .label", place(layout.back_label)),
        rule(".back-name", place(layout.back_name), "font-weight:700;line-height:1.1"),
        rule(".day", place(layout.day), font_size=DAY_SIZE, line_height=row),
        rule(".day li", height=row),
        rule(".strands", left=0, top=0, width=STRANDS_WIDTH, height=back.height),
        rule(".fold", left=0, top=back.top - 0.1, width=back.width),
        rule(".fold-word", left=back.width - 35, top=back.top - 3.2, width=30, font_size=2),
    ]
