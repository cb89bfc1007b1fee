"""Leaving news and invitations: the consent is withdrawn, the list is left, and what is queued is not sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from crosslinks.config import settings
from crosslinks.consents.operations import change_consent
from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.consents.rules import Topic, Wording
from crosslinks.editions.models import Conference, Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.reasons import UNSUBSCRIBED
from crosslinks.mail.rules import MailState
from crosslinks.mailings.interest import remove_follower
from crosslinks.mailings.models import Follower, Mailing, MailingRecipient
from crosslinks.mailings.purposes import Purpose
from crosslinks.registration.models import Registration

_LARGEST_ID = 2**31 - 1
NEWS = Wording(Topic(ConsentPurpose.NEXT_EDITION), {})


def unsubscribe_path(registration: Registration) -> str:
    """Return the address at which somebody registered once leaves news and invitations."""
    token = make_link(settings().keys, LinkKind.UNSUBSCRIBE, registration.id, registration.epoch)
    return f"/unsubscribe/{token}"


def get_registration_by_token(token: str) -> Registration:
    """Return the registration whose news a link ends, with its conference; raises ``NotFound`` for any other text."""
    identity = link_identity(token)
    found = (
        db.session.scalar(
            select(Registration)
            .where(Registration.id == identity)
            .options(joinedload(Registration.edition).joinedload(Edition.conference))
        )
        if identity is not None and identity <= _LARGEST_ID
        else None
    )
    if found is None or not link_is_valid(settings().keys, LinkKind.UNSUBSCRIBE, token, found.id, found.epoch):
        raise NotFound("link.unknown")
    return found


def leave_news(*, actor: Actor, now: datetime, conference: Conference, email_key: str, language: str) -> None:
    """End all news of a conference to an address: every consent withdrawn, the list left, queued news withheld.

    Doing it again changes nothing.
    """
    if not email_key:
        return
    ids = db.session.execute(
        select(Registration.id, Registration.edition_id)
        .join(Edition, Edition.id == Registration.edition_id)
        .where(Edition.conference_id == conference.id, Registration.email_key == email_key)
    ).all()
    for registration_id, edition_id in ids:
        change_consent(
            actor=actor, now=now, conference_id=conference.id, edition_id=edition_id, registration_id=registration_id,
            wording=NEWS, given=False, language=language,
        )  # fmt: skip
    withhold_news(conference_id=conference.id, email_key=email_key)
    follower = db.session.scalar(
        select(Follower).where(Follower.conference_id == conference.id, Follower.email_key == email_key)
    )
    if follower is not None:
        remove_follower(actor=actor, now=now, follower=follower)


def withhold_news(*, conference_id: int, email_key: str) -> None:
    """Withhold the news that waits to be sent to an address."""
    mails = (
        select(MailingRecipient.mail_id)
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .join(Edition, Edition.id == Mailing.edition_id)
        .where(
            MailingRecipient.email_key == email_key,
            Mailing.purpose == Purpose.NEWS,
            Edition.conference_id == conference_id,
        )
    )
    waiting = OutboxMail.state.in_((MailState.QUEUED, MailState.PAUSED, MailState.FAILED))
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id.in_(mails), waiting)
        .values(state=MailState.WITHHELD, last_error=UNSUBSCRIBED)
    )
