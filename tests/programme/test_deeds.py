from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.deeds import KEPT_DEEDS, Overtaken, State, deed, programme_state, redo, undo
from crosslinks.programme.models import ProgrammeDeed, Room, Session, Talk
from crosslinks.programme.operations import (
    change_session,
    change_talk,
    create_room,
    create_session,
    create_talk,
    delete_room,
    delete_session,
    move_talk,
)
from crosslinks.programme.operations_timetable import let_stand_alone, place_session, put_talk, take_talk_out
from crosslinks.programme.people import delete_person
from crosslinks.programme.rules import SessionKind
from tests.accounts.factories import make_account
from tests.factories import NOW, make_edition
from tests.programme.factories import Programme, make_programme, oslo

TEN = timedelta(minutes=10)


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


@pytest.fixture
def ola(edition: Edition) -> Actor:
    with transaction():
        account = make_account()
    return Actor.account(account.id, account.name)


def do(actor: Actor, edition: Edition, operation: Callable[..., Any], **arguments: Any) -> Any:
    with deed(actor=actor, now=NOW, edition=edition, name="session.moved"):
        return operation(actor=actor, now=NOW, edition=edition, **arguments)


def facts(edition: Edition) -> State:
    """Everything but numbers and versions: what people see, under identities that outlive being deleted."""
    return {
        key: {name: value for name, value in part.items() if name != "id"}
        for key, part in programme_state(edition.id).items()
    }


