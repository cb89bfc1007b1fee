"""A sponsor that does not exist, so that the demo shows what a listing can be: logos, a face, products, thanks."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw

from crosslinks.config import settings
from crosslinks.demo.edition import ACTOR, read_data
from crosslinks.editions.models import Edition
from crosslinks.sponsors.operations import create_sponsor, create_tier
from crosslinks.web.uploads import LOGO, PORTRAIT, PictureRule, store_picture

DARK, LIGHT = (28, 60, 82), (202, 226, 236)


def draw_pictures() -> dict[str, str]:
    """Draw and store the logo for light and for dark, and a portrait; call it outside a transaction."""
    return {
        "logo": _stored(_logo(DARK), LOGO),
        "logo_dark": _stored(_logo(LIGHT), LOGO),
        "portrait": _stored(_portrait(), PORTRAIT),
    }


def _stored(picture: Image.Image, rule: PictureRule) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    return store_picture(out, rule, settings().uploads)


def _logo(ink: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGBA", (620, 160), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 20, 128, 140), outline=ink, width=14)
    draw.rounded_rectangle((54, 44, 82, 116), 14, ink)
    for place, width in enumerate((300, 210)):
        draw.rounded_rectangle((170, 44 + 46 * place, 170 + width, 70 + 46 * place), 13, ink)
    return picture


def _portrait() -> Image.Image:
    picture = Image.new("RGB", (480, 600), (222, 214, 204))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((150, 120, 330, 340), fill=(150, 118, 104))
    draw.rounded_rectangle((70, 380, 410, 760), 150, (62, 46, 123))
    draw.pieslice((138, 92, 342, 300), 180, 360, fill=(60, 46, 44))
    return picture


def add_invented_sponsor(edition: Edition, pictures: dict[str, str], now: datetime) -> None:
    """List the invented sponsor last, in a tier of its own."""
    row = read_data()["invented_sponsor"]
    tier = create_tier(actor=ACTOR, now=now, edition=edition, name=row["role"], logo_height=32)
    create_sponsor(actor=ACTOR, now=now, edition=edition, tier=tier, is_demo=True, **row, **pictures)
