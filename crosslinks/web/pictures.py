"""The picture of a form: stored only when all else is right, and refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from crosslinks.config import settings
from crosslinks.kernel.errors import Invalid
from crosslinks.web.uploads import PictureRule, store_picture


def take_picture(field: Any, rule: PictureRule) -> str | None:
    """Store the picture that was sent in ``field`` and return its name; ``""`` when none was sent.

    None, with the error noted, when it cannot be used.
    """
    sent = field.data
    if not sent or not getattr(sent, "filename", ""):
        return ""
    try:
        return store_picture(sent.stream, rule, settings().uploads)
    except Invalid as refused:
        field.errors = [refusal_words(refused.code)]
        return None


def take_pictures(form: Any, rules: Mapping[str, PictureRule]) -> dict[str, str] | None:
    """Store what was sent in the fields that ``rules`` names and return the names; ``""`` where nothing was sent.

    None, with the errors noted and nothing kept, when one of them cannot be used.
    """
    taken = {name: take_picture(form[name], rule) for name, rule in rules.items()}
    good = {name: picture for name, picture in taken.items() if picture is not None}
    if len(good) == len(taken):
        return good
    for picture in good.values():
        drop_picture(picture)
    return None


def refusal_words(code: str) -> str:
    """Return why a picture cannot be used."""
    words = {
        "picture.too_large": _("The file is larger than 10 MB."),
        "picture.too_many_pixels": _(
            "The picture is too large: at most 40 million pixels as JPEG, 20 as PNG and 12 as WebP."
        ),
        "picture.too_many": _("Send at most 12 pictures at a time."),
    }
    return words.get(code) or _("That is not a picture in JPEG, PNG or WebP.")


def drop_picture(name: str) -> None:
    """Delete a stored picture that nothing shows any more."""
    if name:
        (settings().uploads / name).unlink(missing_ok=True)
