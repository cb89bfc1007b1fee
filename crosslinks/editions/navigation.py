"""Where an organizer can go: a few entries, and beside each other the pages of the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from crosslinks.kernel.actors import Permission
from crosslinks.web.frames import Link


@dataclass(frozen=True)
class Page:
    """One page: ``path`` is its address below the edition's; pages below it count as it."""

    path: str
    label: str
    permission: Permission


@dataclass(frozen=True)
class Section:
    """An entry of the navigation, named by its own word, and the pages that it leads to."""

    label: str
    icon: str
    pages: tuple[Page, ...]


SECTIONS = (
    Section(
        _l("Overview"),
        "chart-bar",
        (
            Page("", _l("Overview"), Permission.OVERVIEW),
            Page("numbers", _l("Numbers"), Permission.OVERVIEW),
        ),
    ),
    Section(
        _l("Participants"),
        "users",
        (
            Page("registrations", _l("Participants"), Permission.REGISTRATIONS),
            Page("places", _l("Places"), Permission.REGISTRATIONS),
            Page("form", _l("Form"), Permission.EDITION),
            Page("invitations", _l("Invitations"), Permission.REGISTRATIONS),
            Page("consents", _l("Consents"), Permission.REGISTRATIONS),
        ),
    ),
    Section(
        _l("Programme"),
        "list-bullets",
        (
            Page("programme", _l("Programme"), Permission.PROGRAMME),
            Page("programme/timetable", _l("Timetable"), Permission.PROGRAMME),
            Page("programme/releases", _l("Releases"), Permission.PROGRAMME),
            Page("people", _l("People"), Permission.PROGRAMME),
            Page("run-sheet", _l("Run sheet"), Permission.PROGRAMME),
            Page("material", _l("Slides"), Permission.PROGRAMME),
            Page("stories", _l("Stories"), Permission.PROGRAMME),
            Page("gallery", _l("Pictures"), Permission.PROGRAMME),
        ),
    ),
    Section(_l("Sponsors"), "heart", (Page("sponsors", _l("Sponsors"), Permission.SPONSORS),)),
    Section(
        _l("Mail"),
        "envelope-simple",
        (
            Page("mail", _l("Outbox"), Permission.MAIL),
            Page("mailings", _l("Mailings"), Permission.MAIL),
            Page("mail/schedule", _l("Schedule"), Permission.MAIL),
            Page("mail/templates", _l("Templates"), Permission.MAIL),
            Page("followers", _l("Interest list"), Permission.MAIL),
        ),
    ),
    Section(_l("Door"), "door", (Page("door", _l("Door"), Permission.DOOR),)),
    Section(_l("Badges"), "identification-badge", (Page("badges", _l("Badges"), Permission.BADGES),)),
    Section(
        _l("Stream"),
        "monitor",
        (
            Page("stream", _l("Stream"), Permission.OVERVIEW),
            Page("feedback", _l("Feedback"), Permission.OVERVIEW),
        ),
    ),
    Section(
        _l("Settings"),
        "gear-six",
        (
            Page("settings", _l("Settings"), Permission.EDITION),
            Page("pages", _l("Practical page"), Permission.EDITION),
            Page("theme", _l("Appearance"), Permission.EDITION),
            Page("copies", _l("Copies"), Permission.EDITION),
            Page("access", _l("Access"), Permission.ACCOUNTS),
            Page("privacy", _l("Privacy"), Permission.REGISTRATIONS),
            Page("log", _l("Log"), Permission.AUDIT),
        ),
    ),
)


def navigate(base: str, path: str, may: Callable[[Permission], bool]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Return the entries, and the pages beside the one at ``path`` (none when it stands alone).

    ``base`` is the edition's organizer address, ending in a slash. Only what ``may`` allows is linked; an entry leads
    to the first page of it that one may open.
    """
    entries: list[Link] = []
    beside: tuple[Link, ...] = ()
    here = _open_page(base, path)
    for section in SECTIONS:
        pages = [page for page in section.pages if may(page.permission)]
        if not pages:
            continue
        current = here in section.pages
        entries.append(Link(str(section.label), base + pages[0].path, current, section.icon))
        if current and len(pages) > 1:
            beside = tuple(Link(str(page.label), base + page.path, page is here) for page in pages)
    return tuple(entries), beside


def _open_page(base: str, path: str) -> Page | None:
    """Return the page at ``path`` or above it, the nearest of them."""
    found = [
        page
        for section in SECTIONS
        for page in section.pages
        if path == base + page.path or (page.path and path.startswith(f"{base}{page.path}/"))
    ]
    return max(found, key=lambda page: len(page.path), default=None)
