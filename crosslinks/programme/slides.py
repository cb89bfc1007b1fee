"""Slides and recordings: handed in by speakers, marked by them, shown when the organizer says so.

``person`` of an operation is whose link asks: files and talks of others raise ``NotFound``. None is the organizer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from crosslinks.accounts.audit import record
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid, NotFound
from crosslinks.programme.material_models import MaterialShown, Recording, RecordingConsent, SlideFile
from crosslinks.programme.models import Person, Talk, TalkSpeaker
from crosslinks.programme.rules import https_url
from crosslinks.programme.slide_store import Stored

MOST_FILES = 10
"""For one talk."""


def get_own_talk(person: Person, talk_id: int) -> Talk:
    """Return a talk that this person gives; raises ``NotFound``."""
    found = db.session.scalar(
        select(Talk).join(TalkSpeaker).where(Talk.id == talk_id, TalkSpeaker.person_id == person.id)
    )
    if found is None:
        raise NotFound("talk.unknown")
    return found


def get_slides(edition_id: int, slides_id: int, person: Person | None = None) -> SlideFile:
    """Return a file of this edition, for a ``person`` only one of a talk that they give; raises ``NotFound``."""
    query = select(SlideFile).where(SlideFile.id == slides_id, SlideFile.edition_id == edition_id)
    if person is not None:
        query = query.join(TalkSpeaker, TalkSpeaker.talk_id == SlideFile.talk_id).where(
            TalkSpeaker.person_id == person.id
        )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("slides.unknown")
    return found


def list_slides(talk_ids: Sequence[int]) -> dict[int, list[SlideFile]]:
    """Return the files of each of these talks, the first that came first: one statement."""
    found: dict[int, list[SlideFile]] = {number: [] for number in talk_ids}
    rows = db.session.scalars(select(SlideFile).where(SlideFile.talk_id.in_(talk_ids)).order_by(SlideFile.id))
    for row in rows if talk_ids else ():
        found[row.talk_id].append(row)
    return found


def list_stored_of(person_id: int) -> list[str]:
    """Return the stored names of what a person handed in, to drop them after the person is deleted."""
    return list(db.session.scalars(select(SlideFile.stored).where(SlideFile.person_id == person_id)))


def refuse_one_more(talk: Talk) -> None:
    """Raise ``Conflict`` when a talk has as many files as it may have."""
    there = db.session.scalar(select(func.count()).where(SlideFile.talk_id == talk.id)) or 0
    if there >= MOST_FILES:
        raise Conflict("slides.too_many")


def add_slides(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    person: Person,
    talk_id: int,
    stored: Stored,
    publish: bool,
    keep_back: bool,
) -> SlideFile:
    """Note a stored file as slides of a talk that ``person`` gives. Raises ``NotFound``, ``Conflict``, ``Invalid``."""
    talk = get_own_talk(person, talk_id)
    refuse_one_more(talk)
    _refuse_both(publish, keep_back)
    touch_public(edition.id)
    row = SlideFile(
        edition_id=edition.id, talk_id=talk.id, person_id=person.id, stored=stored.name, kind=stored.kind,
        file_name=stored.file_name, size=stored.size, publish=publish, keep_back=keep_back, uploaded_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    log_write(actor, now, edition, "talk.slides_added", talk.id, after=_facts(row))
    return row


def mark_slides(
    *, actor: Actor, now: datetime, edition: Edition, slides: SlideFile, publish: bool, keep_back: bool
) -> None:
    """Change what may become of a file; one that may no longer be shown is gone from every page at once."""
    _refuse_both(publish, keep_back)
    if (slides.publish, slides.keep_back) == (publish, keep_back):
        return
    touch_public(edition.id)
    before = _facts(slides)
    slides.publish, slides.keep_back = publish, keep_back
    db.session.flush()
    log_write(actor, now, edition, "talk.slides_changed", slides.talk_id, before, _facts(slides))


def delete_slides(*, actor: Actor, now: datetime, edition: Edition, slides: SlideFile) -> str:
    """Delete a file's row and return the stored name, which the caller drops after the commit."""
    touch_public(edition.id)
    log_write(actor, now, edition, "talk.slides_deleted", slides.talk_id, _facts(slides))
    stored = slides.stored
    db.session.delete(slides)
    db.session.flush()
    return stored


def answer_recording(
    *, actor: Actor, now: datetime, edition: Edition, person: Person, talk_id: int, given: bool
) -> None:
    """Note whether ``person`` allows the recording of a talk of theirs to be shown; raises ``NotFound``."""
    talk = get_own_talk(person, talk_id)
    row = db.session.get(RecordingConsent, (talk.id, person.id))
    if row is not None and row.given is given:
        return
    touch_public(edition.id)
    before = None if row is None else {"recording": row.given}
    if row is None:
        row = RecordingConsent(talk_id=talk.id, person_id=person.id)
        db.session.add(row)
    row.given, row.at = given, now
    db.session.flush()
    log_write(actor, now, edition, "talk.recording_answered", talk.id, before, {"recording": given})


def set_recording(*, actor: Actor, now: datetime, edition: Edition, talk: Talk, url: str) -> None:
    """Set or (empty) take away where the recording of a talk is; raises ``Invalid`` for what is no https address."""
    wanted = https_url(url) if url else ""
    if wanted is None or len(wanted) > Recording.url.type.length:
        raise Invalid("recording.address", fields={"url": "recording.address"})
    row = db.session.get(Recording, talk.id)
    if (row.url if row else "") == wanted:
        return
    touch_public(edition.id)
    before = {"url": row.url if row else ""}
    if row is not None and not wanted:
        db.session.delete(row)
    elif row is not None:
        row.url = wanted
    else:
        db.session.add(Recording(talk_id=talk.id, url=wanted))
    db.session.flush()
    log_write(actor, now, edition, "talk.recording_linked", talk.id, before, {"url": wanted})


def show_material(*, actor: Actor, now: datetime, edition: Edition, shown: bool) -> None:
    """Show or hide an edition's slides and recordings. Raises ``Conflict`` before the edition is over."""
    if shown and now < edition.ends_at:
        raise Conflict("material.before_the_end")
    row = db.session.get(MaterialShown, edition.id)
    if (row is not None) is shown:
        return
    touch_public(edition.id)
    if row is None:
        db.session.add(MaterialShown(edition_id=edition.id, at=now))
    else:
        db.session.delete(row)
    db.session.flush()
    record(
        actor=actor, action="edition.slides_shown" if shown else "edition.slides_hidden", object_kind="edition",
        object_id=edition.id, now=now, conference_id=edition.conference_id, edition_id=edition.id,
    )  # fmt: skip


def forget_unshared(edition_id: int, limit: int) -> list[str]:
    """Delete up to ``limit`` rows of files that may not be public and return their stored names."""
    rows = db.session.execute(
        select(SlideFile.id, SlideFile.stored)
        .where(SlideFile.edition_id == edition_id, SlideFile.keep_back | ~SlideFile.publish)
        .limit(limit)
    ).all()
    db.session.execute(delete(SlideFile).where(SlideFile.id.in_([row.id for row in rows])))
    return [row.stored for row in rows]


def _refuse_both(publish: bool, keep_back: bool) -> None:
    if publish and keep_back:
        raise Invalid("slides.both", fields={"keep_back": "slides.both"})


def _facts(row: SlideFile) -> dict[str, Any]:
    return {"file_name": row.file_name, "size": row.size, "publish": row.publish, "keep_back": row.keep_back}