def span(talk: Talk) -> tuple[str, int]:
    return f"{talk.starts_at + timedelta(hours=1):%H:%M}", int((talk.ends_at - talk.starts_at).total_seconds() // 60)


def test_a_session_takes_its_talks_along(edition: Edition, day: Programme, ola: Actor) -> None:
    first = day.sessions[0]
    with transaction():
        session = db.session.get_one(Session, first.id)
        do(ola, edition, place_session, session=session, starts_at=oslo("11:00"), ends_at=oslo("13:00"), room=None)
        assert [span(talk) for talk in session.talks] == [("11:00", 45), ("11:45", 30), ("12:15", 30)]
        assert session.room is None
        undo(actor=ola, now=NOW, edition=edition)
    with transaction():
        session = db.session.get_one(Session, first.id)
        assert [span(talk) for talk in session.talks] == [("10:40", 45), ("11:25", 30), ("11:55", 30)]
        assert session.room is not None
        redo(actor=ola, now=NOW, edition=edition)
        assert session.starts_at == oslo("11:00")


def test_talks_follow_each_other_in_order(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        session = db.session.get_one(Session, day.sessions[0].id)
        talk = db.session.get_one(Talk, day.talks["loges"].id)
        do(ola, edition, put_talk, talk=talk, session=session, position=2, minutes=40)
        order = {row.speakers[0].person.family_name: span(row) for row in session.talks}
        assert order == {"Derosa": ("10:40", 30), "Tarantino": ("11:10", 30), "Loges": ("11:40", 40)}


def test_a_pause_stays_where_it_is_in_the_order(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        session = db.session.get_one(Session, day.sessions[0].id)
        second = session.talks[1]
        for talk in session.talks[1:]:
            talk.starts_at, talk.ends_at = talk.starts_at + TEN, talk.ends_at + TEN
        do(ola, edition, put_talk, talk=second, session=session, position=0, minutes=30)
        assert [span(talk) for talk in session.talks] == [("10:40", 30), ("11:20", 45), ("12:05", 30)]


def test_a_talk_goes_to_another_session_and_back(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        before = facts(edition)
        talk = db.session.get_one(Talk, day.talks["derosa"].id)
        target = db.session.get_one(Session, day.sessions[2].id)
        do(ola, edition, put_talk, talk=talk, session=target, position=1, minutes=30)
        assert span(talk) == ("13:55", 30)
        assert span(db.session.get_one(Talk, day.talks["tarantino"].id)) == ("11:25", 30)
        assert span(db.session.get_one(Talk, day.talks["ali"].id)) == ("14:25", 30)
        undo(actor=ola, now=NOW, edition=edition)
        assert facts(edition) == before


def test_a_talk_alone_goes_into_a_session_and_out_again(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        before = facts(edition)
        talk = db.session.get_one(Talk, day.talks["homme"].id)
        frame = talk.session_id
        target = db.session.get_one(Session, day.sessions[0].id)
        do(ola, edition, put_talk, talk=talk, session=target, position=9, minutes=10)
        assert db.session.get(Session, frame) is None
        assert span(talk) == ("12:25", 10)
        inside = facts(edition)
        room = db.session.get_one(Room, day.room.id)
        do(ola, edition, let_stand_alone, talk=talk, starts_at=oslo("09:00"), minutes=15, room=room)
        assert (talk.session.kind, talk.session.ends_at) == (SessionKind.SINGLE, oslo("09:15"))
        undo(actor=ola, now=NOW, edition=edition)
        assert facts(edition) == inside
        undo(actor=ola, now=NOW, edition=edition)
        assert facts(edition) == before


def test_what_was_deleted_comes_back_whole(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        before = programme_state(edition.id)
        session = db.session.get_one(Session, day.sessions[0].id)
        do(ola, edition, delete_session, session=session)
        talk = db.session.get_one(Talk, day.talks["ali"].id)
        do(ola, edition, take_talk_out, talk=talk)
        assert span(db.session.get_one(Talk, day.talks["schaar"].id)) == ("13:25", 30)
        undo(actor=ola, now=NOW, edition=edition)
        undo(actor=ola, now=NOW, edition=edition)
    assert programme_state(edition.id) == before
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(4)).all()
    assert set(actions) == {"session.undone", "talk.undone"}


def test_what_others_changed_since_is_not_undone(edition: Edition, day: Programme, ola: Actor) -> None:
    first, kari = day.sessions[0].id, Actor.system("kari")
    with transaction():
        session = db.session.get_one(Session, first)
        do(ola, edition, place_session, session=session, starts_at=oslo("11:00"), ends_at=oslo("13:00"), room=None)
        change_session(actor=kari, now=NOW, edition=edition, session=session, changes={"title": {"en": "Mine"}})
    with transaction():
        undo(actor=ola, now=NOW, edition=edition)
        assert db.session.get_one(Session, first).title == {"en": "Mine"}
        redo(actor=ola, now=NOW, edition=edition)
        change_session(
            actor=kari, now=NOW, edition=edition, session=db.session.get_one(Session, first),
            changes={"ends_at": oslo("12:00")},
        )  # fmt: skip
    with pytest.raises(Overtaken) as refused, transaction():
        undo(actor=ola, now=NOW, edition=edition)
    assert (refused.value.kind, refused.value.number) == ("session", first)
    assert db.session.get_one(Session, first).ends_at == oslo("12:00")


def test_a_session_in_which_somebody_put_a_talk_is_not_undone_away(edition: Edition, ola: Actor) -> None:
    with transaction():
        made = do(
            ola, edition, create_session, kind=SessionKind.SESSION, starts_at=oslo("10:00"), ends_at=oslo("11:00")
        )
        create_talk(
            actor=Actor.system("kari"), now=NOW, edition=edition, session=made, title={"en": "Hers"},
            starts_at=oslo("10:00"), ends_at=oslo("10:20"),
        )  # fmt: skip
    with pytest.raises(Overtaken), transaction():
        undo(actor=ola, now=NOW, edition=edition)
    assert db.session.scalar(select(func.count()).select_from(Talk)) == 1


def test_rooms_and_people_that_are_gone_do_not_stop_an_undo(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        session = db.session.get_one(Session, day.sessions[0].id)
        number = session.uuid
        do(ola, edition, delete_session, session=session)
        delete_room(actor=ola, now=NOW, edition=edition, room=db.session.get_one(Room, day.room.id))
        person = db.session.merge(day.people["cameron"])
        delete_person(actor=ola, now=NOW, edition=edition, person=person, from_programme=True)
    with transaction():
        undo(actor=ola, now=NOW, edition=edition)
        back = db.session.scalars(select(Session).where(Session.uuid == number)).one()
        assert (back.room, [row.person.family_name for row in back.moderators]) == (None, ["Drageset Haakensen"])


def test_everybody_undoes_their_own_and_the_oldest_are_let_go(edition: Edition, day: Programme, ola: Actor) -> None:
    with transaction():
        other = make_account("other@example.org")
        kari = Actor.account(other.id, other.name)
    with transaction():
        session = db.session.get_one(Session, day.sessions[0].id)
        for number in range(KEPT_DEEDS + 5):
            change = {"title": {"en": f"Title {number}"}}
            do(ola, edition, change_session, session=session, changes=change)
        assert db.session.scalar(select(func.count()).select_from(ProgrammeDeed)) == KEPT_DEEDS
        with pytest.raises(Conflict, match=r"deed\.none"):
            undo(actor=kari, now=NOW, edition=edition)
        undo(actor=ola, now=NOW, edition=edition)
        do(ola, edition, change_session, session=session, changes={"title": {"en": "Other"}})
        with pytest.raises(Conflict, match=r"deed\.none"):
            redo(actor=ola, now=NOW, edition=edition)


Choice = tuple[str, int, int, int]
DEED = st.tuples(
    st.sampled_from(["place", "put", "alone", "take", "delete", "session", "talk", "swap", "title", "speakers"]),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 120),
)


def one_deed(actor: Actor, edition: Edition, rooms: list[Room], choice: Choice) -> None:
    kind, first, second, third = choice
    sessions = list(db.session.scalars(select(Session).order_by(Session.id)))
    talks = list(db.session.scalars(select(Talk).order_by(Talk.id)))
    starts = oslo("08:00") + timedelta(minutes=5 * third)
    room = [None, *rooms][first % (len(rooms) + 1)]
    if kind == "session" or not sessions:
        of = SessionKind.BREAK if first % 2 else SessionKind.SESSION
        do(actor, edition, create_session, kind=of, starts_at=starts, ends_at=starts + TEN, room=room)
        return
    session = sessions[first % len(sessions)]
    if kind == "place":
        ends = starts + timedelta(minutes=5 + second)
        do(actor, edition, place_session, session=session, starts_at=starts, ends_at=ends, room=room)
    elif kind == "delete":
        do(actor, edition, delete_session, session=session)
    elif kind == "talk" or not talks:
        within = session if session.kind is SessionKind.SESSION else None
        title = {"en": f"Talk {third}"}
        do(actor, edition, create_talk, session=within, title=title, starts_at=starts, ends_at=starts + TEN)
    else:
        talk_deed(actor, edition, talks[second % len(talks)], session, choice, room)


def talk_deed(actor: Actor, edition: Edition, talk: Talk, session: Session, choice: Choice, room: Room | None) -> None:
    kind, first, second, third = choice
    starts = oslo("08:00") + timedelta(minutes=5 * third)
    if kind == "put":
        if session.kind is SessionKind.SESSION:
            do(actor, edition, put_talk, talk=talk, session=session, position=second % 4, minutes=5 + third)
    elif kind == "alone":
        do(actor, edition, let_stand_alone, talk=talk, starts_at=starts, minutes=5 + second, room=room)
    elif kind == "take":
        do(actor, edition, take_talk_out, talk=talk)
    elif kind == "swap":
        do(actor, edition, move_talk, talk=talk, earlier=bool(first % 2))
    else:
        people = [row.person for row in talk.speakers][::-1] if kind == "speakers" else None
        title = {"title": {"en": f"Title {third}"}} if kind == "title" else {}
        do(actor, edition, change_talk, talk=talk, changes=title, speakers=people)


@pytest.fixture
def rooms(edition: Edition, day: Programme) -> list[Room]:
    with transaction():
        create_room(actor=Actor.system(), now=NOW, edition=edition, name="Side hall")
    return list(db.session.scalars(select(Room)))


class _LetGo(Exception):
    """Ends an example: nothing of it is kept, so that the next begins where this one did."""


@settings(max_examples=15)
@given(choices=st.lists(DEED, min_size=1, max_size=8))
def test_random_deeds_all_undone_give_the_first_state(
    edition: Edition, rooms: list[Room], ola: Actor, choices: list[Choice]
) -> None:
    with suppress(_LetGo), transaction():
        halls = [db.session.get_one(Room, room.id) for room in rooms]
        states = [facts(edition)]
        for choice in choices:
            one_deed(ola, edition, halls, choice)
            if (state := facts(edition)) != states[-1]:
                states.append(state)
        for state in states[-2::-1]:
            undo(actor=ola, now=NOW, edition=edition)
            assert facts(edition) == state
        for state in states[1:]:
            redo(actor=ola, now=NOW, edition=edition)
            assert facts(edition) == state
        raise _LetGo
