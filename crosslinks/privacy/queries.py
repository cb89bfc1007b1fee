"""What was erased and what will be."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crosslinks.editions.models import Edition
from crosslinks.jobs.models import RoundMark
from crosslinks.kernel.db import db
from crosslinks.privacy.models import ErasureProof
from crosslinks.privacy.rules import is_past_erase_date
from crosslinks.registration.models import Registration

MOST_PROOFS = 200


def list_due_editions(now: datetime) -> list[int]:
    """Return the editions that are over and whose erase date has come in their zone, the oldest first."""
    tomorrow = (now + timedelta(days=1)).date()  # no zone is further ahead of UTC than that
    rows = db.session.scalars(
        select(Edition)
        .where(Edition.erase_on <= tomorrow, Edition.ends_at <= now)
        .order_by(Edition.starts_at)
        .options(joinedload(Edition.conference))
    )
    return [edition.id for edition in rows if is_past_erase_date(now, edition.erase_on, edition.zone)]


def count_people(edition_id: int) -> int:
    """Return how many registrations an edition holds, cancelled ones too."""
    return db.session.scalar(select(func.count()).where(Registration.edition_id == edition_id)) or 0


def list_proofs(edition_id: int) -> list[ErasureProof]:
    """Return the last erasures of an edition, the latest first."""
    return list(
        db.session.scalars(
            select(ErasureProof)
            .where(ErasureProof.edition_id == edition_id)
            .order_by(ErasureProof.at.desc(), ErasureProof.id.desc())
            .limit(MOST_PROOFS)
        )
    )


def find_next_round(name: str) -> datetime | None:
    """Return when a recurring piece of work is due again, in real time, or None when no worker has ever run it."""
    return db.session.scalar(select(RoundMark.due_at).where(RoundMark.name == name))
