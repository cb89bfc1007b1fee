"""Writing the ledger. Its lines are added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from crosslinks.accounts.audit import record
from crosslinks.consents.models import ConsentAsk, ConsentEntry, ConsentText
from crosslinks.consents.queries import find_texts, list_asks, list_present
from crosslinks.consents.rules import Purpose, Topic, Wording
from crosslinks.editions.operations import touch_form
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db, execute

_INSERT = ConsentEntry.metadata.tables[ConsentEntry.__tablename__].insert()


def give_consents(
    *, actor: Actor, now: datetime, edition_id: int, registration_id: int, chosen: Sequence[Wording], language: str
) -> None:
    """Note what somebody ticked while registering; nothing is written when nothing was ticked.

    The registration's own line in the log stands for it.
    """
    if not chosen:
        return
    texts = _versions(edition_id, chosen, now)
    common = {"edition_id": edition_id, "registration_id": registration_id, "language": language}
    rows = [common | _line(wording.topic, texts[wording.topic], actor, now, given=True) for wording in chosen]
    execute(_INSERT, rows)


def write_as_much(*, now: datetime, edition_id: int, chosen: Sequence[Wording]) -> None:
    """Cost what ``give_consents`` costs and change nothing: somebody used an address that is known already."""
    if not chosen:
        return
    texts = _versions(edition_id, chosen, now)
    touched = update(ConsentText).where(ConsentText.id.in_(list(texts.values())))
    execute(touched.values(first_used_at=ConsentText.first_used_at))


def change_consent(
    *,
    actor: Actor,
    now: datetime,
    conference_id: int,
    edition_id: int,
    registration_id: int,
    wording: Wording,
    given: bool,
    language: str,
    reason: str = "",
) -> bool:
    """Give or withdraw one consent of somebody, in the words of ``wording``; return whether that changed anything.

    A withdrawal goes on the text that was agreed to, whatever is asked now. What was never given cannot be withdrawn:
    then nothing is written. ``reason`` is why an organizer notes it.
    """
    present = list_present(registration_id).get(wording.topic)
    if given is (present is not None and present.given):
        return False
    if present is not None and not given:
        text_id = present.text.id
    else:
        text_id = _versions(edition_id, [wording], now)[wording.topic]
    common = {"edition_id": edition_id, "registration_id": registration_id, "language": language}
    execute(_INSERT, [common | _line(wording.topic, text_id, actor, now, given=given, reason=reason)])
    record(
        actor=actor,
        action="registration.consent_given" if given else "registration.consent_withdrawn",
        object_kind="registration",
        object_id=registration_id,
        now=now,
        conference_id=conference_id,
        edition_id=edition_id,
        after={"consent": wording.sponsor or wording.topic.purpose.value} | ({"reason": reason} if reason else {}),
    )
    db.session.flush()
    return True


def set_asked(
    *,
    actor: Actor,
    now: datetime,
    conference_id: int,
    edition_id: int,
    purpose: Purpose,
    asked: bool,
    texts: Texts,
) -> bool:
    """Decide whether an edition asks for a purpose, and in which words; return whether anything changed.

    What people have agreed to keeps its own words.
    """
    if purpose is Purpose.SPONSOR:
        raise ValueError("sponsors ask for themselves")
    row = list_asks(edition_id).get(purpose)
    before: dict[str, Any] = {"asked": row is not None and row.asked, "texts": dict(row.texts) if row else {}}
    after: dict[str, Any] = {"asked": asked, "texts": dict(texts)}
    if before == after:
        return False
    if row is None:
        row = ConsentAsk(edition_id=edition_id, purpose=purpose)
        db.session.add(row)
    row.asked, row.texts = asked, dict(texts)
    db.session.flush()
    touch_form(edition_id)
    record(
        actor=actor,
        action="edition.consents_changed",
        object_kind="edition",
        object_id=edition_id,
        now=now,
        conference_id=conference_id,
        edition_id=edition_id,
        before=before,
        after={"consent": purpose.value} | after,
    )
    return True


def _line(topic: Topic, text_id: int, actor: Actor, now: datetime, *, given: bool, reason: str = "") -> dict[str, Any]:
    return {
        "purpose": topic.purpose,
        "sponsor_id": topic.sponsor_id,
        "text_id": text_id,
        "given": given,
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label,
        "reason": reason,
    }


def _versions(edition_id: int, chosen: Sequence[Wording], now: datetime) -> dict[Topic, int]:
    """Return the id of the version of each text; a text that nobody has agreed to before becomes one."""
    known = _known(edition_id, chosen)
    for wording in chosen:
        if wording.topic in known:
            continue
        try:
            known[wording.topic] = _add_version(edition_id, wording, now)
        except IntegrityError:
            known |= _known(edition_id, [wording])
    return known


def _known(edition_id: int, chosen: Sequence[Wording]) -> dict[Topic, int]:
    asked = {(wording.topic.key, wording.fingerprint): wording.topic for wording in chosen}
    texts = find_texts(edition_id, [wording.fingerprint for wording in chosen])
    found = ((asked.get((text.topic, text.fingerprint)), text.id) for text in texts)
    return {topic: number for topic, number in found if topic is not None}


def _add_version(edition_id: int, wording: Wording, now: datetime) -> int:
    """Add a version of a text within a savepoint; raises ``IntegrityError`` when somebody else just did."""
    with db.session.begin_nested():
        text = ConsentText(
            edition_id=edition_id,
            topic=wording.topic.key,
            purpose=wording.topic.purpose,
            sponsor_id=wording.topic.sponsor_id,
            sponsor_name=wording.sponsor,
            texts=dict(wording.texts),
            fingerprint=wording.fingerprint,
            first_used_at=now,
        )
        db.session.add(text)
        db.session.flush()
    return text.id
