"""An organizer words a letter anew, takes our words back, or an earlier change back. The log keeps every version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from crosslinks.accounts.audit import record, snapshot
from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mailings.models import LetterTemplate
from crosslinks.mailings.wording import PARTS, LetterKey, find_template

KIND = "letter_template"
MOST_ENTRIES = 20
OURS: dict[str, Texts] = {part: {} for part in PARTS}


def reword(
    *, actor: Actor, now: datetime, edition: Edition, key: LetterKey, texts: Mapping[str, Texts], deed: str = "changed"
) -> bool:
    """Put ``texts`` (by part and language) in place of ours; ours stay where one is missing. False: nothing differs.

    ``check_text`` must have found them good.
    """
    template = find_template(edition.id, key)
    if template is None:
        template = LetterTemplate(edition_id=edition.id, kind=key.kind, variant=key.variant, **OURS, changed_at=now)
        db.session.add(template)
    before = snapshot(template, PARTS)
    for part in PARTS:
        setattr(template, part, {code: text for code, text in texts.get(part, {}).items() if text})
    after = snapshot(template, PARTS)
    if before == after:
        if template in db.session.new:
            db.session.expunge(template)
        return False
    template.changed_at = now
    db.session.flush()
    record(actor=actor, action=f"template.{deed}", object_kind=KIND, object_id=template.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id,
           before=before, after={"letter": key.slug, **after})  # fmt: skip
    return True


def take_ours_back(*, actor: Actor, now: datetime, edition: Edition, key: LetterKey) -> bool:
    """Let all words of a letter be ours again; the log keeps what they were."""
    return reword(actor=actor, now=now, edition=edition, key=key, texts=OURS, deed="reset")


def take_back(*, actor: Actor, now: datetime, edition: Edition, key: LetterKey, entry_id: int) -> bool:
    """Let a letter's words be as they were before a change in the log; raises ``NotFound`` for another's change."""
    template = find_template(edition.id, key)
    entries = [] if template is None else list_changes(template.id)
    if template is None or entry_id not in {entry.id for entry in entries}:
        raise NotFound("template.change_unknown")
    texts: dict[str, Texts] = {part: getattr(template, part) for part in PARTS}
    for entry in entries:
        texts |= {part: entry.before[part] for part in PARTS if part in entry.before}
        if entry.id == entry_id:
            break
    return reword(actor=actor, now=now, edition=edition, key=key, texts=texts, deed="undone")


def list_changes(template_id: int) -> list[AuditEntry]:
    """Return the changes of a letter's words, the latest first."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.object_kind == KIND, AuditEntry.object_id == template_id)
            .order_by(AuditEntry.id.desc())
            .limit(MOST_ENTRIES)
        )
    )


def list_templates(edition_id: int) -> dict[tuple[str, str], LetterTemplate]:
    """Return an edition's own words by kind and variant, in one statement."""
    rows = db.session.scalars(select(LetterTemplate).where(LetterTemplate.edition_id == edition_id))
    return {(row.kind, row.variant): row for row in rows}
