"""Forms of the day: sessions, breaks, talks, rooms and people. Times are typed in the edition's zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local, to_utc
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.models import Person, Room, Session, Talk
from crosslinks.programme.rules import TalkKind, minutes_between
from crosslinks.programme.timeline import SessionRow
from crosslinks.web.forms import WholeNumber, has_text, line, passage, spread_texts, typed_texts
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import texts

MOST_PEOPLE = 20
MOST_ABSTRACT = 8_000
FAR = timedelta(days=31)
ALONE = 0
_NOBODY = 0


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [InputRequired()])


def _choice(label: str, *, number: bool = False, description: str = "") -> SelectField:
    return SelectField(label, [InputRequired()], coerce=int if number else str, description=description)


class PeopleField(SelectMultipleField):
    """Several selects whose order counts; brackets in their name tell that it is shared on purpose."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.name += "[]"


def _people(label: str) -> PeopleField:
    return PeopleField(label, [Length(max=MOST_PEOPLE, message=_l("At most 20 people."))], coerce=int)


class _Timed(FlaskForm):
    """What sessions and talks share: moments in the edition's zone, within a month of its day."""

    _edition: Edition

    def _moment_of(self, field: DateTimeLocalField) -> datetime | None:
        """Return the moment that was typed; None, with the error noted, when there is no such moment."""
        typed = field.data
        if typed is None:
            return None
        day = to_local(self._edition.starts_at, self._edition.zone)
        if abs(typed - day) > FAR:
            field.errors = [_("That is more than a month from the day of the edition.")]
            return None
        try:
            return to_utc(typed, self._edition.zone)
        except Invalid:
            field.errors = [_("The clock skips that hour on that day.")]
            return None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that there is a title in one language at least."""
        good = super().validate(extra_validators)
        return has_text(self, "title", _("Give a title in at least one language.")) and good


class SessionForm(_Timed):
    """A session or a break."""

    title_en = line(_l("Title, in English"), most=200)
    title_nb = line(_l("Title, in Norwegian"), most=200)
    summary_en = line(_l("One line about it, in English"))
    summary_nb = line(_l("One line about it, in Norwegian"))
    starts_at = _moment(_l("Starts"))
    ends_at = _moment(_l("Ends"))
    room = _choice(_l("Room"), number=True)
    streamed = BooleanField(_l("On the stream too"))
    move_talks = BooleanField(_l("If the start changes, move its talks along"), default=True)
    moderators = _people(_l("Moderator"))

    @classmethod
    def of(
        cls,
        edition: Edition,
        session: Session | SessionRow,
        rooms: Sequence[Room],
        people: Sequence[Person],
        moderators: Iterable[int] = (),
    ) -> SessionForm:
        """Return the form filled with the session's present facts, or with what was just sent."""
        form = cls(
            data={
                "starts_at": to_local(session.starts_at, edition.zone),
                "ends_at": to_local(session.ends_at, edition.zone),
                "room": session.room_id or ALONE,
                "streamed": session.streamed,
                "move_talks": True,
                "moderators": list(moderators),
                **spread_texts("title", session.title),
                **spread_texts("summary", session.summary),
            }
        )
        return form._prepared(edition, rooms, people)

    def _prepared(self, edition: Edition, rooms: Sequence[Room], people: Sequence[Person]) -> SessionForm:
        self._edition = edition
        self.room.choices = room_choices(rooms)
        _offer(self.moderators, people)
        return self

    def validate_ends_at(self, field: DateTimeLocalField) -> None:
        """Refuse a session that ends before it starts."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("It must end after it starts."))

    def changes(self) -> dict[str, Any] | None:
        """Return the fields as typed, moments in UTC; None, with the error noted, for a time that cannot be."""
        starts_at, ends_at = self._moment_of(self.starts_at), self._moment_of(self.ends_at)
        if starts_at is None or ends_at is None:
            return None
        return {
            "title": typed_texts(self, "title"),
            "summary": typed_texts(self, "summary"),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "streamed": bool(self.streamed.data),
        }


class TalkForm(_Timed):
    """A talk, in a session or on its own."""

    title_en = line(_l("Title, in English"))
    title_nb = line(_l("Title, in Norwegian"))
    kind = _choice(_l("Kind"))
    session = _choice(_l("Session"), number=True)
    starts_at = _moment(_l("Starts"))
    minutes = WholeNumber(_l("Minutes"), [InputRequired(), NumberRange(1, 24 * 60)])
    room = _choice(_l("Room"), number=True, description=_l("Only for a talk outside the sessions."))
    streamed = BooleanField(_l("On the stream too"), description=_l("Only for a talk outside the sessions."))
    speakers = _people(_l("Speaker"))
    abstract = passage(
        _l("Abstract"), most=MOST_ABSTRACT, description=_l("In one language. Lists with -, emphasis with *.")
    )
    abstract_language = _choice(_l("Language of the abstract"))

    @classmethod
    def of(
        cls,
        edition: Edition,
        values: dict[str, Any],
        rows: Sequence[SessionRow],
        rooms: Sequence[Room],
        people: Sequence[Person],
    ) -> TalkForm:
        """Return the form filled with ``values``, or with what was just sent."""
        form = cls(data=values)
        form._edition = edition
        form.kind.choices = talk_kind_choices()
        form.session.choices = {str(ALONE): _("On its own")} | {
            str(row.id): f"{to_local(row.starts_at, edition.zone):%H:%M} {texts(row.title)}"
            for row in rows
            if row.kind == "session"
        }
        form.room.choices = room_choices(rooms)
        form.abstract_language.choices = language_choices()
        _offer(form.speakers, people)
        return form

    def changes(self) -> dict[str, Any] | None:
        """Return the fields as typed, moments in UTC; None, with the error noted, for a time that cannot be."""
        starts_at = self._moment_of(self.starts_at)
        if starts_at is None:
            return None
        return {
            "title": typed_texts(self, "title"),
            "kind": TalkKind(self.kind.data),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=self.minutes.data or 0),
            "abstract": self.abstract.data or "",
            "abstract_language": self.abstract_language.data,
        }


def talk_values(talk: Talk, edition: Edition) -> dict[str, Any]:
    """Return what a talk's form shows."""
    alone = talk.session.kind == "single"
    return {
        "kind": talk.kind.value,
        "session": ALONE if alone else talk.session_id,
        "starts_at": to_local(talk.starts_at, edition.zone),
        "minutes": minutes_between(talk.starts_at, talk.ends_at),
        "room": talk.session.room_id or ALONE,
        "streamed": talk.session.streamed,
        "abstract": talk.abstract,
        "abstract_language": talk.abstract_language,
        "speakers": [row.person_id for row in talk.speakers],
        **spread_texts("title", talk.title),
    }


