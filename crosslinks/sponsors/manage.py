"""Organizer pages of tiers and sponsors."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.sponsors.declaring import list_declarations
from crosslinks.sponsors.forms import MoveForm, SponsorForm, TierForm
from crosslinks.sponsors.models import Sponsor, Tier
from crosslinks.sponsors.operations import (
    change_sponsor,
    change_tier,
    create_sponsor,
    create_tier,
    delete_sponsor,
    delete_tier,
    move_sponsor,
    move_tier,
)
from crosslinks.sponsors.queries import get_sponsor, get_tier, list_all_tiers, picture_in_use
from crosslinks.web.arguments import chosen_id
from crosslinks.web.pages import render_page
from crosslinks.web.pictures import drop_picture, take_pictures
from crosslinks.web.security import principal, requires
from crosslinks.web.uploads import LOGO, PORTRAIT

sponsors_manage = Blueprint("sponsors_manage", __name__, url_prefix="/manage/<conference>/<edition>/sponsors")

ID = "<int(max=2147483647):number>"
PICTURES = {"logo": LOGO, "logo_dark": LOGO, "portrait": PORTRAIT}

Answer = tuple[str, int] | Response


def _back(edition: Edition, words: str = "", anchor: str = "") -> Response:
    if words:
        flash(words)
    return redirect(manage_url(edition, "sponsors") + (f"#{anchor}" if anchor else ""), 303)


@sponsors_manage.get("")
@requires(Permission.SPONSORS)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    return render_page(
        "sponsors/manage/sponsors.html",
        manage_frame(found),
        tiers=list_all_tiers(found.id),
        declarations=list_declarations(found.id),
        url=manage_url(found, "sponsors"),
        public_url=edition_url(found, "sponsors"),
    )


@sponsors_manage.route("/tiers/new", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def new_tier(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = TierForm.of(None)
    if not form.validate_on_submit():
        return _tier_page(found, form)
    with transaction():
        create_tier(actor=principal().actor, now=now(), edition=found, **form.changes())
    return _back(found, _("Added."))


@sponsors_manage.route(f"/tiers/{ID}", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def edit_tier(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    tier = get_tier(found.id, number)
    form = TierForm.of(tier)
    if not form.validate_on_submit():
        return _tier_page(found, form, tier)
    with transaction():
        change_tier(
            actor=principal().actor, now=now(), edition=found, tier=get_tier(found.id, number), **form.changes()
        )
    return _back(found, _("Saved."))


def _tier_page(edition: Edition, form: TierForm, tier: Tier | None = None) -> tuple[str, int]:
    page = render_page(
        "sponsors/manage/tier.html",
        manage_frame(edition),
        form=form,
        tier=tier,
        url=manage_url(edition, "sponsors"),
    )
    return page, 422 if request.method == "POST" else 200


def _goes_up() -> bool:
    form = MoveForm()
    if not form.validate_on_submit():
        raise Invalid("direction.unknown")
    return bool(form.direction.data == "up")


@sponsors_manage.post(f"/tiers/{ID}/move")
@requires(Permission.SPONSORS)
def reorder_tier(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    up = _goes_up()
    with transaction():
        move_tier(actor=principal().actor, now=now(), edition=found, tier=get_tier(found.id, number), up=up)
    return _back(found, anchor=f"tier-{number}")


@sponsors_manage.route(f"/tiers/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def remove_tier(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    tier = get_tier(found.id, number)
    status = 200
    if request.method == "POST":
        try:
            with transaction():
                delete_tier(actor=principal().actor, now=now(), edition=found, tier=get_tier(found.id, number))
            return _back(found, _("Deleted."))
        except Conflict:
            tier, status = get_tier(found.id, number), 409
    page = render_page(
        "sponsors/manage/delete_tier.html", manage_frame(found), tier=tier, url=manage_url(found, "sponsors")
    )
    return page, status


@sponsors_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def new_sponsor(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    tiers = list_all_tiers(found.id)
    if not tiers:
        return redirect(manage_url(found, "sponsors/tiers/new"), 303)
    form = SponsorForm.of(None, tiers, chosen_id("tier"))
    sent = take_pictures(form, PICTURES) if form.validate_on_submit() else None
    if sent is None:
        return _sponsor_page(found, form)
    with transaction():
        tier = get_tier(found.id, form.tier.data)
        create_sponsor(actor=principal().actor, now=now(), edition=found, tier=tier, **form.changes(), **sent)
    return _back(found, _("Added."))


@sponsors_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def edit_sponsor(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    sponsor = get_sponsor(found.id, number)
    form = SponsorForm.of(sponsor, list_all_tiers(found.id))
    sent = take_pictures(form, PICTURES) if form.validate_on_submit() else None
    if sent is None:
        return _sponsor_page(found, form, sponsor)
    with transaction():
        sponsor = get_sponsor(found.id, number)
        before = {name: getattr(sponsor, name) for name in PICTURES}
        kept = {name: "" if form[f"remove_{name}"].data else picture for name, picture in before.items()}
        change_sponsor(
            actor=principal().actor,
            now=now(),
            edition=found,
            sponsor=sponsor,
            changes=form.changes() | {name: sent[name] or kept[name] for name in PICTURES},
            tier=get_tier(found.id, form.tier.data),
        )
    _forget(*before.values())
    return _back(found, _("Saved."))


def _sponsor_page(edition: Edition, form: SponsorForm, sponsor: Sponsor | None = None) -> tuple[str, int]:
    page = render_page(
        "sponsors/manage/sponsor.html",
        manage_frame(edition),
        form=form,
        sponsor=sponsor,
        url=manage_url(edition, "sponsors"),
        public_url=edition_url(edition, "sponsors"),
    )
    return page, 422 if request.method == "POST" else 200


@sponsors_manage.post(f"/{ID}/move")
@requires(Permission.SPONSORS)
def reorder_sponsor(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    up = _goes_up()
    with transaction():
        sponsor = get_sponsor(found.id, number)
        move_sponsor(actor=principal().actor, now=now(), edition=found, sponsor=sponsor, up=up)
    return _back(found, anchor=f"sponsor-{number}")


@sponsors_manage.route(f"/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.SPONSORS)
def remove_sponsor(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    sponsor = get_sponsor(found.id, number)
    if request.method == "POST":
        with transaction():
            sponsor = get_sponsor(found.id, number)
            pictures = [getattr(sponsor, name) for name in PICTURES]
            delete_sponsor(actor=principal().actor, now=now(), edition=found, sponsor=sponsor)
        _forget(*pictures)
        return _back(found, _("Deleted."))
    return render_page(
        "sponsors/manage/delete_sponsor.html", manage_frame(found), sponsor=sponsor, url=manage_url(found, "sponsors")
    )


def _forget(*pictures: str) -> None:
    for picture in pictures:
        if picture and not picture_in_use(picture):
            drop_picture(picture)
