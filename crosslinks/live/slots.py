"""The day beside the stream: every talk and break, with what is on now and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crosslinks.kernel.columns import Texts
from crosslinks.programme.rules import LEAD_TIME, Mark
from crosslinks.programme.timeline import SessionRow, TalkRow, Timeline


@dataclass(frozen=True)
class Slot:
    """One talk or break; ``resumes_at`` is when the stream goes on after a break that it does not show."""

    starts_at: datetime
    ends_at: datetime
    title: Texts
    people: tuple[str, ...] = ()
    room_only: bool = False
    resumes_at: datetime | None = None
    mark: Mark = Mark.NONE
    minutes_until: int = 0


def day_slots(timeline: Timeline) -> list[Slot]:
    """Return the talks and breaks of a programme in order, marked at the timeline's moment."""
    found = [slot for row in timeline.rows for slot in _slots_of(row, timeline)]
    found.sort(key=lambda slot: (slot.starts_at, slot.ends_at))
    coming = next((slot for slot in found if timeline.now < slot.starts_at <= timeline.now + LEAD_TIME), None)
    return [_marked(slot, timeline.now, slot is coming) for slot in found]


def _slots_of(row: SessionRow, timeline: Timeline) -> list[Slot]:
    room_only = timeline.has_stream and not row.streamed
    if row.is_break or not row.talks:
        return [Slot(row.starts_at, row.ends_at, row.title, room_only=room_only, resumes_at=row.resumes_at)]
    return [_of_talk(talk, room_only=room_only) for talk in row.talks]


def _of_talk(talk: TalkRow, *, room_only: bool) -> Slot:
    return Slot(talk.starts_at, talk.ends_at, talk.title, tuple(name for name, _from in talk.credits), room_only)


def _marked(slot: Slot, now: datetime, is_next: bool) -> Slot:
    mark, minutes = Mark.NONE, 0
    if slot.ends_at <= now:
        mark = Mark.PAST
    elif slot.starts_at <= now:
        mark = Mark.NOW
    elif is_next:
        mark, minutes = Mark.NEXT, -((now - slot.starts_at) // timedelta(minutes=1))
    return replace(slot, mark=mark, minutes_until=minutes)
