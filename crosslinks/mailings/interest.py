"""The interest list of a conference: asked for on a public page, confirmed by mail, left by a link."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.exc import IntegrityError

from crosslinks.accounts.audit import record
from crosslinks.config import settings
from crosslinks.editions.models import Conference
from crosslinks.editions.queries import find_current_edition
from crosslinks.jobs.work import Round
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, execute, transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import queue_mail
from crosslinks.mailings.models import Follower, MailingRecipient
from crosslinks.mailings.recipients import forget_recipients
from crosslinks.registration.addresses import normalise_email

FOLLOW_LETTER = "mailings.follow"
CONFIRM_WITHIN = timedelta(days=7)
CHUNK = 200
_LARGEST_ID = 2**31 - 1
_LARGEST_EPOCH = 2**31 - 1
SORTS = {"email": Follower.email_key, "created": Follower.created_at}


def follow_path(follower: Follower) -> str:
    """Return the address at which somebody confirms their entry, or takes it away."""
    return f"/follow/{make_link(settings().keys, LinkKind.FOLLOW, follower.id, follower.epoch)}"


def get_follower_by_token(token: str) -> Follower:
    """Return the entry that a link from a mail opens; raises ``NotFound`` for any other text."""
    identity = link_identity(token)
    found = db.session.get(Follower, identity) if identity is not None and identity <= _LARGEST_ID else None
    if found is None or not link_is_valid(settings().keys, LinkKind.FOLLOW, token, found.id, found.epoch):
        raise NotFound("link.unknown")
    return found


def get_follower(conference_id: int, follower_id: int) -> Follower:
    """Return an entry of this conference's list; raises ``NotFound``."""
    found = db.session.get(Follower, follower_id)
    if found is None or found.conference_id != conference_id:
        raise NotFound("follower.unknown")
    return found


def _find(conference_id: int, email_key: str) -> Follower | None:
    return db.session.scalar(
        select(Follower).where(Follower.conference_id == conference_id, Follower.email_key == email_key)
    )


_SAME = text("UPDATE follower SET language = language WHERE id = :id")


def follow(*, now: datetime, conference: Conference, email: str, language: str) -> None:
    """Write to somebody who asked to be told of the next edition; nothing more comes before they confirm.

    A known address costs the same and is answered the same; what its mail says tells its owner the truth. Raises
    ``Invalid`` for an unusable address.
    """
    address, key = normalise_email(email)
    known = _find(conference.id, key) or _add(conference.id, address, key, language, now)
    execute(_SAME, {"id": known.id})
    edition = find_current_edition(conference.id)
    queue_mail(
        kind=FOLLOW_LETTER, language=language, to_address=known.email, to_name="", data={"follower": known.id}, now=now,
        edition_id=edition.id if edition else None,
    )  # fmt: skip
    _log(Actor.visitor(), now, conference.id, known.id, "asked")


def _add(conference_id: int, address: str, key: str, language: str, now: datetime) -> Follower:
    made = Follower(
        conference_id=conference_id, email=address, email_key=key, language=language, created_at=now,
        epoch=secrets.randbelow(_LARGEST_EPOCH),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        known = _find(conference_id, key)
        if known is None:
            raise
        return known
    return made


def confirm_follower(*, now: datetime, follower: Follower) -> bool:
    """Put somebody on the list; return False when they were on it."""
    if follower.confirmed_at is not None:
        return False
    follower.confirmed_at = now
    db.session.flush()
    _log(Actor.visitor(), now, follower.conference_id, follower.id, "confirmed")
    return True


def remove_follower(*, actor: Actor, now: datetime, follower: Follower) -> None:
    """Take somebody off the list and erase all that we keep of them, also messages that wait to be sent to them."""
    conference_id, number = follower.conference_id, follower.id
    mails = select(MailingRecipient.mail_id).where(MailingRecipient.follower_id == number)
    forget_recipients(db.session.scalars(mails).all())
    db.session.execute(
        delete(OutboxMail).where(
            OutboxMail.kind == FOLLOW_LETTER,
            OutboxMail.to_address == follower.email,
            OutboxMail.data["follower"].as_integer() == number,
        )
    )
    db.session.delete(follower)
    db.session.flush()
    _log(actor, now, conference_id, number, "removed")


def erase_address(*, actor: Actor, now: datetime, conference_id: int, email_key: str) -> bool:
    """Take an address off a conference's list and erase it there; return whether it was on it.

    For somebody who asks to be erased. The end of an edition's retention is no reason: the list is about the next one.
    """
    follower = _find(conference_id, email_key)
    if follower is None:
        return False
    remove_follower(actor=actor, now=now, follower=follower)
    return True


def _log(actor: Actor, now: datetime, conference_id: int, number: int, deed: str) -> None:
    record(
        actor=actor, action=f"follower.{deed}", object_kind="follower", object_id=number, now=now,
        conference_id=conference_id,
    )  # fmt: skip


def select_followers(conference_id: int, words: str = "", *, confirmed: bool | None = None) -> Select[Follower]:
    """Select a list's entries whose address has all ``words``."""
    chosen = select(Follower).where(Follower.conference_id == conference_id)
    for word in words.lower().split():
        chosen = chosen.where(Follower.email_key.contains(word, autoescape=True))
    if confirmed is not None:
        chosen = chosen.where(Follower.confirmed_at.is_not(None) if confirmed else Follower.confirmed_at.is_(None))
    return chosen


def count_followers(conference_id: int) -> tuple[int, int]:
    """Return how many are on the list, and how many have not confirmed yet."""
    row = db.session.execute(
        select(
            func.count().filter(Follower.confirmed_at.is_not(None)),
            func.count().filter(Follower.confirmed_at.is_(None)),
        )
        .select_from(Follower)
        .where(Follower.conference_id == conference_id)
    ).one()
    return row[0], row[1]


def list_followers(
    chosen: Select[Follower], *, sort: str, descending: bool, offset: int, limit: int
) -> tuple[list[Follower], int]:
    """Return one page of selected entries, and how many there are in all."""
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    column = SORTS.get(sort, SORTS["created"])
    ordered = chosen.order_by(column.desc() if descending else column.asc(), Follower.id)
    return list(db.session.scalars(ordered.offset(offset).limit(limit))), total


def iterate_followers(chosen: Select[Follower]) -> Iterator[Follower]:
    """Yield all selected entries by address, read in parts."""
    yield from db.session.scalars(chosen.order_by(Follower.email_key).execution_options(yield_per=500))


def forget_unconfirmed(now: datetime) -> None:
    """Erase who never confirmed within a week of asking."""
    while True:
        with transaction():
            late = db.session.scalars(
                select(Follower)
                .where(Follower.confirmed_at.is_(None), Follower.created_at < now - CONFIRM_WITHIN)
                .limit(CHUNK)
            ).all()
            for follower in late:
                remove_follower(actor=Actor.system(), now=now, follower=follower)
        if len(late) < CHUNK:
            return


ROUNDS = (Round("mailings.forget_unconfirmed", timedelta(hours=6), forget_unconfirmed),)
