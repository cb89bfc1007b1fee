"""Finding conferences and editions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, select, text
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from crosslinks.editions.models import Conference, Edition, EditionMode
from crosslinks.editions.rules import EditionState, LockedMode, Mode
from crosslinks.kernel.db import db, execute, read_row
from crosslinks.kernel.errors import NotFound


@dataclass(frozen=True)
class EditionStamp:
    """What a kept page depends on; one raw read."""

    edition_id: int
    public_rev: int
    state: str
    form_rev: int


_STAMP = (
    "SELECT e.id, e.public_rev, e.state, e.form_rev FROM edition e JOIN conference c ON c.id = e.conference_id "
    "WHERE c.slug = :conference AND e.slug = :edition"
)


def find_stamp(conference: str, edition: str) -> EditionStamp | None:
    """Return the present revision of an edition, or None when there is no such address."""
    row = read_row(_STAMP, conference=conference, edition=edition)
    return None if row is None else EditionStamp(*row)


def find_conference_id(slug: str) -> int | None:
    """Return the id of a conference by its slug."""
    return db.session.scalar(select(Conference.id).where(Conference.slug == slug))


def get_conference(slug: str) -> Conference:
    """Return a conference; raises ``NotFound``."""
    found = db.session.scalar(select(Conference).where(Conference.slug == slug))
    if found is None:
        raise NotFound("conference.unknown")
    return found


_BY_ADDRESS = (
    select(Edition)
    .join(Edition.conference)
    .where(Conference.slug == bindparam("conference"), Edition.slug == bindparam("edition"))
    .options(contains_eager(Edition.conference), joinedload(Edition.modes))
)


def get_edition(conference: str, edition: str) -> Edition:
    """Return an edition in any state, with its conference and modes, by one statement; raises ``NotFound``."""
    address = {"conference": conference, "edition": edition}
    found = db.session.scalars(_BY_ADDRESS, address).unique().one_or_none()
    if found is None:
        raise NotFound("edition.unknown" if find_conference_id(conference) else "conference.unknown")
    return found


def get_edition_by_id(edition_id: int) -> Edition:
    """Return an edition by its id, with its conference and modes; raises ``NotFound``."""
    found = db.session.get(Edition, edition_id, options=[joinedload(Edition.conference), selectinload(Edition.modes)])
    if found is None:
        raise NotFound("edition.unknown")
    return found


def list_conferences() -> list[Conference]:
    """Return all conferences by name."""
    return list(db.session.scalars(select(Conference).order_by(Conference.name)))


def list_editions(conference_id: int) -> list[Edition]:
    """Return the editions of a conference, the latest first, with their modes."""
    return list(
        db.session.scalars(
            select(Edition)
            .where(Edition.conference_id == conference_id)
            .order_by(Edition.starts_at.desc())
            .options(joinedload(Edition.conference), selectinload(Edition.modes))
        )
    )


def list_earlier_editions(edition: Edition) -> list[Edition]:
    """Return the archived editions held before ``edition``, the latest first."""
    return list(
        db.session.scalars(
            select(Edition)
            .where(
                Edition.conference_id == edition.conference_id,
                Edition.state == EditionState.ARCHIVED,
                Edition.starts_at < edition.starts_at,
            )
            .order_by(Edition.starts_at.desc())
            .options(joinedload(Edition.conference))
        )
    )


def find_next_edition(edition: Edition) -> Edition | None:
    """Return the present edition of the same conference, when it is published and held after ``edition``."""
    found = find_current_edition(edition.conference_id)
    is_next = found is not None and found.state is EditionState.PUBLISHED and found.starts_at > edition.starts_at
    return found if is_next else None


def find_current_edition(conference_id: int) -> Edition | None:
    """Return the latest published edition of a conference, else the latest archived one."""
    return db.session.scalar(
        select(Edition)
        .where(Edition.conference_id == conference_id, Edition.state != EditionState.DRAFT)
        .order_by((Edition.state == EditionState.PUBLISHED).desc(), Edition.starts_at.desc())
        .options(joinedload(Edition.conference), selectinload(Edition.modes))
        .limit(1)
    )


def shows_picture(name: str) -> bool:
    """Say whether any conference shows the stored picture ``name``."""
    shown = (Conference.logo == name) | (Conference.logo_dark == name) | (Conference.cover == name)
    return bool(db.session.scalar(select(exists().where(shown))))


def count_conferences() -> int:
    """Return how many conferences this installation serves."""
    return db.session.scalar(select(func.count()).select_from(Conference)) or 0


_MODES = EditionMode.__table__
_LOCK_MODES = (
    select(
        *(
            _MODES.c[name]
            for name in ["mode", "capacity", "overbooking", "queue_paused", "offer_hours", "places_so_far"]
        )
    )
    .where(_MODES.c.edition_id == bindparam("edition_id"))
    .order_by(_MODES.c.mode.desc())
    .with_for_update()
)


def lock_modes(edition_id: int) -> dict[Mode, LockedMode]:
    """Lock an edition's mode rows, on-site first, and return what they say now.

    Every operation that changes places calls this first: on PostgreSQL it is what puts them in order.
    """
    rows = execute(_LOCK_MODES, {"edition_id": edition_id})
    return {row.mode: LockedMode(*tuple(row)) for row in rows}


_NEXT_ROSTER_SEQ = text("UPDATE edition SET roster_seq = roster_seq + 1 WHERE id = :id RETURNING roster_seq")


def next_roster_seq(edition_id: int) -> int:
    """Take the edition's next roster number, from its row under its lock (a sequence would commit out of order)."""
    return int(execute(_NEXT_ROSTER_SEQ, {"id": edition_id}).scalar_one())


_TAKE_ROSTER_SEQS = text("UPDATE edition SET roster_seq = roster_seq + :count WHERE id = :id RETURNING roster_seq")


def take_roster_seqs(edition_id: int, count: int) -> int:
    """Take the edition's next ``count`` roster numbers at once and return the last of them."""
    return int(execute(_TAKE_ROSTER_SEQS, {"id": edition_id, "count": count}).scalar_one())
