"""The organizer's overview of one edition: one sentence, four figures, what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.checkin.queries import list_arrivals
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.home.agenda import list_coming
from crosslinks.home.figures import (
    EditionFigures,
    count_unprinted,
    edition_figures,
    registrations_over_time,
)
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.mail.rules import MailState
from crosslinks.programme.conflicts import Span, find_conflicts
from crosslinks.programme.publishing import has_unpublished
from crosslinks.programme.queries import list_session_rows, plan_of
from crosslinks.programme.release_drafts import count_drafts
from crosslinks.reports.figures import find_rate
from crosslinks.web.formats import format_clock, format_short_day
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

home_manage = Blueprint("home_manage", __name__)


@dataclass(frozen=True)
class Todo:
    """Something that waits for an organizer; ``kind`` and ``icon`` are those of a status."""

    kind: str
    icon: str
    text: str
    url: str
    act: str
    permission: Permission


def _todos(edition: Edition, figures: EditionFigures) -> list[Todo]:
    failed = figures.mail[MailState.FAILED]
    plan = plan_of(list_session_rows(edition.id))
    conflicts = len(find_conflicts(Span(edition.starts_at, edition.ends_at), plan))
    unprinted, letters = count_unprinted(edition.id), count_drafts(edition.id)
    over = {mode: -count.free for mode, count in figures.modes.items() if count.free is not None and count.free < 0}
    found = [
        Todo("bad", "warning", ngettext("%(num)s message could not be delivered",
             "%(num)s messages could not be delivered", failed), "mail?state=failed", _("Look"), Permission.MAIL)
        if failed else None,
        Todo("warn", "clock", ngettext("%(num)s conflict in the programme", "%(num)s conflicts in the programme",
             conflicts), "programme", _("Look"), Permission.PROGRAMME)
        if conflicts else None,
        Todo("accent", "list-bullets", _("The programme has changes that are not published"), "programme/releases",
             _("Look"), Permission.PROGRAMME)
        if has_unpublished(edition.id) else None,
        Todo("accent", "envelope-simple", ngettext("%(num)s letter about the programme waits for you",
             "%(num)s letters about the programme wait for you", letters), "programme/releases#letters", _("Look"),
             Permission.PROGRAMME)
        if letters else None,
        Todo("accent", "identification-badge", ngettext("%(num)s badge not yet printed",
             "%(num)s badges not yet printed", unprinted), "badges", _("Print"), Permission.BADGES)
        if unprinted else None,
        Todo("warn", "eye-slash", _("The edition is a draft. Nobody else sees it"), "settings", _("Publish"),
             Permission.EDITION)
        if edition.state is EditionState.DRAFT else None,
        *(
            Todo("warn", "users", ngettext("%(num)s person more than there are places",
                 "%(num)s people more than there are places", people), "registrations", _("Look"),
                 Permission.REGISTRATIONS)
            for people in over.values()
        ),
    ]  # fmt: skip
    known = principal()
    return [todo for todo in found if todo and known.may(todo.permission, edition.conference_id)]


@home_manage.get("/manage/<conference>/<edition>/")
@requires(Permission.OVERVIEW)
def overview(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    figures = edition_figures(found.id)
    growth = registrations_over_time(found, now())
    came = list_arrivals(found.id)
    return render_page(
        "home/manage/overview.html",
        manage_frame(found),
        edition=found,
        figures=figures,
        rate=find_rate(found),
        onsite=figures.modes.get(Mode.ONSITE),
        digital=figures.modes.get(Mode.DIGITAL),
        growth=growth,
        growth_labels=[format_short_day(day) for day in growth.days],
        arrivals=came,
        arrival_labels=[format_clock(moment, found.zone) for moment, _count in came],
        todos=_todos(found, figures),
        agenda=list_coming(found, now()),
        place=manage_url(found),
        may_door=principal().may(Permission.DOOR, found.conference_id),
    )
