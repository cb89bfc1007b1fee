"""Publishing the working copy as a numbered release; a deleted person goes from all releases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from crosslinks.accounts.audit import record
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.models import Talk
from crosslinks.programme.queries import list_session_rows
from crosslinks.programme.release_changes import changes_json, changes_without, compare
from crosslinks.programme.release_drafts import draft_letters
from crosslinks.programme.release_models import ProgrammeRelease, ReleaseLetter
from crosslinks.programme.release_rules import (
    FrozenProgramme,
    FrozenSession,
    FrozenTalk,
    from_json,
    to_json,
    without_person,
)
from crosslinks.programme.released import find_latest, read_release
from crosslinks.programme.rules import DraftState
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow


def freeze(edition_id: int) -> FrozenProgramme:
    """Return the working copy as a release would freeze it now: five statements."""
    abstracts = {
        number: (abstract, language)
        for number, abstract, language in db.session.execute(
            select(Talk.id, Talk.abstract, Talk.abstract_language).where(Talk.edition_id == edition_id)
        )
    }
    return FrozenProgramme(
        tuple(
            _frozen_session(row, tuple(_frozen_talk(talk, *abstracts[talk.id]) for talk in row.talks))
            for row in list_session_rows(edition_id)
        )
    )


def digest(programme: FrozenProgramme) -> str:
    """Return a short mark of a programme, by which a page knows whether it is still the same."""
    return hashlib.blake2b(json.dumps(to_json(programme), sort_keys=True).encode(), digest_size=12).hexdigest()


def publish_release(
    *, actor: Actor, now: datetime, edition: Edition, note: Texts | None = None, seen: str | None = None
) -> ProgrammeRelease:
    """Freeze the working copy as the next release, which the public sees from then on.

    From the second release on, those whose part changed get a letter drafted. ``seen`` is the ``digest`` of what the
    organizer read. Raises ``Conflict`` when the working copy is another by now, and when nothing changed since the
    last release.
    """
    touch_public(edition.id)
    latest = find_latest(edition.id)
    old = read_release(latest) if latest else FrozenProgramme()
    new = freeze(edition.id)
    if seen is not None and seen != digest(new):
        raise Conflict("release.changed_meanwhile")
    if latest is not None and new == old:
        raise Conflict("release.nothing_new")
    groups = compare(old, new)
    release = ProgrammeRelease(
        edition_id=edition.id,
        number=latest.number + 1 if latest else 1,
        published_at=now,
        published_by=actor.label,
        note=note or {},
        content=to_json(new),
        changes=changes_json(groups) if latest else {"groups": []},
    )
    db.session.add(release)
    db.session.flush()
    record(
        actor=actor, action="programme.published", object_kind="programme", object_id=release.id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id,
        after={"number": release.number, "note": release.note},
    )  # fmt: skip
    if latest is not None:
        draft_letters(now=now, edition=edition, release=release, new=new)
    return release


def forget_person(edition_id: int, person_id: int) -> None:
    """Let a person who is deleted go from every release and from the letters drafted to others."""
    for release in db.session.scalars(select(ProgrammeRelease).where(ProgrammeRelease.edition_id == edition_id)):
        content = to_json(without_person(from_json(release.content), person_id))
        changes = changes_without(release.changes, person_id)
        if content != release.content or changes != release.changes:
            release.content, release.changes = content, changes
            release.rev += 1
    drafts = select(ReleaseLetter).where(
        ReleaseLetter.edition_id == edition_id,
        ReleaseLetter.person_id != person_id,
        ReleaseLetter.state == DraftState.DRAFT,
    )
    for letter in db.session.scalars(drafts):
        letter.facts = changes_without(letter.facts, person_id)
    db.session.flush()


def _frozen_session(row: SessionRow, talks: tuple[FrozenTalk, ...]) -> FrozenSession:
    return FrozenSession(
        row.id, row.uuid, row.kind, row.title, row.summary, row.starts_at, row.ends_at, row.room_id, row.room,
        row.streamed, _ids(row.moderators), talks, row.is_demo,
    )  # fmt: skip


def _frozen_talk(talk: TalkRow, abstract: str, language: str) -> FrozenTalk:
    return FrozenTalk(
        talk.id, talk.uuid, talk.slug, talk.kind, talk.title, abstract, language, talk.starts_at, talk.ends_at,
        _ids(talk.speakers), talk.is_demo,
    )  # fmt: skip


def _ids(people: Iterable[PersonLine]) -> tuple[int, ...]:
    return tuple(person.id for person in people)
