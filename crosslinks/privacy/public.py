"""Behind the personal link: everything that we have, as a page and as a file, and being erased at once."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.public import open_edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import forget_old_pages, transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.privacy.exchange import export_person, in_words, json_file
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import get_by_link_token
from crosslinks.registration.rules import Place
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

privacy_public = Blueprint("privacy_public", __name__)

READS_PER_LINK = 60
WRITES_PER_LINK = 20


def _open(token: str) -> Registration:
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


@privacy_public.get("/r/<token>/data")
def data(token: str) -> Response:
    registration = _open(token)
    spend("data", str(registration.id), READS_PER_LINK, "hour")
    edition = registration.edition
    page = render_page(
        "privacy/public/data.html",
        public_frame(edition),
        edition=edition,
        registration=registration,
        parts=in_words(export_person(registration, edition, now()), edition),
        base=place_path(token),
    )
    return keep_secret(make_response(page))


@privacy_public.get("/r/<token>/data.json")
def data_file(token: str) -> Response:
    registration = _open(token)
    spend("data", str(registration.id), READS_PER_LINK, "hour")
    edition = registration.edition
    exported = export_person(registration, edition, now())
    return keep_secret(json_file(exported, f"{edition.conference.slug}-{edition.slug}"))


@privacy_public.route("/r/<token>/delete", methods=["GET", "POST"])
def delete(token: str) -> Response:
    """Say what goes and what stays; one button erases at once, and the link opens nothing from then on."""
    if request.method == "GET":
        registration = _open(token)
        page = render_page(
            "privacy/public/delete.html",
            public_frame(registration.edition),
            edition=registration.edition,
            registration=registration,
            frees_place=registration.place is not Place.NONE and now() < registration.edition.ends_at,
            base=place_path(token),
        )
        return keep_secret(make_response(page))
    spend_client_request()
    registration = _open(token)
    spend("delete", str(registration.id), WRITES_PER_LINK, "hour")
    farewell = edition_url(registration.edition, "goodbye")
    with transaction():
        erase_person(
            actor=Actor.registrant(registration.id), now=now(), registration_id=registration.id,
            kind=ErasureKind.REQUEST,
        )  # fmt: skip
    forget_old_pages()
    return redirect(farewell, 303)


@privacy_public.get("/<conference>/<edition>/goodbye")
def goodbye(conference: str, edition: str) -> str:
    """Say that it is done; the page knows nobody."""
    found = open_edition(conference, edition)
    return render_page("privacy/public/goodbye.html", public_frame(found), edition=found)
