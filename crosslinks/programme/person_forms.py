"""Forms about people: what an organizer keeps of them, what they say of themselves, their portrait and slides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from crosslinks.config import settings
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.programme.forms import language_choices
from crosslinks.programme.models import Person, Talk
from crosslinks.programme.rules import Coming, https_url
from crosslinks.programme.slide_store import Stored, store_slides
from crosslinks.programme.slides import refuse_one_more
from crosslinks.web.formats import format_count
from crosslinks.web.forms import EmailAddress, NoNul, WholeNumber, line, stripped
from crosslinks.web.portraits import Box, cut_portrait, store_original

MOST_BIOGRAPHY = 4_000
MOST_DISCLOSURE = 2_000
MOST_LINKS = 4
MOST_ADDRESS = 300
_SAID = (
    "title", "given_name", "family_name", "affiliation", "biography", "biography_language", "disclosure",
    "nothing_to_disclose", "pronunciation", "language",
)  # fmt: skip
_KEPT = ("email", "photo_credit", "highlighted", "position", "coming")


class _AtMost:
    """Refuse a longer text, and say how long it is."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength_counted": most}

    def __call__(self, form: object, field: Any) -> None:
        typed = len(field.data or "")
        if typed > self.most:
            raise ValidationError(
                _(
                    "This has %(typed)s characters, and there is room for %(most)s. Nothing is lost: shorten it here.",
                    typed=format_count(typed),
                    most=format_count(self.most),
                )
            )


def _text(label: str, most: int, description: str = "") -> TextAreaField:
    return TextAreaField(label, [_AtMost(most), NoNul()], filters=[stripped], description=description)


def _link_label() -> StringField:
    return line(_l("What it is"), most=80)


def _link_url() -> StringField:
    return line(_l("Address"), most=MOST_ADDRESS)


