"""A sheet of figures as a tagged PDF on A4, in our own fonts."""

from __future__ import annotations

from flask import render_template

from crosslinks.documents.badge_styles import print_css, rule
from crosslinks.documents.fonts import font_stack
from crosslinks.documents.renderer import PrintJob
from crosslinks.reports.sheets import Sheet
from crosslinks.web.charts import bar_chart
from crosslinks.web.languages import speaking
from crosslinks.web.theme import light_accent

TEMPLATE = "reports/print/sheet.html"


def sheet_job(sheet: Sheet, hue: int) -> PrintJob:
    """Return the print job of one sheet in the conference's colour."""
    accent = light_accent(hue)
    css = "".join(
        (
            print_css("sheet"),
            rule("html", f"font-family:{font_stack()}"),
            rule(".issue, h2", f"color:{accent.accent}"),
            rule(".figures td", f"border-top:0.6mm solid {accent.accent}"),
        )
    )
    images = {"arrivals.svg": arrivals_svg(sheet, accent.accent).encode()} if sheet.arrivals else {}
    with speaking(sheet.language):
        html = render_template(TEMPLATE, sheet=sheet)
    return PrintJob(html, css, images=images, variant="pdf/ua-1")


def arrivals_svg(sheet: Sheet, colour: str) -> str:
    """Return the arrivals as bars; their words stand in the page beside."""
    drawn = bar_chart([count for _step, count in sheet.arrivals], [step for step, _count in sheet.arrivals])
    grid = "".join(
        f'<path d="M40 {tick.at:.1f}H556" stroke="#ddd8d0"/>'
        f'<text x="34" y="{tick.at + 4:.1f}" text-anchor="end">{tick.text}</text>'
        for tick in drawn.values
    )
    bars = "".join(
        f'<rect x="{bar.x:.1f}" y="{bar.y:.1f}" width="{bar.width:.1f}" height="{bar.height:.1f}" fill="{colour}"/>'
        for bar in drawn.bars
    )
    times = "".join(
        f'<text x="{tick.at:.1f}" y="190" text-anchor="{tick.anchor}">{tick.text}</text>' for tick in drawn.times
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 200" width="560" height="200" '
        f'font-family="Noto Sans" font-size="12" fill="#605e6a">{grid}{bars}{times}</svg>'
    )
