"""What the templates draw with: built assets, the drawings of the motif, the charts."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from crosslinks.web import charts, drawings
from crosslinks.web.assets import asset_url, assets, stylesheet_url
from crosslinks.web.theme import dark_accent, light_accent


def tied(name: str) -> str:
    """Return a name whose title does not part from it at the end of a line."""
    for title in ("Dr.", "Prof."):
        name = name.replace(f"{title} ", f"{title}\u00a0")
    return name


_PORTRAIT = (
    '<svg class="portrait" viewBox="0 0 80 100" width="400" height="500" preserveAspectRatio="xMidYMid slice"'
    ' aria-hidden="true"><path class="portrait__room" d="{room}"></path><path class="portrait__stream" d="{stream}">'
    '</path><path class="portrait__link" d="{links}"></path><text class="portrait__initials" x="40" y="60">{initials}'
    "</text></svg>"
)


@lru_cache(maxsize=2000)
def draw_portrait(name: str) -> Markup:
    """Return the placeholder of a person as SVG, drawn once per process."""
    return Markup(_PORTRAIT).format(**asdict(drawings.portrait(name)))  # noqa: S704 - our own drawing


def init_face(app: Flask) -> None:
    """Serve the built assets, and give templates and macros the functions that they draw with."""
    app.register_blueprint(assets)
    app.jinja_env.filters["tied"] = tied
    app.jinja_env.filters["drawn_portrait"] = draw_portrait
    app.jinja_env.globals.update(
        asset_url=asset_url,
        stylesheet_url=stylesheet_url,
        draw_portrait=draw_portrait,
        draw_cover=drawings.cover,
        draw_lines=charts.line_chart,
        draw_bars=charts.bar_chart,
        draw_split=charts.split_bar,
        light_accent=light_accent,
        dark_accent=dark_accent,
        mark_paths=(drawings.MARK_ROOM, drawings.MARK_STREAM, drawings.MARK_LINKS),
    )
