"""The public form for a contact person and up to 25 colleagues: one row each, all of them right or none is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.invitations.groups import Colleague, Contact
from crosslinks.invitations.rules import MOST_IN_GROUP
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.forms import LONGEST_ANSWER, Address, Chosen, Line, Ticked
from crosslinks.registration.rules import LONGEST_EMAIL, LONGEST_NAME, LONGEST_ORGANISATION, Details
from crosslinks.web.languages import current_language

FIRST_ROWS = 3
MORE_ROWS = 3
_LINKS = ("://", "www.", "@")


class NoLink:
    """Refuse a name with an address in it: it is shown in mails to others."""

    def __call__(self, form: object, field: Any) -> None:
        if any(mark in (field.data or "").lower() for mark in _LINKS):
            raise ValidationError(_("Write a name, without an address in it"))


class ColleagueForm(Form):
    """One row of the group."""

    given_name = StringField(_l("Given name"), [Line(LONGEST_NAME, _l("Write the given name"))])
    family_name = StringField(_l("Family name"), [Line(LONGEST_NAME, _l("Write the family name"))])
    email = StringField(_l("E-mail address"), [Line(LONGEST_EMAIL, _l("Write the e-mail address")), Address()])
    mode = SelectField(_l("Takes part"), choices={}, validate_choice=False)

    def offer(self, modes: Iterable[Mode]) -> None:
        """Show only the modes that the edition offers; a single one is chosen already."""
        words = {Mode.ONSITE.value: _("In the room"), Mode.DIGITAL.value: _("On the stream")}
        offered = {mode.value for mode in modes}
        self.mode.choices = {value: label for value, label in words.items() if value in offered}
        self.mode.validators = [Chosen(offered, _("Choose the room or the stream"))]
        self.mode.flags.required = True
        if not self.mode.data:
            self.mode.data = next(iter(self.mode.choices), None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in this row."""
        return not any((field.data or "").strip() for field in (self.given_name, self.family_name, self.email))


class GroupForm(FlaskForm):
    """The contact person, their workplace, and the rows; ``website`` is left empty by people."""

    contact_name = StringField(_l("Your name"), [Line(LONGEST_NAME, _l("Write your name")), NoLink()])
    contact_email = StringField(
        _l("Your e-mail address"), [Line(LONGEST_EMAIL, _l("Write your e-mail address")), Address()]
    )
    organisation = StringField(_l("Workplace or place of study"), [Line(LONGEST_ORGANISATION)])
    consent_privacy = BooleanField(_l("Their data"), [Ticked(_l("Tick this to go on"))])
    website = StringField(_l("Leave this empty"))
    opened = HiddenField()
    question = HiddenField()
    answer = StringField(_l("A small question"), [Line(LONGEST_ANSWER)])

    def __init__(self, *args: Any, modes: Iterable[Mode], rows: int, **values: Any) -> None:
        super().__init__(*args, **values)
        typed = request.form if self.is_submitted() else None
        self.rows = [ColleagueForm(typed, prefix=f"p{number}-") for number in range(rows)]
        offered = list(modes)
        for row in self.rows:
            row.offer(offered)

    @property
    def filled(self) -> list[ColleagueForm]:
        """The rows that somebody wrote in."""
        return [row for row in self.rows if not row.is_empty]

    def is_right(self) -> bool:
        """Say whether everything can be used; else each field says what is wrong with it."""
        valid = bool(self.validate_on_submit())
        filled = self.filled
        if not filled:
            self.rows[0].given_name.errors = [_("Name at least one person")]
            return False
        right = [row.validate() for row in filled]
        return valid and all(right) and not self._refuse_doubles(filled)

    def _refuse_doubles(self, filled: list[ColleagueForm]) -> bool:
        """Note an address that stands in two rows: each person needs a mail of their own."""
        seen: dict[str, int] = {}
        doubled = False
        for number, row in enumerate(filled, start=1):
            earlier = seen.setdefault(normalise_email(row.email.data or "")[1], number)
            if earlier != number:
                row.email.errors = [_("This address stands in another row. Each person needs their own.")]
                doubled = True
        return doubled

    def all_fields(self) -> AllFields:
        """Return every field of the form and its rows, for the summary of errors."""
        return AllFields(self)

    def contact(self) -> Contact:
        """Return who registers the others, after validation."""
        return Contact(self.contact_name.data or "", self.contact_email.data or "", current_language())

    def colleagues(self) -> list[Colleague]:
        """Return who is to be registered, after validation."""
        return [
            Colleague(
                Details(
                    row.given_name.data or "",
                    row.family_name.data or "",
                    row.email.data or "",
                    self.organisation.data or "",
                    language=current_language(),
                ),
                Mode(row.mode.data),
            )
            for row in self.filled
        ]


class AllFields:
    """A form with its rows, as the summary of errors reads it."""

    def __init__(self, form: GroupForm) -> None:
        self._form = form
        self.form_errors: list[str] = []

    def __iter__(self) -> Iterator[Field]:
        yield from self._form
        for row in self._form.rows:
            yield from row


def asked_rows() -> int:
    """Return how many rows were sent, and how many more are asked for; never more than a group may have."""
    typed = request.form.get("rows", "")
    rows = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else FIRST_ROWS
    if "add" in request.form:
        rows += MORE_ROWS
    return max(FIRST_ROWS, min(rows, MOST_IN_GROUP))
