"""Forms of tiers and sponsors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Regexp, ValidationError

from crosslinks.sponsors.models import Sponsor, Tier
from crosslinks.sponsors.queries import links_of
from crosslinks.sponsors.rules import LOGO_HEIGHTS, read_links, write_links
from crosslinks.web.forms import has_text, line, passage, spread_texts, typed_texts
from crosslinks.web.pages import texts

WEB_ADDRESS = r"^https?://[^\s\x00]+$"
_TEXTS = ("role", "statement", "funding", "product")
_LINES = ("name", "quoted_person", "quoted_role", "url", "portrait_credit")
_BOXES = ("asks_contact", "thanked_in_mail", "thanked_on_badge")


class TierForm(FlaskForm):
    """A rank of sponsors."""

    name_en = line(_l("Name, in English"), most=100)
    name_nb = line(_l("Name, in Norwegian"), most=100)
    logo_height = SelectField(_l("Size of the logos"), [InputRequired()], coerce=int)

    @classmethod
    def of(cls, tier: Tier | None) -> TierForm:
        """Return the form filled with the tier's present facts, or with what was just sent."""
        values: dict[str, Any] = {"logo_height": tier.logo_height if tier else LOGO_HEIGHTS[1]}
        form = cls(data=values | spread_texts("name", tier.name if tier else None))
        words = (_("Large"), _("Medium"), _("Small"))
        form.logo_height.choices = dict(zip(map(str, LOGO_HEIGHTS), words, strict=True))
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that there is a name in one language at least."""
        good = super().validate(extra_validators)
        return has_text(self, "name", _("Give a name in at least one language.")) and good

    def changes(self) -> dict[str, Any]:
        """Return the fields as typed."""
        return {"name": typed_texts(self, "name"), "logo_height": self.logo_height.data}


class SponsorForm(FlaskForm):
    """A sponsor's listing."""

    name = line(_l("Name"), most=200, required=True)
    tier = SelectField(_l("Tier"), coerce=int, validators=[InputRequired()])
    role_en = line(_l("Role, in English"), most=100, description=_l("In words, such as Co-founder."))
    role_nb = line(_l("Role, in Norwegian"), most=100, description=_l("In words, such as Medgrunnlegger."))
    url = line(_l("Website"), most=500, description=_l("Starts with https://"))
    links = passage(_l("More links"), most=3_000, description=_l("One a line: the words, then the address. At most 6."))
    is_hidden = BooleanField(_l("Hide this sponsor for now"))
    logo = FileField(_l("Logo"), description=_l("PNG, WebP or JPEG, at most 10 MB. Best with a transparent ground."))
    remove_logo = BooleanField(_l("Remove the logo"))
    logo_dark = FileField(
        _l("Logo for dark screens"), description=_l("Without one, the first stands on a light plate in the dark.")
    )
    remove_logo_dark = BooleanField(_l("Remove the logo for dark screens"))
    asks_contact = BooleanField(_l("Ask people whether this sponsor may write to them"))
    statement_en = passage(_l("Statement, in English"), most=2_000)
    statement_nb = passage(_l("Statement, in Norwegian"), most=2_000)
    quoted_person = line(_l("Spokesperson"), most=200)
    quoted_role = line(_l("Who that is"), most=300)
    portrait = FileField(_l("Portrait of the spokesperson"), description=_l("PNG, WebP or JPEG, at most 10 MB."))
    remove_portrait = BooleanField(_l("Remove the portrait"))
    portrait_credit = line(_l("Photo credit"), most=200)
    thanked_in_mail = BooleanField(_l("Thank this sponsor in one line at the foot of every mail"))
    thanked_on_badge = BooleanField(_l("Thank this sponsor on the badges"))
    product_en = passage(_l("About products, in English"), most=6_000)
    product_nb = passage(_l("About products, in Norwegian"), most=6_000)
    funding_en = passage(_l("What is funded, in English"), most=1_000)
    funding_nb = passage(_l("What is funded, in Norwegian"), most=1_000)

    @classmethod
    def of(cls, sponsor: Sponsor | None, tiers: Sequence[Tier], tier_id: int | None = None) -> SponsorForm:
        """Return the form filled with the sponsor's present facts, or with what was just sent."""
        values: dict[str, Any] = {"tier": tier_id}
        if sponsor is not None:
            values = {name: getattr(sponsor, name) for name in _LINES} | {"tier": sponsor.tier_id}
            values |= {name: getattr(sponsor, name) for name in _BOXES} | {"is_hidden": not sponsor.is_published}
            values["links"] = write_links(links_of(sponsor))
            for name in _TEXTS:
                values |= spread_texts(name, getattr(sponsor, name))
        form = cls(data=values)
        form.tier.choices = {str(tier.id): texts(tier.name) for tier in tiers}
        return form

    def validate_url(self, field: Any) -> None:
        """Take only an address of the web."""
        Regexp(WEB_ADDRESS, message=_("An address of the web starts with https://"))(self, field)

    def validate_links(self, field: Any) -> None:
        """Take only lines that end in an address of the web."""
        if field.data and read_links(field.data) is None:
            raise ValidationError(_("Write one link a line, as in: Our research https://example.org"))

    def changes(self) -> dict[str, Any]:
        """Return the fields as typed, without tier and pictures."""
        lines = {name: self[name].data or "" for name in _LINES}
        texts = {name: typed_texts(self, name) for name in _TEXTS}
        boxes = {name: bool(self[name].data) for name in _BOXES}
        links = [asdict(link) for link in read_links(self.links.data or "") or ()]
        return lines | texts | boxes | {"links": links, "is_published": not self.is_hidden.data}


class MoveForm(FlaskForm):
    """One place up or down."""

    direction = StringField(validators=[AnyOf(("up", "down"))])
