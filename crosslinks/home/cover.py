"""The cover of an edition: its whole day drawn from left to right."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crosslinks.editions.models import Edition
from crosslinks.programme.timeline import SessionRow, TalkRow, Timeline
from crosslinks.web.drawings import Break, Cover, Moment, cover
from crosslinks.web.languages import current_language
from crosslinks.web.pages import texts

LONGEST_BREAK_NAME = 12


def cover_drawings(edition: Edition, timeline: Timeline) -> dict[str, Cover] | None:
    """Return the wide and the phone drawing of the first day, or None while there is no programme."""
    if not timeline.days:
        return None
    rows = timeline.days[0].rows
    zone = timeline.zone
    talks = [_moment(talk, zone) for row in rows for talk in row.talks]
    breaks = [_break(row, zone) for row in rows if row.is_break]
    if not talks:
        return None
    earlier = max(edition.number - 1, 0)
    clock = "." if current_language() == "nb" else ":"
    seed = edition.conference.slug
    return {
        "wide": cover(talks, breaks, earlier=earlier, seed=seed, clock=clock),
        "phone": cover(talks, breaks, earlier=earlier, seed=seed, phone=True, clock=clock),
    }


def _minute(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.hour * 60 + local.minute


def _moment(talk: TalkRow, zone: ZoneInfo) -> Moment:
    names = [speaker.family_name for speaker in talk.speakers] if talk.minutes >= 20 else []
    return Moment(_minute(talk.starts_at, zone), talk.minutes, names[0] if names else "")


def _break(row: SessionRow, zone: ZoneInfo) -> Break:
    words = texts(row.title).split()
    name = words[0] if words and len(words[0]) <= LONGEST_BREAK_NAME else ""
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    return Break(_minute(row.starts_at, zone), minutes, name)