class RoomForm(FlaskForm):
    """A room."""

    name = line(_l("Name"), most=120, required=True)
    seats = WholeNumber(_l("Seats"), [Optional(), NumberRange(1, 100_000)])


class MoveForm(FlaskForm):
    """One place earlier or later."""

    direction = StringField(validators=[AnyOf(("earlier", "later"))])


def chosen_people(field: SelectMultipleField, people: Sequence[Person]) -> list[Person]:
    """Return those chosen in a field of several selects, in order, each once; who is gone meanwhile is left out."""
    known = {person.id: person for person in people}
    return [known[number] for number in dict.fromkeys(field.data or ()) if number in known]


def talk_kind_choices() -> dict[str, str]:
    """Return the kinds of a talk with their words."""
    return {
        TalkKind.TALK.value: _("Talk"),
        TalkKind.KEYNOTE.value: _("Keynote"),
        TalkKind.PANEL.value: _("Panel"),
        TalkKind.OPENING.value: _("Opening"),
        TalkKind.CLOSING.value: _("Closing"),
    }


def room_choices(rooms: Sequence[Room]) -> dict[str, str]:
    """Return the rooms to choose from, and none."""
    return {str(ALONE): _("Not told")} | {str(room.id): room.name for room in rooms}


def language_choices() -> dict[str, str]:
    """Return the languages that a text may be in."""
    return dict(LANGUAGES)


def _offer(field: SelectMultipleField, people: Sequence[Person]) -> None:
    field.choices = {str(_NOBODY): _("Nobody")} | {
        str(person.id): ", ".join(part for part in (person.family_name, person.given_name) if part) for person in people
    }
