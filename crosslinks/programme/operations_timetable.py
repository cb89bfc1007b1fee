"""Moving the parts of the day in the timetable: a session takes its talks along, talks follow each other in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.programme.models import Room, Session, Talk
from crosslinks.programme.operations import (
    check_span,
    delete_session,
    delete_talk,
    log_programme,
    place_talk,
    refuse_break,
    session_facts,
    shift_talk,
    talk_facts,
)
from crosslinks.programme.rules import SessionKind, laid_out, pauses_before


def place_session(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    room: Room | None,
) -> None:
    """Give a session, a break or a talk alone its time and room; talks inside keep their distance from its start.

    Raises ``Invalid`` when it would end before it starts.
    """
    touch_public(edition.id)
    before = session_facts(session)
    distance = starts_at - session.starts_at
    session.starts_at, session.ends_at, session.room = starts_at, ends_at, room
    check_span(session)
    for talk in session.talks:
        if session.kind is SessionKind.SINGLE:
            talk.starts_at, talk.ends_at = starts_at, ends_at
            check_span(talk)
        elif distance:
            shift_talk(talk, distance)
    db.session.flush()
    log_programme(actor, now, edition, "session.moved", session, before, session_facts(session))


def put_talk(
    *, actor: Actor, now: datetime, edition: Edition, talk: Talk, session: Session, position: int, minutes: int
) -> None:
    """Give a talk ``minutes`` and its place in a session (0: the first), whose talks follow each other from its start.

    Pauses stay where they are in the order. A talk that stood alone loses its frame, and the talks of a session that
    it leaves close up. Raises ``Conflict`` in a break, and ``Invalid`` for more minutes than a talk may last.
    """
    refuse_break(session)
    touch_public(edition.id)
    source = talk.session
    moved = _Moved(actor, now, edition, [*source.talks, *(session.talks if session is not source else ())])
    order, pauses = _leave(source, talk)
    if session is source:
        place = max(0, min(position, len(order)))
        pauses = _pauses(source, _in_order(source.talks))
    else:
        talk.session = session
        db.session.flush()
        db.session.expire(source, ["talks"])
        _lay(source, order, pauses)
        order = _in_order([other for other in session.talks if other is not talk])
        place = max(0, min(position, len(order)))
        pauses = _pauses(session, order)
        pauses.insert(place, timedelta(0))
    talk.ends_at = talk.starts_at + timedelta(minutes=minutes)
    check_span(talk)
    _lay(session, [*order[:place], talk, *order[place:]], pauses)
    moved.log()
    db.session.expire(session, ["talks"])
    if source.kind is SessionKind.SINGLE and source is not session:
        delete_session(actor=actor, now=now, edition=edition, session=source)


def let_stand_alone(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    talk: Talk,
    starts_at: datetime,
    minutes: int,
    room: Room | None,
) -> None:
    """Take a talk out of its session, to stand alone at a time and in a room; the talks it leaves close up."""
    source = talk.session
    order, pauses = _leave(source, talk)
    place_talk(actor=actor, now=now, edition=edition, talk=talk, session=None)
    if source.kind is not SessionKind.SINGLE:
        moved = _Moved(actor, now, edition, order)
        _lay(source, order, pauses)
        moved.log()
    place_session(
        actor=actor, now=now, edition=edition, session=talk.session, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes), room=room,
    )  # fmt: skip


def take_talk_out(*, actor: Actor, now: datetime, edition: Edition, talk: Talk) -> None:
    """Delete a talk; those that follow it in its session close up."""
    source = talk.session
    order, pauses = _leave(source, talk)
    delete_talk(actor=actor, now=now, edition=edition, talk=talk)
    if source.kind is SessionKind.SESSION:
        moved = _Moved(actor, now, edition, order)
        _lay(source, order, pauses)
        moved.log()
        db.session.expire(source, ["talks"])


class _Moved:
    """Remembers talks as they were, and leaves a row in the log for each whose time or place has changed."""

    def __init__(self, actor: Actor, now: datetime, edition: Edition, talks: Sequence[Talk]) -> None:
        self._who = (actor, now, edition)
        self._before = [(talk, talk_facts(talk)) for talk in talks]

    def log(self) -> None:
        db.session.flush()
        for talk, before in self._before:
            after = talk_facts(talk)
            if after != before:
                log_programme(*self._who, "talk.moved", talk, before, after)


def _in_order(talks: Sequence[Talk]) -> list[Talk]:
    return sorted(talks, key=lambda talk: (talk.starts_at, talk.position, talk.id))


def _pauses(session: Session, talks: Sequence[Talk]) -> list[timedelta]:
    return pauses_before(session.starts_at, [(talk.starts_at, talk.ends_at) for talk in talks])


def _leave(session: Session, talk: Talk) -> tuple[list[Talk], list[timedelta]]:
    """Return the other talks of a session in order, and the pauses before them that stay when ``talk`` is gone."""
    talks = _in_order(session.talks)
    pauses = _pauses(session, talks)
    place = talks.index(talk)
    return [*talks[:place], *talks[place + 1 :]], [*pauses[:place], *pauses[place + 1 :]]


def _lay(session: Session, talks: Sequence[Talk], pauses: Sequence[timedelta]) -> None:
    lengths = [talk.ends_at - talk.starts_at for talk in talks]
    for position, (talk, times) in enumerate(zip(talks, laid_out(session.starts_at, lengths, pauses), strict=True)):
        talk.starts_at, talk.ends_at = times
        talk.position = position
