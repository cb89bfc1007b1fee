"""What the feedback form adds to somebody's own page: the way to it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from crosslinks.editions.models import Edition
from crosslinks.feedback.queries import get_form, has_answered
from crosslinks.feedback.rules import FormState
from crosslinks.registration.models import Registration
from crosslinks.registration.plugs import Deed
from crosslinks.registration.rules import Place


def feedback_deed(registration: Registration, edition: Edition, base: str, now: datetime) -> Deed | None:
    """Return the way to the form while it is open, for somebody with a place who has not answered."""
    if registration.place is Place.NONE or get_form(edition).state(now) is not FormState.OPEN:
        return None
    if has_answered(edition.id, registration.id):
        return None
    return Deed(
        _("Tell us how it was"),
        _("It is anonymous, and takes two minutes."),
        _("Tell us how it was"),
        f"{base}/feedback",
        "chat-circle",
        first=now >= edition.ends_at,
    )
