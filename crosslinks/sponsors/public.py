"""Public pages of those who make an edition possible: who they are, who pays for what, what they sell.

What a sponsor tells about its products is only for who has said that they are a health professional: those pages are
never kept, and nothing of it stands on any other.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import AnyOf

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page, open_edition
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.sponsors.declaring import count_declaration, forget_declaration, has_declared, remember_declaration
from crosslinks.sponsors.queries import get_product_page, list_tiers
from crosslinks.web.clients import spend_client_request
from crosslinks.web.pages import render_page

sponsors_public = Blueprint("sponsors_public", __name__, url_prefix="/<conference>/<edition>")

ID = "<int(max=2147483647):number>"


@sponsors_public.get("/sponsors")
@kept_page
def sponsors(edition: Edition) -> Page:
    html = render_page(
        "sponsors/public/sponsors.html",
        public_frame(edition),
        edition=edition,
        tiers=list_tiers(edition),
        base=edition_url(edition),
    )
    return Page(html)


@sponsors_public.get("/sponsors/funding")
@kept_page
def funding(edition: Edition) -> Page:
    """Say who pays for what, whether that is one or several, and what the money does not buy."""
    everybody = [sponsor for tier in list_tiers(edition) for sponsor in tier.sponsors]
    html = render_page(
        "sponsors/public/funding.html",
        public_frame(edition),
        edition=edition,
        funders=[sponsor for sponsor in everybody if sponsor.funding],
        silent=[sponsor for sponsor in everybody if not sponsor.funding],
        base=edition_url(edition),
    )
    return Page(html)


class DeclarationForm(FlaskForm):
    """One button: I am a health professional, or not after all."""

    act = StringField(validators=[AnyOf(("declare", "withdraw"))])


@sponsors_public.get(f"/sponsors/{ID}/products")
def products(conference: str, edition: str, number: int) -> Response:
    """Show what a sponsor tells about its products to who has declared, and ask everybody else first."""
    found = open_edition(conference, edition)
    page = get_product_page(found, number)
    declared = has_declared(found.id)
    html = render_page(
        "sponsors/public/products.html",
        public_frame(found),
        edition=found,
        name=page.name,
        product=page.product if declared else None,
        url=edition_url(found, f"sponsors/{number}/products"),
        base=edition_url(found),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@sponsors_public.post(f"/sponsors/{ID}/products")
def declare(conference: str, edition: str, number: int) -> BaseResponse:
    """Take a declaration, or take it back. Each is counted once a session."""
    spend_client_request()
    found = open_edition(conference, edition)
    get_product_page(found, number)
    form = DeclarationForm()
    if not form.validate_on_submit():
        raise Invalid("declaration.unknown")
    back = redirect(edition_url(found, f"sponsors/{number}/products"), 303)
    if form.act.data == "withdraw":
        forget_declaration(found.id)
        return redirect(edition_url(found, "sponsors"), 303)
    if not has_declared(found.id):
        with transaction():
            count_declaration(now=now(), edition=open_edition(conference, edition))
        remember_declaration(found.id)
    return back
