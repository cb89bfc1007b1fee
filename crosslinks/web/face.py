"""What the templates draw with: built assets, the drawings of the motif, the charts."""

from __future__ import annotations

from flask import Flask

from crosslinks.web import charts, drawings
from crosslinks.web.assets import asset_url, assets, stylesheet_url
from crosslinks.web.theme import dark_accent, light_accent


def tied(name: str) -> str:
    """Return a name whose title does not part from it at the end of a line."""
    for title in ("Dr.", "Prof."):
        name = name.replace(f"{title} ", f"{title}\u00a0")
    return name


def init_face(app: Flask) -> None:
    """Serve the built assets, and give templates and macros the functions that they draw with."""
    app.register_blueprint(assets)
    app.jinja_env.filters["tied"] = tied
    app.jinja_env.globals.update(
        asset_url=asset_url,
        stylesheet_url=stylesheet_url,
        draw_portrait=drawings.portrait,
        draw_cover=drawings.cover,
        draw_lines=charts.line_chart,
        draw_bars=charts.bar_chart,
        draw_split=charts.split_bar,
        light_accent=light_accent,
        dark_accent=dark_accent,
        mark_paths=(drawings.MARK_ROOM, drawings.MARK_STREAM, drawings.MARK_LINKS),
    )
