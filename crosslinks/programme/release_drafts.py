"""Letters about a release: drafted for those whose part it changed, and sent or discarded by an organizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.mail.operations import mail_row, queue_mails
from crosslinks.programme.models import Person
from crosslinks.programme.release_changes import OwnChanges
from crosslinks.programme.release_models import ProgrammeRelease, ReleaseLetter
from crosslinks.programme.release_rules import FrozenProgramme
from crosslinks.programme.released import get_stamp, read_release
from crosslinks.programme.rules import DraftState

LETTER = "programme.changed"
MOST_AT_ONCE = 200


def draft_letters(*, now: datetime, edition: Edition, release: ProgrammeRelease, new: FrozenProgramme) -> int:
    """Draft a letter to everybody with an address whose part changed; return how many are drafts now.

    Who has a draft from an earlier release that was not sent gets one letter about both: from what they were last
    told until now. When that is nothing any more, the draft goes.
    """
    letters = {letter.person_id: letter for letter in lock_drafts(edition.id)}
    told = {
        number: OwnChanges(_content(edition.id, number), new)
        for number in {release.number - 1, *(letter.since for letter in letters.values())}
    }
    for person in _with_address(edition.id, {*told[release.number - 1].people, *letters}):
        letter = letters.get(person.id)
        since = letter.since if letter else release.number - 1
        facts = told[since].of(person.id)
        if letter is None and facts is not None:
            db.session.add(
                ReleaseLetter(
                    edition_id=edition.id, person_id=person.id, since=since, until=release.number, facts=facts,
                    language=_language(person, edition), created_at=now,
                )
            )  # fmt: skip
        elif letter is not None and facts is not None:
            letter.facts, letter.until = facts, release.number
        elif letter is not None:
            letter.state, letter.settled_at = DraftState.DISCARDED, now
    db.session.flush()
    return count_drafts(edition.id)


def _content(edition_id: int, number: int) -> FrozenProgramme:
    return read_release(get_stamp(edition_id, number)) if number else FrozenProgramme()


def _with_address(edition_id: int, ids: Iterable[int]) -> Sequence[Person]:
    query = select(Person).where(Person.edition_id == edition_id, Person.id.in_(list(ids)), Person.email != "")
    return db.session.scalars(query.order_by(Person.id)).all()


def list_addressed(edition_id: int, ids: Iterable[int]) -> set[int]:
    """Return which of these people can be written to."""
    return {person.id for person in _with_address(edition_id, ids)}


def _language(person: Person, edition: Edition) -> str:
    if person.biography_language in edition.languages:
        return person.biography_language
    return edition.languages[0]


def list_drafts(edition_id: int) -> list[ReleaseLetter]:
    """Return the letters that wait for an organizer, with their people, by name."""
    return list(db.session.scalars(_drafts(edition_id)))


def lock_drafts(edition_id: int) -> list[ReleaseLetter]:
    """Return the same to be settled: who asks at the same time waits, and then gets only what is still a draft."""
    return list(db.session.scalars(_drafts(edition_id).with_for_update(of=ReleaseLetter)))


def _drafts(edition_id: int) -> Select[ReleaseLetter]:
    return (
        select(ReleaseLetter)
        .join(ReleaseLetter.person)
        .where(ReleaseLetter.edition_id == edition_id, ReleaseLetter.state == DraftState.DRAFT)
        .order_by(Person.family_name, Person.given_name, Person.id)
        .options(contains_eager(ReleaseLetter.person))
    )


def count_drafts(edition_id: int) -> int:
    """Return how many letters wait for an organizer."""
    query = select(func.count()).select_from(ReleaseLetter)
    waiting = query.where(ReleaseLetter.edition_id == edition_id, ReleaseLetter.state == DraftState.DRAFT)
    return db.session.scalar(waiting) or 0


def get_draft(edition_id: int, letter_id: int, *, lock: bool = False) -> ReleaseLetter:
    """Return a letter of this edition that is still a draft, to be settled with ``lock``; raises ``NotFound``."""
    query = (
        select(ReleaseLetter)
        .where(
            ReleaseLetter.id == letter_id,
            ReleaseLetter.edition_id == edition_id,
            ReleaseLetter.state == DraftState.DRAFT,
        )
        .options(joinedload(ReleaseLetter.person, innerjoin=True))
    )
    found = db.session.scalar(query.with_for_update(of=ReleaseLetter) if lock else query)
    if found is None:
        raise NotFound("letter.unknown")
    return found


def word_letter(
    *, actor: Actor, now: datetime, edition: Edition, letter: ReleaseLetter, opening: str, language: str
) -> None:
    """Change the opening words and the language of a draft."""
    before = {"opening": letter.opening, "language": letter.language}
    letter.opening, letter.language = opening, language
    db.session.flush()
    after = {"opening": letter.opening, "language": letter.language}
    if before != after:
        log_write(actor, now, edition, "release_letter.changed", letter.id, before, after)


def send_letters(*, actor: Actor, now: datetime, edition: Edition, letters: Sequence[ReleaseLetter]) -> int:
    """Put drafts into the outbox, at most ``MOST_AT_ONCE``, and return how many.

    Raises ``Conflict`` for a person whose address was taken away since.
    """
    if any(not letter.person.email for letter in letters):
        raise Conflict("letter.no_address")
    rows = [
        mail_row(
            kind=LETTER, language=letter.language, to_address=letter.person.email, to_name=letter.person.name,
            data={"letter": letter.id}, now=now, edition_id=edition.id,
        )
        for letter in letters
    ]  # fmt: skip
    queue_mails(rows)
    _settle(DraftState.SENT, actor, now, edition, letters)
    return len(rows)


def discard_letters(*, actor: Actor, now: datetime, edition: Edition, letters: Sequence[ReleaseLetter]) -> int:
    """Let drafts go without sending them; return how many."""
    _settle(DraftState.DISCARDED, actor, now, edition, letters)
    return len(letters)


def _settle(state: DraftState, actor: Actor, now: datetime, edition: Edition, letters: Sequence[ReleaseLetter]) -> None:
    for letter in letters:
        letter.state, letter.settled_at = state, now
        log_write(actor, now, edition, f"release_letter.{state.value}", letter.id, None, {"name": letter.person.name})
    db.session.flush()
