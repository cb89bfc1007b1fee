"""Forms of stories and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, MultipleFileField, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional, Regexp

from crosslinks.editions.forms import SLUG
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.picturing import Caption
from crosslinks.stories.rules import LONGEST_SLUG, StoryKind, StoryState
from crosslinks.stories.words import kind_words
from crosslinks.web.forms import NoNul, has_text, line, passage, spread_texts, stripped, typed_texts
from crosslinks.web.languages import LANGUAGES

_TEXTS = ("title", "lead", "body")
LONGEST_BODY = 20_000


class StoryForm(FlaskForm):
    """One story: its words in each language."""

    kind = SelectField(_l("Kind"), [InputRequired()])
    title_en = line(_l("Title, in English"), most=200)
    title_nb = line(_l("Title, in Norwegian"), most=200)
    lead_en = passage(_l("Lead, in English"), most=600)
    lead_nb = passage(_l("Lead, in Norwegian"), most=600)
    body_en = passage(_l("Story, in English"), most=LONGEST_BODY)
    body_nb = passage(_l("Story, in Norwegian"), most=LONGEST_BODY)
    author = line(_l("Written by"), most=200)
    written_on = DateField(_l("Date"), [InputRequired()])
    slug = StringField(
        _l("Address, such as meet-the-speakers"),
        [
            Optional(),
            Length(max=LONGEST_SLUG),
            NoNul(),
            Regexp(SLUG, message=_l("Only small letters, digits and hyphens, as in 2027.")),
        ],
        filters=[stripped],
        description=_l("Empty: made of the title."),
    )

    @classmethod
    def of(cls, story: Story | None, *, typed: bool = True, **values: Any) -> StoryForm:
        """Return the form filled with the story's present words, or with what was just sent if that was ``typed``."""
        if story is not None:
            values |= {name: getattr(story, name) for name in ("author", "written_on", "slug")}
            values["kind"] = story.kind.value
            for name in _TEXTS:
                values |= spread_texts(name, getattr(story, name))
        form = cls(data=values) if typed else cls(formdata=None, data=values)
        form.kind.choices = {kind.value: words for kind, words in kind_words().items()}
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that there is a title in one language at least."""
        good = super().validate(extra_validators)
        return has_text(self, "title", _("Give a title in at least one language.")) and good

    def changes(self) -> dict[str, Any]:
        """Return the fields as typed; an empty address is left out."""
        found: dict[str, Any] = {name: typed_texts(self, name) for name in _TEXTS}
        found |= {"kind": StoryKind(self.kind.data), "author": self.author.data or ""}
        found["written_on"] = self.written_on.data
        return found | ({"slug": self.slug.data} if self.slug.data else {})


class StoryStateForm(FlaskForm):
    """Publish, or take back."""

    state = StringField(validators=[AnyOf([state.value for state in StoryState])])


class UploadForm(FlaskForm):
    """Pictures to add, and who took them."""

    pictures = MultipleFileField(
        _l("Pictures"), description=_l("JPEG, PNG or WebP. At most 12 at a time, and 12 MB together.")
    )
    taken_by = line(_l("Photo credit"), most=200, description=_l("Set on each of them. You can change it below."))


class ShowAllForm(FlaskForm):
    """All described pictures of the gallery, or none."""

    show = StringField(validators=[AnyOf(("all", "none"))])


class MoveForm(FlaskForm):
    """One place up or down."""

    direction = StringField(validators=[AnyOf(("up", "down"))])


def captions_form(pictures: Sequence[Picture], *, can_hide: bool, typed: bool = True) -> FlaskForm:
    """Return a form with what is said about each of ``pictures``, or what was just sent if that was ``typed``."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for number, picture in enumerate(pictures, 1):
        fields |= {
            f"alt_{picture.id}_en": line(_("Picture %(number)s, described in English", number=number), most=500),
            f"alt_{picture.id}_nb": line(_("Picture %(number)s, described in Norwegian", number=number), most=500),
            f"credit_{picture.id}": line(_("Photo credit of picture %(number)s", number=number), most=200),
        }
        values |= spread_texts(f"alt_{picture.id}", picture.alt) | {f"credit_{picture.id}": picture.credit}
        if can_hide:
            fields[f"shown_{picture.id}"] = BooleanField(_("Show it to everybody"))
            values[f"shown_{picture.id}"] = picture.is_shown
    made: type[FlaskForm] = type("CaptionsForm", (FlaskForm,), fields)
    return made(data=values) if typed else made(formdata=None, data=values)


def read_captions(form: FlaskForm, pictures: Sequence[Picture], *, can_hide: bool) -> dict[int, Caption] | None:
    """Return what was typed, by picture; None, with the error noted, when one without description is to be shown."""
    found: dict[int, Caption] = {}
    good = True
    for picture in pictures:
        alt = typed_texts(form, f"alt_{picture.id}")
        shown = bool(can_hide and form[f"shown_{picture.id}"].data)
        seen = shown or (picture.story is not None and picture.story.state is StoryState.PUBLISHED)
        if seen and not alt:
            first = form[f"alt_{picture.id}_{next(iter(LANGUAGES))}"]
            first.errors = [*first.errors, _("Describe the picture before everybody sees it.")]
            good = False
        found[picture.id] = Caption(alt, form[f"credit_{picture.id}"].data or "", shown)
    return found if good else None
