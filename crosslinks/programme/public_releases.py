"""The public history of the programme: what changed from release to release, and each release as it was."""

from __future__ import annotations

from flask import Blueprint

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.programme.queries import list_public_people, list_public_rows
from crosslinks.programme.release_words import word_changes
from crosslinks.programme.released import (
    find_latest,
    get_stamp,
    list_person_lines,
    list_releases,
    read_release,
    rows_of,
)
from crosslinks.programme.timeline import build_timeline
from crosslinks.web.pages import render_page

releases_public = Blueprint("releases_public", __name__, url_prefix="/<conference>/<edition>/programme")


@releases_public.get("/changes")
@kept_page
def changes(edition: Edition) -> Page:
    people = list_person_lines(edition.id)
    releases = [(release, word_changes(release.changes, edition.zone, people)) for release in list_releases(edition.id)]
    html = render_page(
        "programme/public/changes.html",
        public_frame(edition),
        edition=edition,
        releases=releases,
        base=edition_url(edition),
    )
    return Page(html)


@releases_public.get("/releases/<int(max=2147483647):number>")
@kept_page
def release(edition: Edition, number: int) -> Page:
    """Show the day as it was released then, with nothing marked as on now; people who are no more are left out."""
    stamp, latest = get_stamp(edition.id, number), find_latest(edition.id)
    rows = rows_of(edition.id, read_release(stamp))
    timeline = build_timeline(
        rows, now=max((row.ends_at for row in rows), default=now()), zone=edition.zone,
        has_stream=edition.mode(Mode.DIGITAL) is not None,
    )  # fmt: skip
    html = render_page(
        "programme/public/release.html",
        public_frame(edition),
        edition=edition,
        timeline=timeline,
        release=stamp,
        latest=latest,
        linked=_pages(edition),
        base=edition_url(edition),
    )
    return Page(html)


def _pages(edition: Edition) -> set[str]:
    """Return the addresses of the talks and people that have a page now: an older release may hold others."""
    rows = list_public_rows(edition.id)
    talks = {f"talks/{talk.slug}" for row in rows for talk in row.talks}
    return talks | {f"speakers/{card.person.slug}" for card in list_public_people(edition)}
