"""What the timetable sends when something is drawn, moved or resized. Times are the edition's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, NaiveDatetime

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local, to_utc
from crosslinks.kernel.errors import Invalid
from crosslinks.web.payloads import Payload, PlainText

MOST_ID = 2_147_483_647
FAR = timedelta(days=31)

Number = Annotated[int, Field(ge=1, le=MOST_ID)]
Room = Annotated[int, Field(ge=0, le=MOST_ID)]
Version = Annotated[int, Field(ge=0, le=MOST_ID)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Title = Annotated[PlainText, Field(max_length=200)]


class NewPart(Payload):
    """A session, a break or a talk; a talk in ``session`` comes after the others there, else it stands alone."""

    kind: Literal["session", "break", "talk"]
    title_en: Title = ""
    title_nb: Title = ""
    starts_at: NaiveDatetime | None = None
    minutes: Minutes
    room: Room = 0
    session: Room = 0


class SessionPlace(Payload):
    """Where a session, break or talk alone is to be."""

    version: Version
    starts_at: NaiveDatetime
    minutes: Minutes
    room: Room


class TalkPlace(Payload):
    """Where a talk is to be: in a session at a place in its order, or (0) alone, with a time and a room."""

    version: Version
    session: Room
    position: Annotated[int, Field(ge=0, le=1000)] = 0
    minutes: Minutes
    starts_at: NaiveDatetime | None = None
    room: Room = 0


class Seen(Payload):
    """The version that was seen of what is to go."""

    version: Version


class Nothing(Payload):
    """A deed that needs no facts."""


def moment_of(edition: Edition, local: datetime | None) -> datetime:
    """Return the moment of a local time; raises ``Invalid`` where there is none within a month of the edition."""
    if local is None or abs(local - to_local(edition.starts_at, edition.zone)) > FAR:
        raise Invalid("programme.time_unusable", fields={"starts_at": "programme.time_unusable"})
    return to_utc(local.replace(second=0, microsecond=0), edition.zone)
