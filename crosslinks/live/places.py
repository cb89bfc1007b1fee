"""What the stream adds to the pages of one person: the way to it, and how long they were there."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.editions.models import Edition
from crosslinks.live.queries import digital_minutes, find_stream, window_of
from crosslinks.live.rules import StreamState, stream_state
from crosslinks.registration.models import Registration
from crosslinks.registration.plugs import Deed
from crosslinks.registration.rules import Place
from crosslinks.web.formats import format_clock, format_day


def live_deed(registration: Registration, edition: Edition, base: str, now: datetime) -> Deed | None:
    """Return the way to the stream for somebody with a place on it; on the day it comes first."""
    if registration.place is not Place.DIGITAL:
        return None
    window = window_of(edition, find_stream(edition.id))
    state = stream_state(now, window)
    if state is StreamState.OVER:
        return None
    clock = format_clock(window.starts_at, edition.zone)
    is_today = window.starts_at.astimezone(edition.zone).date() <= now.astimezone(edition.zone).date()
    if state is StreamState.OPEN:
        text = _("The stream is open.")
    elif is_today:
        text = _("The stream opens today at %(time)s.", time=clock)
    else:
        day = format_day(window.starts_at, edition.zone)
        text = _("It opens on %(day)s at %(time)s.", day=day, time=clock)
    label = _("Go to the stream") if is_today else _("See the page")
    return Deed(_("Your page for the stream"), text, label, f"{base}/live", "monitor", first=is_today)


def live_fact(registration: Registration) -> tuple[str, str] | None:
    """Return how long somebody was at the stream, for the organizer; None for those who never were."""
    minutes = digital_minutes(registration.id)
    if not minutes:
        return None
    return _("At the stream"), ngettext("%(num)s minute", "%(num)s minutes", minutes)
