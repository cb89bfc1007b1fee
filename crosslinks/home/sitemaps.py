"""What search engines may read: the pages of every published edition, and nothing behind a personal link."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.editions.queries import list_conferences, list_editions
from crosslinks.editions.rules import EditionState
from crosslinks.programme.queries import list_public_people, list_public_rows

sitemaps = Blueprint("sitemaps", __name__)

XML = "application/xml; charset=utf-8"
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = ("", "programme", "speakers", "sponsors", "practical", "privacy", "accessibility")
CLOSED = ("/manage/", "/account", "/sign-in", "/r/", "/f/", "/s/", "/door/", "/api/", "/verify/")


@sitemaps.get("/robots.txt")
def robots() -> Response:
    """Keep robots away from what is not for the public, and tell them where the pages are listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {settings().base_url}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@sitemaps.get("/sitemap.xml")
def index() -> Response:
    """List the sitemaps of all editions that are public."""
    shown = [
        edition
        for conference in list_conferences()
        for edition in list_editions(conference.id)
        if edition.state is not EditionState.DRAFT
    ]
    found = _write("sitemapindex", "sitemap", (edition_url(edition, "sitemap.xml") for edition in shown))
    return Response(found, content_type=XML)


@sitemaps.get("/<conference>/<edition>/sitemap.xml")
@kept_page
def edition_pages(edition: Edition) -> Page:
    """List the public pages of an edition."""
    talks = [f"talks/{talk.slug}" for row in list_public_rows(edition.id) for talk in row.talks]
    people = [f"speakers/{card.person.slug}" for card in list_public_people(edition)]
    pages = (edition_url(edition, page) for page in (*PAGES, *talks, *people))
    return Page(_write("urlset", "url", pages), media_type=XML)


def _write(root: str, entry: str, paths: Iterable[str]) -> bytes:
    listed = Element(root, xmlns=SPACE)
    for path in paths:
        SubElement(SubElement(listed, entry), "loc").text = settings().base_url + path
    written: bytes = tostring(listed, encoding="utf-8", xml_declaration=True)
    return written
