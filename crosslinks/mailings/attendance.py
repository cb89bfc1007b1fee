"""What "came" means wherever letters ask for it: in the room or on the stream."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from crosslinks.checkin.models import Attendance
from crosslinks.live.models import Presence
from crosslinks.registration.models import Registration


def came() -> ColumnElement[bool]:
    """Return the condition for somebody who was let in at the door, or was at the stream for a while."""
    in_the_room = select(Attendance.registration_id).where(
        Attendance.registration_id == Registration.id, Attendance.first_at.is_not(None)
    )
    at_the_stream = select(Presence.id).where(Presence.registration_id == Registration.id)
    return or_(in_the_room.exists(), at_the_stream.exists())
