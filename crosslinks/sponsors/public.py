"""The public page of those who make an edition possible."""

from __future__ import annotations

from flask import Blueprint

from crosslinks.editions.frames import public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.sponsors.queries import list_tiers
from crosslinks.web.pages import render_page

sponsors_public = Blueprint("sponsors_public", __name__, url_prefix="/<conference>/<edition>")


@sponsors_public.get("/sponsors")
@kept_page
def sponsors(edition: Edition) -> Page:
    html = render_page(
        "sponsors/public/sponsors.html", public_frame(edition), edition=edition, tiers=list_tiers(edition)
    )
    return Page(html)
