"""Mailings for tests. Call them inside ``transaction()``."""

from __future__ import annotations

from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.mailings.audiences import count_reached
from crosslinks.mailings.campaigns import audience_of, start_mailing, write_mailing
from crosslinks.mailings.models import Follower, Mailing
from crosslinks.mailings.purposes import Audience, Purpose
from tests.factories import NOW, TESTER

SUBJECT = {"en": "Practical: {{ edition }}"}
BODY = {"en": "Hello {{ name }},\n\nthe doors open at {{ doors }}. [Your place]({{ manage_url }})"}
NEWS_BODY = {"en": "Registration for {{ edition }} is open: {{ register_url }}"}
FILLED = {"purpose": "about", "source": "edition", "subject_en": SUBJECT["en"], "body_en": BODY["en"]}


def make_mailing(
    edition: Edition,
    *,
    purpose: Purpose = Purpose.ABOUT,
    audience: Audience | None = None,
    started: bool = False,
    **more: Any,
) -> Mailing:
    """Write a mailing to everybody who has not cancelled, unless told to whom; start it when told so."""
    body = BODY if purpose is Purpose.ABOUT else NEWS_BODY
    values: dict[str, Any] = {"subject": SUBJECT, "body": body} | more
    mailing = write_mailing(
        actor=TESTER, now=NOW, edition=edition, mailing=None, purpose=purpose, audience=audience or Audience(), **values
    )
    if started:
        reached = count_reached(edition, mailing.purpose, audience_of(mailing))
        start_mailing(actor=TESTER, now=NOW, edition=edition, mailing=mailing, confirmed=reached)
    return mailing


def make_follower(conference_id: int, email: str, *, confirmed: bool = True, **more: Any) -> Follower:
    """Put somebody on a conference's interest list."""
    made = Follower(
        conference_id=conference_id, email=email, email_key=email.lower(), created_at=NOW, epoch=7,
        confirmed_at=NOW if confirmed else None, **more,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made
