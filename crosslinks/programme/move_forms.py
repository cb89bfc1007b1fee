"""The plain forms of the timetable: something new, and moving what is there, in time, between rooms and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local
from crosslinks.programme.forms import room_choices
from crosslinks.programme.models import Room
from crosslinks.programme.payloads import NewPart, SessionPlace, TalkPlace
from crosslinks.programme.rules import SessionKind
from crosslinks.programme.timeline import SessionRow
from crosslinks.programme.timetable import Block, TalkBlock
from crosslinks.web.forms import WholeNumber, has_text, line
from crosslinks.web.pages import texts

STEP = 5
MOST_MINUTES = 24 * 60


def _minutes() -> WholeNumber:
    return WholeNumber(_l("Minutes"), [InputRequired(), NumberRange(1, MOST_MINUTES)])


class NewPartForm(FlaskForm):
    """What is drawn into an empty span, or written down."""

    kind = RadioField(_l("What is it?"), [InputRequired()])
    title_en = line(_l("Title, in English"), most=200)
    title_nb = line(_l("Title, in Norwegian"), most=200)
    starts_at = DateTimeLocalField(_l("Starts"), [InputRequired()])
    minutes = _minutes()
    room = SelectField(_l("Room"), [InputRequired()], coerce=int)

    @classmethod
    def of(cls, edition: Edition, rooms: Sequence[Room], starts_at: datetime) -> NewPartForm:
        """Return the form, with what is to be suggested or what was just sent."""
        form = cls(
            data={"kind": "session", "starts_at": to_local(starts_at, edition.zone), "minutes": 60,
                  "room": rooms[0].id if rooms else 0}
        )  # fmt: skip
        form.kind.choices = [
            ("session", _("A session with talks")), ("talk", _("A talk on its own")), ("break", _("A break")),
        ]  # fmt: skip
        form.room.choices = room_choices(rooms)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that there is a title in one language at least."""
        good = super().validate(extra_validators)
        return has_text(self, "title", _("Give a title in at least one language.")) and good

    def wanted(self) -> NewPart:
        """Return what was written as the timetable's script would send it."""
        return NewPart(
            kind=self.kind.data,
            title_en=self.title_en.data or "",
            title_nb=self.title_nb.data or "",
            starts_at=self.starts_at.data,
            minutes=self.minutes.data or 1,
            room=self.room.data,
        )


class PlaceForm(FlaskForm):
    """Where a session, a break or a talk alone is to be."""

    version = HiddenField()
    starts_at = DateTimeLocalField(_l("Starts"), [InputRequired()])
    minutes = _minutes()
    room = SelectField(_l("Room"), [InputRequired()], coerce=int)

    @classmethod
    def of(cls, edition: Edition, block: Block, rooms: Sequence[Room]) -> PlaceForm:
        """Return the form filled with where it is now, or with what was just sent."""
        form = cls(data=place_values(edition, block) | {"version": block.version})
        form.room.choices = room_choices(rooms)
        return form

    def wanted(self, version: int) -> SessionPlace:
        """Return what was chosen as the timetable's script would send it."""
        assert self.starts_at.data is not None
        return SessionPlace(
            version=version, starts_at=self.starts_at.data, minutes=self.minutes.data or 1, room=self.room.data
        )


def place_values(edition: Edition, block: Block) -> dict[str, Any]:
    """Return where a block is, as its form shows it."""
    return {
        "starts_at": to_local(block.row.starts_at, edition.zone),
        "minutes": block.minutes,
        "room": block.row.room_id or 0,
    }


class OrderForm(FlaskForm):
    """Where a talk is to be in the order of a session."""

    version = HiddenField()
    session = SelectField(_l("Session"), [InputRequired()], coerce=int)
    position = WholeNumber(_l("Place in the session"), [InputRequired(), NumberRange(1, 1000)])
    minutes = _minutes()

    @classmethod
    def of(cls, edition: Edition, block: Block, talk: TalkBlock, rows: Sequence[SessionRow]) -> OrderForm:
        """Return the form filled with where it is now, or with what was just sent."""
        form = cls(data=order_values(block, talk) | {"version": talk.version})
        form.session.choices = {
            str(row.id): f"{to_local(row.starts_at, edition.zone):%H:%M} {texts(row.title)}"
            for row in rows
            if row.kind is SessionKind.SESSION
        }
        return form

    def wanted(self, version: int) -> TalkPlace:
        """Return what was chosen as the timetable's script would send it."""
        return TalkPlace(
            version=version, session=self.session.data, position=(self.position.data or 1) - 1,
            minutes=self.minutes.data or 1,
        )  # fmt: skip


def order_values(block: Block, talk: TalkBlock) -> dict[str, Any]:
    """Return where a talk is, as its form shows it."""
    return {"session": block.row.id, "position": block.talks.index(talk) + 1, "minutes": talk.minutes}


def stepped_place(edition: Edition, block: Block, step: str) -> SessionPlace:
    """Return where a block is after one of the buttons: five minutes earlier, later, shorter or longer."""
    shift = {"earlier": -STEP, "later": STEP}.get(step, 0)
    growth = {"shorter": -STEP, "longer": STEP}.get(step, 0)
    return SessionPlace(
        version=block.version,
        starts_at=to_local(block.row.starts_at, edition.zone) + timedelta(minutes=shift),
        minutes=max(block.minutes + growth, STEP),
        room=block.row.room_id or 0,
    )


def stepped_order(block: Block, talk: TalkBlock, step: str) -> TalkPlace:
    """Return where a talk is after one of the buttons: one place earlier or later, five minutes shorter or longer."""
    shift = {"earlier": -1, "later": 1}.get(step, 0)
    growth = {"shorter": -STEP, "longer": STEP}.get(step, 0)
    return TalkPlace(
        version=talk.version,
        session=block.row.id,
        position=max(block.talks.index(talk) + shift, 0),
        minutes=max(talk.minutes + growth, STEP),
    )
