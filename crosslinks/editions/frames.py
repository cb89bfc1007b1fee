"""The frames of an edition's public pages and of its organizer pages."""

from __future__ import annotations

from urllib.parse import quote

from flask import request, url_for
from flask_babel import gettext as _

from crosslinks.config import settings
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.navigation import navigate
from crosslinks.editions.public import is_preview
from crosslinks.editions.queries import find_current_edition, get_edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.columns import pick
from crosslinks.mail.banners import mail_banners
from crosslinks.web.formats import format_day, format_ordinal, format_weekday, unbroken
from crosslinks.web.frames import Banner, Frame, Link, ManageFrame, language_links
from crosslinks.web.languages import current_language
from crosslinks.web.scopes import ManageScope
from crosslinks.web.security import principal


def edition_url(edition: Edition, page: str = "") -> str:
    """Return the address of a public page of an edition, such as ``programme``."""
    return f"/{edition.conference.slug}/{edition.slug}/{page}"


def manage_url(edition: Edition, page: str = "") -> str:
    """Return the address of an organizer page of an edition."""
    return f"/manage/{edition.conference.slug}/{edition.slug}/{page}"


def public_frame(edition: Edition) -> Frame:
    """Return what surrounds a public page of ``edition``, in the language of the request."""
    language = current_language()
    pages = (
        (_("Programme"), "programme"),
        (_("Speakers"), "speakers"),
        (_("Sponsors"), "sponsors"),
        (_("Practical"), "practical"),
    )
    nav = tuple(
        Link(label, edition_url(edition, page), request.path.startswith(_within(edition, page)))
        for label, page in pages
    )
    here = request.path.startswith(edition_url(edition))
    past = edition.state is EditionState.ARCHIVED
    what, lead, theme = _what(edition), pick(edition.lead, language), pick(edition.theme, language)
    return Frame(
        brand=edition.conference.name,
        home_url=edition_url(edition),
        hue=edition.conference.hue,
        language=language,
        nav=nav,
        languages=language_links(),
        notice=pick(edition.demo_note, language) if edition.is_demo else "",
        past=_("This edition is over and kept here as it was.") if past else "",
        present=_present(edition) if past else None,
        preview=_("You see what is being made.") if is_preview(edition.id) else "",
        preview_ends=edition.state is not EditionState.DRAFT,
        organiser_line=organiser_line(edition.conference),
        erase_line=_erase_line(edition),
        privacy_url=edition_url(edition, "privacy"),
        contact_url=edition_url(edition, "practical#contact"),
        accessibility_url=edition_url(edition, "accessibility"),
        canonical=settings().base_url + quote(request.path) if here else "",
        alternates=tuple(edition.languages) if here else (),
        description=f"{what}. {lead}" if lead else what,
        share_image=f"{settings().base_url}{edition_url(edition, 'card.png')}?lang={language}" if here else "",
        share_alt=f"{what}. {theme}" if theme else what,
        logo=edition.conference.logo,
        logo_dark=edition.conference.logo_dark,
    )


def _within(edition: Edition, page: str) -> tuple[str, ...]:
    """Return the beginnings of the addresses that belong to a page of the navigation."""
    more = ("talks/", "my-programme") if page == "programme" else ()
    return tuple(edition_url(edition, part) for part in (page, *more))


def _what(edition: Edition) -> str:
    """Say what it is, when and where, for those who see no more of it than a link."""
    name = f"{format_ordinal(edition.number)} {edition.conference.name}"
    day = format_weekday(edition.starts_at, edition.zone)
    return ", ".join(part for part in (name, day, edition.venue_city) if part)


def _erase_line(edition: Edition) -> str:
    return _("Registrations for this edition are erased on %(day)s.", day=unbroken(format_day(edition.erase_on)))


def _present(edition: Edition) -> Link | None:
    """Return the way from an archived edition to the published one, while there is one."""
    found = find_current_edition(edition.conference_id)
    if found is None or found.state is not EditionState.PUBLISHED:
        return None
    return Link(_("Go to %(title)s", title=found.title), edition_url(found))


def organiser_line(conference: Conference) -> str:
    """Return who holds it and since when, as one sentence."""
    if conference.first_held:
        return _(
            "%(name)s is held by %(organiser)s, since %(year)s. Free, and open to all.",
            name=conference.name, organiser=conference.organiser, year=conference.first_held,
        )  # fmt: skip
    return _(
        "%(name)s is held by %(organiser)s. Free, and open to all.",
        name=conference.name,
        organiser=conference.organiser,
    )


def state_line(edition: Edition) -> str:
    """Say whether an edition is public, and how far away the day is."""
    words = {
        EditionState.DRAFT: _("Draft"),
        EditionState.PUBLISHED: _("Published"),
        EditionState.ARCHIVED: _("Archived"),
    }
    today = now().astimezone(edition.zone).date()
    days = (edition.starts_at.astimezone(edition.zone).date() - today).days
    if days > 1:
        distance = _("In %(days)s days", days=days)
    elif days == 1:
        distance = _("Tomorrow")
    elif days == 0:
        distance = _("Today")
    else:
        distance = _("Held on %(day)s", day=format_day(edition.starts_at, edition.zone))
    return f"{words[edition.state]}. {distance}"


def manage_frame(edition: Edition, banners: tuple[Banner, ...] = ()) -> ManageFrame:
    """Return what surrounds an organizer page of ``edition``: only what the account may open is linked."""
    known = principal()
    reads_mail = known.may(Permission.MAIL, edition.conference_id)
    waiting = mail_banners(edition.id, manage_url(edition, "mail")) if reads_mail else ()
    nav, section = navigate(
        manage_url(edition), request.path, lambda permission: known.may(permission, edition.conference_id)
    )
    return ManageFrame(
        brand=edition.conference.name,
        home_url=manage_url(edition),
        hue=edition.conference.hue,
        language=current_language(),
        edition_label=edition.title,
        state_line=state_line(edition),
        public_url=edition_url(edition),
        nav=nav,
        section=section,
        languages=language_links(),
        banners=(*banners, *waiting),
        user_name=known.actor.label,
        account_url=url_for("accounts_own.show"),
        sign_out_url=url_for("accounts_public.sign_out"),
        logo=edition.conference.logo,
        logo_dark=edition.conference.logo_dark,
    )


def conference_frame(conference: Conference) -> ManageFrame:
    """Return what surrounds an organizer page of a conference that is about no edition."""
    return ManageFrame(
        brand=conference.name,
        home_url="/manage/",
        hue=conference.hue,
        language=current_language(),
        languages=language_links(),
        user_name=principal().actor.label,
        sign_out_url=url_for("accounts_public.sign_out"),
        logo=conference.logo,
        logo_dark=conference.logo_dark,
    )


def manage_scope(conference: str, edition: str) -> ManageScope:
    """Return an edition as features below this one see it; raises ``NotFound``."""
    found = get_edition(conference, edition)
    return ManageScope(
        conference_id=found.conference_id,
        conference_slug=found.conference.slug,
        conference_name=found.conference.name,
        edition_id=found.id,
        edition_slug=found.slug,
        zone=found.zone,
        frame=manage_frame(found),
    )
