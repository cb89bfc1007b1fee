"""The form of a mailing: what it is about, whom it is for, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from crosslinks.consents.rules import ASKED_BY_EDITION
from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.consents.words import purpose_words as consent_words
from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import Texts
from crosslinks.mailings.models import Mailing
from crosslinks.mailings.placeholders import LONGEST_LINE, check_text
from crosslinks.mailings.purposes import Attended, Audience, Purpose, Source, read_audience
from crosslinks.mailings.sandbox import LONGEST_TEXT
from crosslinks.questions.queries import list_questions
from crosslinks.questions.rules import NO, YES, Kind
from crosslinks.registration.letter_facts import edition_facts
from crosslinks.registration.rules import Place, Status
from crosslinks.registration.words import profession_words, role_words
from crosslinks.web.forms import NoNul, stripped
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import texts

ANY = ""


def _subject(label: str) -> StringField:
    return StringField(label, [Optional(), Length(max=LONGEST_LINE), NoNul()], filters=[stripped])


def _body(label: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), Length(max=LONGEST_TEXT), NoNul()], filters=[stripped])


def _choice(label: str) -> SelectField:
    return SelectField(label, [Optional()], choices=[], default=ANY)


class MailingForm(FlaskForm):
    """A draft. An audience's filters that its source does not have are left out of it, and out of the count."""

    purpose = RadioField(_l("What is it about?"), choices=[], default=Purpose.ABOUT.value)
    source = _choice(_l("Who"))
    status = _choice(_l("Status"))
    place = _choice(_l("Takes part"))
    role = _choice(_l("Role on the badge"))
    profession = _choice(_l("Profession"))
    language = _choice(_l("Language"))
    attended = _choice(_l("Came"))
    consent = _choice(_l("Has agreed to"))
    answer = _choice(_l("Has answered"))
    newcomers = BooleanField(_l("Leave out who is registered for this edition already"), default=True)
    subject_en = _subject(_l("Subject, in English"))
    subject_nb = _subject(_l("Subject, in Norwegian"))
    body_en = _body(_l("Text, in English"))
    body_nb = _body(_l("Text, in Norwegian"))

    @classmethod
    def of(
        cls, edition: Edition, mailing: Mailing | None = None, values: Mapping[str, Any] | None = None
    ) -> MailingForm:
        """Return the form filled with a draft or with ``values``, or with what was just sent."""
        audience = read_audience(mailing.purpose, mailing.audience).as_dict() if mailing else {}
        if audience.get("question"):
            audience["answer"] = f"{audience['question']}:{audience.get('answer', '')}"
        if mailing:
            audience.setdefault("newcomers", False)
        filled = {
            "purpose": (mailing.purpose if mailing else Purpose.ABOUT).value,
            **audience,
            **{f"subject_{code}": text for code, text in (mailing.subject if mailing else {}).items()},
            **{f"body_{code}": text for code, text in (mailing.body if mailing else {}).items()},
        }
        form = cls(data=filled)
        form.offer(edition)
        return form

    def offer(self, edition: Edition) -> None:
        """Offer the languages and the choices of an edition."""
        self._edition = edition
        self.purpose.flags.required = True
        self._languages = [code for code in LANGUAGES if code in edition.languages] or list(LANGUAGES)
        self.purpose.choices = [(purpose.value, words) for purpose, words in purpose_words().items()]
        self.source.choices = [(source.value, words) for source, words in source_words().items()]
        self.status.choices = [(ANY, _("Everybody who has not cancelled")), *_pairs(status_words())]
        self.place.choices = [(ANY, _("In the room or digitally")), *_pairs(place_words())]
        self.role.choices = [(ANY, _("Any")), *_pairs(role_words())]
        self.profession.choices = [(ANY, _("Any")), *_pairs(profession_words())]
        self.language.choices = [(ANY, _("Any")), *((code, LANGUAGES[code]) for code in self._languages)]
        self.attended.choices = [(ANY, _("Came or not")), *_pairs(attended_words())]
        self.consent.choices = [(ANY, _("Anything or nothing")), *_pairs(consents_in_words())]
        self.answer.choices = [(ANY, _("Anything or nothing")), *answers_in_words(edition.id)]

    @property
    def languages(self) -> list[str]:
        """The languages in which it can be written."""
        return self._languages

    @property
    def chosen_purpose(self) -> Purpose:
        """What it is about, as far as that was chosen."""
        return Purpose(self.purpose.data) if self.purpose.data in set(Purpose) else Purpose.ABOUT

    def audience(self) -> Audience:
        """Return whom it is for; what cannot be read asks for everybody."""
        question, _colon, answer = (self.answer.data or "").partition(":")
        found = {field.name: field.data for field in self if field.name != "answer"}
        usable = question.isascii() and question.isdigit() and len(question) < 10
        return read_audience(
            self.chosen_purpose,
            found | {"question": int(question) if usable else 0, "answer": answer if usable else ""},
        )

    def texts(self, name: str) -> Texts:
        """Return what was typed as ``subject`` or ``body``, only the languages that have a text."""
        typed = {code: self[f"{name}_{code}"].data or "" for code in self._languages}
        return {code: text for code, text in typed.items() if text}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, that a language has both subject and text, and every placeholder."""
        good = super().validate(extra_validators)
        return all([good, *(self._check_language(code) for code in self._languages), self._has_text()])

    def _has_text(self) -> bool:
        if self.texts("subject") or self.texts("body"):
            return True
        first = self[f"subject_{self._languages[0]}"]
        first.errors = [*first.errors, _("Write it in one language at least.")]
        return False

    def _check_language(self, code: str) -> bool:
        subject, body = self[f"subject_{code}"], self[f"body_{code}"]
        if bool(subject.data) is not bool(body.data):
            empty = body if subject.data else subject
            empty.errors = [*empty.errors, _("Subject and text go together: write both or neither.")]
            return False
        kind = f"mailings.{self.chosen_purpose.value}"
        facts = edition_facts(self._edition, code)
        good = True
        for field, one_line in ((subject, True), (body, False)):
            problems = check_text(field.data, kind, facts, one_line=one_line) if field.data and not field.errors else []
            if problems:
                field.errors = [*field.errors, *map(str, problems)]
                good = False
        return good


def _pairs(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(key.value, label) for key, label in words.items()]


def purpose_words() -> dict[Purpose, str]:
    """Return what a mailing is about, by purpose."""
    return {Purpose.ABOUT: _("This event, to its participants"), Purpose.NEWS: _("News or an invitation")}


def source_words() -> dict[Source, str]:
    """Return where people of an audience come from."""
    return {
        Source.EDITION: _("People of this edition"),
        Source.LAST_AND_INTEREST: _("People of the last edition, and the interest list"),
        Source.LAST_EDITION: _("People of the last edition"),
        Source.INTEREST: _("The interest list"),
    }


def status_words() -> dict[Status, str]:
    """Return how registrations stand."""
    return {
        Status.CONFIRMED: _("Has a place"),
        Status.WAITING: _("Waits for a place"),
        Status.CANCELLED: _("Has cancelled"),
    }


def place_words() -> dict[Place, str]:
    """Return the two ways to take part."""
    return {Place.ONSITE: _("In the room"), Place.DIGITAL: _("On the stream")}


def attended_words() -> dict[Attended, str]:
    """Return whether somebody was let in at the door."""
    return {Attended.YES: _("Came"), Attended.NO: _("Did not come")}


def consents_in_words() -> dict[ConsentPurpose, str]:
    """Return the consents that an edition asks for by itself."""
    return {purpose: consent_words(purpose) for purpose in ASKED_BY_EDITION}


def answers_in_words(edition_id: int) -> list[tuple[str, str]]:
    """Return every answer that can be chosen, as ``question:choice`` and in words."""
    found: list[tuple[str, str]] = []
    for question in list_questions(edition_id):
        options = {one["id"]: texts(one["label"]) for one in question.options}
        if question.kind is Kind.YES_NO:
            options = {YES: _("Yes"), NO: _("No")}
        label = texts(question.label)
        found += [(f"{question.id}:{option}", f"{label}: {words}") for option, words in options.items()]
    return found


def audience_in_words(edition: Edition, purpose: Purpose, audience: Audience) -> list[str]:
    """Return whom a mailing is for, one phrase for each filter that is set."""
    found = [source_words()[audience.source]]
    chosen: tuple[tuple[Any, Mapping[Any, str]], ...] = (
        (audience.status, status_words()),
        (audience.place, place_words()),
        (audience.role, role_words()),
        (audience.profession, profession_words()),
        (audience.language, LANGUAGES),
        (audience.attended, attended_words()),
        (audience.consent, consents_in_words()),
        (f"{audience.question}:{audience.answer}", dict(answers_in_words(edition.id)) if audience.question else {}),
    )
    found += [words[value] for value, words in chosen if value and value in words]
    if purpose is Purpose.NEWS and audience.source is not Source.INTEREST:
        found.append(_("Only who agreed to be invited"))
    if audience.newcomers:
        found.append(_("Not who is registered already"))
    return found
