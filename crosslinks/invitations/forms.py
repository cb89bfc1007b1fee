"""The forms of invitations: inviting several people, prolonging, and the invited person's own form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.invitations.inviting import Guest, Terms
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rows import split_name
from crosslinks.invitations.rules import (
    DAYS_TO_ANSWER,
    LONGEST_MESSAGE,
    MOST_AT_ONCE,
    MOST_DAYS_TO_ANSWER,
    InvitationKind,
)
from crosslinks.invitations.words import kind_words
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.desk_forms import Lines
from crosslinks.registration.forms import Chosen, Line, Ticked
from crosslinks.registration.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    BadgeRole,
    Details,
    Place,
    Profession,
    clean_line,
)
from crosslinks.registration.words import place_words, role_words
from crosslinks.sponsors.models import Sponsor
from crosslinks.web.forms import WholeNumber
from crosslinks.web.languages import LANGUAGES

LONGEST_LIST = 60_000
LONGEST_LINE = 500


class InviteForm(FlaskForm):
    """One person a line, and what all of them are invited to."""

    people = TextAreaField(_l("Whom you invite"), [InputRequired(_l("Name at least one person"))])
    kind = SelectField(_l("Why they are invited"), [InputRequired()], choices={})
    sponsor = SelectField(_l("Sponsor"), choices={}, default="")
    role = SelectField(_l("Role on the badge"), [InputRequired()], choices={})
    mode = SelectField(_l("Takes part"), [InputRequired()], choices={})
    language = SelectField(_l("Language of mails"), [InputRequired()], choices=dict(LANGUAGES))
    message = TextAreaField(_l("Your own words in the mail"), [Lines(LONGEST_MESSAGE)])
    days = WholeNumber(
        _l("Days to answer"), [InputRequired(), NumberRange(1, MOST_DAYS_TO_ANSWER)], default=DAYS_TO_ANSWER
    )
    reserve = BooleanField(_l("Keep a place for each of them until then"))

    def __init__(self, *args: Any, modes: Iterable[Mode] = (), sponsors: Sequence[Sponsor] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        words = place_words()
        self.kind.choices = {kind.value: text for kind, text in kind_words().items()}
        self.role.choices = {role.value: text for role, text in role_words().items()}
        self.mode.choices = {mode.value: words[Place.of(mode)] for mode in modes}
        self.sponsor.choices = {"": _("None")} | {str(sponsor.id): sponsor.name for sponsor in sponsors}
        self._guests: list[Guest] = []

    def validate_people(self, field: TextAreaField) -> None:
        """Read one person a line; say of the first line that cannot be used what is wrong with it."""
        typed = field.data or ""
        if len(typed) > LONGEST_LIST:
            raise ValidationError(_("At most %(most)s people at once.", most=MOST_AT_ONCE))
        for number, line in enumerate(typed.splitlines(), start=1):
            if line.strip():
                self._guests.append(read_guest(line, number))
        if len(self._guests) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(most)s people at once.", most=MOST_AT_ONCE))
        if not self._guests:
            raise ValidationError(_("Name at least one person"))

    @property
    def guests(self) -> list[Guest]:
        """Who is invited, after validation."""
        return self._guests

    def terms(self, now: datetime, zone: ZoneInfo) -> Terms:
        """Return what they are invited to, after validation; the last day to answer counts whole."""
        return Terms(
            kind=InvitationKind(self.kind.data),
            role=BadgeRole(self.role.data),
            mode=Mode(self.mode.data),
            language=self.language.data,
            expires_at=end_of_day(now + timedelta(days=self.days.data or DAYS_TO_ANSWER), zone),
            reserve=bool(self.reserve.data),
            message=self.message.data or "",
            sponsor_id=int(self.sponsor.data) if self.sponsor.data else None,
        )


def end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of a moment's day where the edition is held."""
    return datetime.combine(moment.astimezone(zone).date() + timedelta(days=1), time(), zone)


def read_guest(line: str, number: int) -> Guest:
    """Return whom a line is about: name, address and workplace; raises ``ValidationError`` naming the line."""
    cleaned = clean_line(line[:LONGEST_LINE].replace("\t", ";"))
    if cleaned is None:
        raise ValidationError(_("Line %(number)s: there is a character in it that cannot be kept.", number=number))
    marked = cleaned.replace("<", ";").replace(">", ";")
    parts = [part.strip(' "') for part in marked.split(";" if ";" in marked else ",")]
    parts = [part for part in parts if part]
    place = next((place for place, part in enumerate(parts) if "@" in part), None)
    if place is None:
        raise ValidationError(_("Line %(number)s: the e-mail address is missing.", number=number))
    email, names, rest = parts[place], " ".join(parts[:place]), ", ".join(parts[place + 1 :])
    if not names:
        raise ValidationError(_("Line %(number)s: write the name before the address.", number=number))
    given, family = split_name(names)
    if max(len(given), len(family)) > LONGEST_NAME or len(rest) > LONGEST_ORGANISATION or len(email) > LONGEST_EMAIL:
        raise ValidationError(_("Line %(number)s is too long.", number=number))
    try:
        normalise_email(email)
    except Invalid:
        raise ValidationError(_("Line %(number)s: no mail can be sent to this address.", number=number)) from None
    return Guest(given, family, email, rest)


class ExtendForm(FlaskForm):
    """Another last day to answer."""

    until = DateField(_l("Last day to answer"), [InputRequired()])


class AcceptForm(FlaskForm):
    """What the invited person corrects and adds; the address is the one that the invitation went to."""

    mode = RadioField(_l("How will you take part?"), choices={}, validate_choice=False)
    given_name = StringField(_l("Given name"), [Line(LONGEST_NAME, _l("Write your given name"))])
    family_name = StringField(_l("Family name"), [Line(LONGEST_NAME, _l("Write your family name"))])
    organisation = StringField(_l("Workplace or place of study"), [Line(LONGEST_ORGANISATION)])
    profession = RadioField(
        _l("Are you a health professional?"),
        [Chosen([profession.value for profession in Profession], _l("Choose yes or no"))],
        choices={},
        validate_choice=False,
    )
    needs_assistance = BooleanField(_l("I need assistance at the venue"))
    consent_privacy = BooleanField(_l("Your data"), [Ticked(_l("Tick this to go on"))])

    def __init__(self, *args: Any, modes: Iterable[Mode] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        offered = {mode.value for mode in modes}
        words = {Mode.ONSITE.value: _("In the room"), Mode.DIGITAL.value: _("On the stream")}
        self.mode.choices = {value: label for value, label in words.items() if value in offered}
        self.mode.validators = [Chosen(offered, _("Choose the room or the stream"))]
        self.mode.flags.required = True
        self.profession.choices = {Profession.HEALTH.value: _("Yes"), Profession.OTHER.value: _("No")}

    @classmethod
    def values_of(cls, invitation: Invitation) -> dict[str, Any]:
        """Return what is known of the invited person, by field."""
        names = ("given_name", "family_name", "organisation")
        return {name: getattr(invitation, name) for name in names} | {"mode": invitation.mode.value}

    def details(self, invitation: Invitation) -> Details:
        """Return what was told, after validation."""
        return Details(
            self.given_name.data or "",
            self.family_name.data or "",
            invitation.email,
            self.organisation.data or "",
            Profession(self.profession.data),
            invitation.language,
            needs_assistance=bool(self.needs_assistance.data) and self.mode.data == Mode.ONSITE,
        )
