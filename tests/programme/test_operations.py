from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import find_stamp
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, Invalid, NotFound
from crosslinks.programme.models import Person, Session, Talk
from crosslinks.programme.operations import (
    change_room,
    change_session,
    change_talk,
    create_room,
    create_session,
    delete_room,
    delete_session,
    delete_talk,
    move_talk,
    place_talk,
)
from crosslinks.programme.people import change_person, delete_person
from crosslinks.programme.queries import get_person, get_session, get_talk, list_session_rows
from crosslinks.programme.rules import SessionKind
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.programme.factories import make_person, make_programme, make_session, make_talk, oslo


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


BY = {"actor": TESTER, "now": NOW}


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def rev() -> int:
    stamp = find_stamp("crosslinks", "2024")
    assert stamp is not None
    return stamp.public_rev


def test_every_write_is_logged_and_renews_the_public_pages(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
    talk, person, session, room = day.talks["ali"], day.people["ali"], day.sessions[0], day.room
    deeds = {
        "room.changed": lambda: change_room(**BY, edition=edition, room=room, name="Hall", seats=1),
        "session.changed": lambda: change_session(
            **BY, edition=edition, session=session, changes={"title": {"en": "New"}}
        ),
        "talk.changed": lambda: change_talk(**BY, edition=edition, talk=talk, changes={"title": {"en": "New"}}),
        "talk.moved": lambda: move_talk(**BY, edition=edition, talk=talk, earlier=True),
        "person.changed": lambda: change_person(**BY, edition=edition, person=person, changes={"affiliation": "X"}),
        "talk.deleted": lambda: delete_talk(**BY, edition=edition, talk=talk),
        "session.deleted": lambda: delete_session(**BY, edition=edition, session=session),
        "room.deleted": lambda: delete_room(**BY, edition=edition, room=room),
        "person.deleted": lambda: delete_person(**BY, edition=edition, person=person),
    }
    for action, deed in deeds.items():
        before = rev()
        with transaction():
            deed()
        db.session.expire_all()
        assert rev() > before, action
        assert action in actions()[-4:], action


def test_a_talk_alone_brings_its_own_frame_and_takes_it_along(edition: Edition) -> None:
    with transaction():
        talk = make_talk(edition, None, "10:30", 10)
        frame = talk.session
        change_talk(**BY, edition=edition, talk=talk, changes={"starts_at": oslo("10:00"), "ends_at": oslo("10:20")})
    assert frame.kind is SessionKind.SINGLE
    assert (frame.starts_at, frame.ends_at) == (oslo("10:00"), oslo("10:20"))
    with transaction():
        delete_talk(**BY, edition=edition, talk=get_talk(edition.id, talk.id))
    assert list_session_rows(edition.id) == []


def test_a_talk_moves_into_a_session_and_out_again(edition: Edition) -> None:
    with transaction():
        talk = make_talk(edition, None, "10:30", 10)
        session = make_session(edition, "10:30", 60)
        place_talk(**BY, edition=edition, talk=talk, session=session)
    assert [row.kind for row in list_session_rows(edition.id)] == [SessionKind.SESSION]
    with transaction():
        place_talk(**BY, edition=edition, talk=get_talk(edition.id, talk.id), session=None)
    rows = list_session_rows(edition.id)
    assert sorted(row.kind for row in rows) == [SessionKind.SESSION, SessionKind.SINGLE]
    assert next(row for row in rows if row.kind is SessionKind.SINGLE).talks[0].id == talk.id


def test_there_is_no_talk_in_a_break(edition: Edition) -> None:
    with transaction():
        lunch = make_session(edition, "12:00", 60, SessionKind.BREAK)
    with pytest.raises(Conflict), transaction():
        make_talk(edition, lunch, "12:00", 10)
    assert not lunch.streamed


@pytest.mark.parametrize("minutes", [0, -10])
def test_nothing_ends_before_it_starts(edition: Edition, minutes: int) -> None:
    ends = oslo("10:30") + timedelta(minutes=minutes)
    with pytest.raises(Invalid), transaction():
        create_session(**BY, edition=edition, kind=SessionKind.SESSION, starts_at=oslo("10:30"), ends_at=ends)
    with pytest.raises(Invalid), transaction():
        make_talk(edition, None, "10:30", minutes)
    assert db.session.scalar(select(Session.id)) is None


def test_talks_keep_their_distance_when_their_session_moves(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
        first = day.sessions[0]
        hour = timedelta(hours=1)
        change_session(
            **BY, edition=edition, session=first, move_talks=True,
            changes={"starts_at": first.starts_at - hour, "ends_at": first.ends_at - hour},
        )  # fmt: skip
    assert [talk.starts_at for talk in first.talks] == [oslo("9:40"), oslo("10:25"), oslo("10:55")]


def test_a_talk_moved_earlier_takes_its_neighbours_place(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
        move_talk(**BY, edition=edition, talk=day.talks["derosa"], earlier=True)
    row = next(row for row in list_session_rows(edition.id) if row.id == day.sessions[0].id)
    times = [(talk.slug[:10], talk.starts_at, talk.minutes) for talk in row.talks]
    assert times == [
        ("the-microb", oslo("10:40"), 30), ("the-person", oslo("11:10"), 45), ("antibody-d", oslo("11:55"), 30)
    ]  # fmt: skip
    with transaction():
        move_talk(**BY, edition=edition, talk=get_talk(edition.id, day.talks["derosa"].id), earlier=True)
    assert list_session_rows(edition.id)[1].talks[0].id == day.talks["derosa"].id


def test_people_of_one_name_get_addresses_of_their_own(edition: Edition) -> None:
    with transaction():
        first, second = make_person(edition, "Kari", "Ås"), make_person(edition, "Kari", "Ås")
        elsewhere = make_person(make_edition(make_conference("other"), slug="2024"), "Kari", "Ås")
    assert (first.slug, second.slug, elsewhere.slug) == ("kari-as", "kari-as-2", "kari-as")


def test_an_address_follows_the_name_only_until_publication(edition: Edition) -> None:
    with transaction():
        person = make_person(edition, "Kari", "Ås")
        change_person(**BY, edition=edition, person=person, changes={"family_name": "Berg"})
    assert person.slug == "kari-as"
    with transaction():
        edition.state = EditionState.DRAFT
        change_person(**BY, edition=edition, person=person, changes={"family_name": "Li"})
    assert person.slug == "kari-li"


def test_who_speaks_does_not_vanish_silently(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
    person = day.people["haakensen"]
    with pytest.raises(Conflict), transaction():
        delete_person(**BY, edition=edition, person=person)
    with transaction():
        delete_person(**BY, edition=edition, person=get_person(edition.id, person.id), from_programme=True)
    assert db.session.get(Person, person.id) is None
    assert all("Haakensen" not in who.name for row in list_session_rows(edition.id) for who in row.moderators)
    assert len(db.session.scalars(select(Talk)).all()) == 8


def test_rooms_have_names_of_their_own_and_leave_their_sessions_behind(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
    with pytest.raises(Conflict), transaction():
        create_room(**BY, edition=edition, name=day.room.name.upper())
    with transaction():
        delete_room(**BY, edition=edition, room=db.session.merge(day.room))
    assert all(row.room == "" for row in list_session_rows(edition.id))


def test_nothing_of_another_edition_is_found(edition: Edition) -> None:
    with transaction():
        day = make_programme(edition)
        other = make_edition(edition.conference, slug="2025")
    for find, row in ((get_person, day.people["ali"]), (get_talk, day.talks["ali"]), (get_session, day.sessions[0])):
        with pytest.raises(NotFound):
            find(other.id, row.id)
