"""The audit log of what belongs to an edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crosslinks.accounts.audit import record
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor


def log_write(
    actor: Actor,
    now: datetime,
    edition: Edition,
    action: str,
    object_id: int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Log one write within an edition; the first word of ``action`` says what kind of thing ``object_id`` is."""
    record(
        actor=actor, action=action, object_kind=action.partition(".")[0], object_id=object_id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id, before=before, after=after,
    )  # fmt: skip