class _AboutForm(FlaskForm):
    """What both an organizer and the person may change."""

    title = line(_l("Title"), most=40, description=_l("As said on stage: Dr. or Prof."))
    given_name = line(_l("Given name"), most=120, required=True)
    family_name = line(_l("Family name"), most=120)
    affiliation = line(_l("Affiliation"), most=200)
    pronunciation = line(
        _l("How the name is said"), most=200, description=_l("For the moderator, such as “SHUR-svoll”. Never public.")
    )
    biography = _text(
        _l("About"),
        MOST_BIOGRAPHY,
        _l("At most 4,000 characters, in one language. Lists with -, emphasis with *."),
    )
    biography_language = SelectField(_l("Language of this text"), [InputRequired()])
    disclosure = _text(
        _l("Disclosure of interests"), MOST_DISCLOSURE, _l("Fees, shares, research money of the last three years.")
    )
    nothing_to_disclose = BooleanField(_l("Nothing to disclose"))
    link_label_1, link_url_1 = _link_label(), _link_url()
    link_label_2, link_url_2 = _link_label(), _link_url()
    link_label_3, link_url_3 = _link_label(), _link_url()
    link_label_4, link_url_4 = _link_label(), _link_url()
    language = SelectField(_l("Language of our mails"), [Optional()])

    @property
    def link_rows(self) -> list[tuple[Any, Any]]:
        """The fields of each link: what it is, and its address."""
        return [(self[f"link_label_{number}"], self[f"link_url_{number}"]) for number in range(1, MOST_LINKS + 1)]

    def prepare(self) -> None:
        """Offer the languages."""
        self.biography_language.choices = language_choices()
        self.language.choices = {"": _("The edition’s first language")} | language_choices()

    def validate_nothing_to_disclose(self, field: BooleanField) -> None:
        """Take one of the two."""
        if field.data and self.disclosure.data:
            raise ValidationError(_("There is a text above. Remove it, or do not tick this."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that each link has both its parts."""
        good = super().validate(extra_validators)
        for label, url in self.link_rows:
            if url.data and https_url(url.data) is None:
                url.errors = [_("Write a whole address that begins with https://")]
            elif url.data and not label.data:
                label.errors = [_("Say what this is, such as “Department” or “ORCID”.")]
            elif label.data and not url.data:
                url.errors = [_("The address is missing.")]
            else:
                continue
            good = False
        return good

    def said(self) -> dict[str, Any]:
        """Return the fields as typed."""
        return {
            name: bool(self[name].data) if name == "nothing_to_disclose" else self[name].data or "" for name in _SAID
        } | {"links": [[label.data, url.data] for label, url in self.link_rows if url.data]}


def _values(person: Person, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in names}
    for number, (label, url) in enumerate(person.links[:MOST_LINKS], 1):
        values |= {f"link_label_{number}": label, f"link_url_{number}": url}
    return values


def person_values(person: Person) -> dict[str, Any]:
    """Return what an organizer's form of a person shows."""
    return _values(person, _SAID + _KEPT)


class SpeakerForm(_AboutForm):
    """What somebody says of themselves, by their link."""

    @classmethod
    def of(cls, person: Person) -> SpeakerForm:
        """Return the form filled with the present texts, or with what was just sent."""
        form = cls(data=_values(person, _SAID))
        form.prepare()
        return form


class PersonForm(_AboutForm):
    """A speaker or moderator, as an organizer keeps them."""

    version = HiddenField()
    email = line(_l("E-mail"), most=320, description=_l("Never public."))
    portrait = FileField(_l("Portrait"), description=_l("JPEG, PNG or WebP, at most 10 MB. You choose the part next."))
    remove_portrait = BooleanField(_l("Remove the portrait"))
    photo_credit = line(_l("Photo by"), most=200)
    coming = SelectField(_l("Do they come?"), [Optional()])
    highlighted = BooleanField(_l("Show on the front page"))
    position = WholeNumber(
        _l("Order"),
        [Optional(), NumberRange(0, 999)],
        description=_l("Small numbers first. 0: by appearance on the day."),
    )

    @classmethod
    def of(cls, person: Person | None) -> PersonForm:
        """Return the form filled with the person's present facts, or with what was just sent."""
        new = {"position": 0, "coming": Coming.INVITED.value}
        form = cls(data=person_values(person) | {"version": person.version} if person else new)
        form.prepare()
        form.coming.choices = coming_words()
        return form

    def validate_email(self, field: Any) -> None:
        """Take an address that could be one."""
        if field.data:
            EmailAddress()(self, field)

    def changes(self) -> dict[str, Any]:
        """Return the fields as typed, without the picture."""
        return self.said() | {
            "email": self.email.data or "",
            "photo_credit": self.photo_credit.data or "",
            "coming": Coming(self.coming.data or Coming.INVITED),
            "highlighted": bool(self.highlighted.data),
            "position": self.position.data or 0,
        }


class PortraitForm(FlaskForm):
    """A portrait: another picture, or another part of the one that is there; the sliders work without script."""

    portrait = FileField(_l("Portrait"), description=_l("JPEG, PNG or WebP, at most 10 MB."))
    x = WholeNumber(_l("Left or right"), [Optional(), NumberRange(0, 100)])
    y = WholeNumber(_l("Up or down"), [Optional(), NumberRange(0, 100)])
    zoom = WholeNumber(_l("Closer"), [Optional(), NumberRange(100, 400)])
    photo_credit = line(_l("Photo by"), most=200)
    remove_portrait = BooleanField(_l("Remove the portrait"))

    @classmethod
    def of(cls, person: Person) -> PortraitForm:
        """Return the form at the part that is shown now, or with what was just sent."""
        box = Box.of(person.portrait_box)
        return cls(data={"x": box.x, "y": box.y, "zoom": box.zoom, "photo_credit": person.photo_credit})

    def box(self) -> Box:
        """Return the part that was chosen."""
        usual = Box()
        return Box(
            usual.x if self.x.data is None else self.x.data,
            usual.y if self.y.data is None else self.y.data,
            self.zoom.data or usual.zoom,
        )

    def changes(self, person: Person) -> dict[str, Any] | None:
        """Store and cut, and return the fields of the person that change; None, with the error noted, if refused."""
        credit = {"photo_credit": self.photo_credit.data or ""}
        if self.remove_portrait.data:
            return credit | {"portrait": "", "portrait_source": "", "portrait_box": {}}
        sent = take_portrait(self.portrait)
        if sent is None:
            return None
        if sent:
            return credit | sent
        if person.portrait_source:
            recut = cut_again(self.portrait, person.portrait_source, self.box())
            return None if recut is None else credit | recut
        return credit


class SlidesForm(FlaskForm):
    """Slides for one talk, and what may become of them."""

    slides = FileField(
        _l("Your slides"),
        [FileRequired(_l("Choose a file."))],
        description=_l("PDF, PowerPoint (.pptx), OpenDocument (.odp) or Keynote (.key), up to 200 MB."),
    )
    publish = BooleanField(_l("They may be published after the day"))
    keep_back = BooleanField(_l("Do not distribute: for the screen in the hall only"))

    def validate_keep_back(self, field: BooleanField) -> None:
        """Take one of the two."""
        if field.data and self.publish.data:
            raise ValidationError(_("Slides cannot be both published and kept back. Tick one."))


class SlidesForSomebodyForm(SlidesForm):
    """Slides that somebody sent the organizer; what may become of them is what they said."""

    person_id = SelectField(_l("Who it is from"), [InputRequired()], coerce=int)

    def __init__(self, talk: Talk, **more: Any) -> None:
        super().__init__(**more)
        self.slides.label.text = _("The slides")
        self.person_id.choices = [(one.person_id, one.person.name) for one in talk.speakers]


def take_slides(form: SlidesForm, talk: Talk) -> Stored | None:
    """Store the file that was sent for a talk; None, with the error noted, when it cannot be used."""
    sent = form.slides.data
    try:
        refuse_one_more(talk)
        return store_slides(sent.stream, sent.filename)
    except (Invalid, Conflict) as refused:
        form.slides.errors = [slides_words(refused.code)]
        return None


def take_portrait(field: Any) -> dict[str, Any] | None:
    """Store the picture that was sent and cut it; return the fields of the person that change, none when none was sent.

    None, with the error noted, when it cannot be used.
    """
    sent = field.data
    if not sent or not getattr(sent, "filename", ""):
        return {}
    try:
        source = store_original(sent.stream, settings().uploads)
    except Invalid as refused:
        field.errors = [picture_words(refused.code)]
        return None
    return cut_again(field, source, Box())


def cut_again(field: Any, source: str, box: Box) -> dict[str, Any] | None:
    """Cut another part out of a stored picture; None, with the error noted at ``field``, when it cannot be."""
    try:
        portrait = cut_portrait(source, box, settings().uploads)
    except Invalid as refused:
        field.errors = [picture_words(refused.code)]
        return None
    return {
        "portrait": portrait,
        "portrait_source": source,
        "portrait_box": {"x": box.x, "y": box.y, "zoom": box.zoom},
    }


def picture_words(code: str) -> str:
    """Return why a picture was refused."""
    words = {
        "picture.too_large": _("The file is larger than 10 MB."),
        "picture.too_many_pixels": _(
            "The picture is too large: at most 40 million pixels as JPEG, 20 as PNG and 12 as WebP."
        ),
    }
    return words.get(code) or _("That is not a picture in JPEG, PNG or WebP.")


def slides_words(code: str) -> str:
    """Return why a file of slides was refused."""
    words = {
        "slides.too_large": _("The file is larger than 200 MB."),
        "slides.empty": _("The file is empty."),
        "slides.incomplete": _("The file is cut off or damaged. Save it again, and open it once before you send it."),
        "slides.bomb": _("The file grows absurdly when it is opened. Export it as PDF."),
        "slides.macros": _("The file holds macros. Save it without them, or export it as PDF."),
        "slides.no_room": _(
            "There is no room for it on our side just now. Nothing of it was kept; tell the organiser."
        ),
        "slides.too_many": _("This talk has ten files already. Delete one first."),
    }
    return words.get(code) or _("That is not a PDF, PowerPoint, OpenDocument or Keynote file, whatever its name says.")


def coming_words() -> dict[str, str]:
    """Return what somebody may have answered, with words."""
    return {
        Coming.INVITED.value: _("Not answered"),
        Coming.CONFIRMED.value: _("Comes"),
        Coming.DECLINED.value: _("Does not come"),
    }
