"""Whom a mailing reaches: each filter, news only to who agreed or asked, each address once, one statement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from crosslinks.checkin.models import Attendance
from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.consents.rules import Topic
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence
from crosslinks.mailings.audiences import count_reached, list_reached
from crosslinks.mailings.purposes import Attended, Audience, Purpose, Source, read_audience
from crosslinks.questions.models import Answer
from crosslinks.questions.queries import pack
from crosslinks.questions.rules import Kind
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import BadgeRole, Place, Profession, Status
from tests.consents.factories import ask, say
from tests.factories import NOW, TESTER, make_edition
from tests.mailings.factories import make_follower
from tests.questions.factories import make_question
from tests.registration.factories import make_registration
from tests.registration.test_list import counting

NEXT = Topic(ConsentPurpose.NEXT_EDITION)


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=3)


def reached(edition: Edition, purpose: Purpose = Purpose.ABOUT, **filters: Any) -> list[str]:
    audience = Audience(**filters)
    found = [one.email.partition("@")[0] for one in list_reached(edition, purpose, audience)]
    assert count_reached(edition, purpose, audience) == len(found)
    return found


def make(edition: Edition, name: str, mode: Mode = Mode.ONSITE, **more: Any) -> Registration:
    return make_registration(edition, mode, email=f"{name}@example.org", **more)


def test_each_filter_leaves_out_who_is_otherwise(edition: Edition) -> None:
    with transaction():
        question = make_question(edition, Kind.CHOICE, "Colour")
        a = make(edition, "a", role=BadgeRole.SPEAKER)
        b = make(edition, "b", Mode.DIGITAL, profession=Profession.HEALTH, language="nb")
        c = make(edition, "c")
        make(edition, "d")
        make(edition, "waits")
        gone = make(edition, "gone")
        make_registration(edition, email="")
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
        db.session.add(Presence(registration_id=b.id, edition_id=edition.id, starts_at=NOW, ends_at=NOW))
        db.session.add(Attendance(registration_id=a.id, edition_id=edition.id, first_at=NOW, inside=True))
        db.session.add(
            Answer(registration_id=c.id, question_id=question.id, value="o2", picked=pack(["o2"]), answered_at=NOW)
        )
        ask(edition, ConsentPurpose.PHOTO)
        say(edition, c.id, Topic(ConsentPurpose.PHOTO))
    assert reached(edition) == ["a", "b", "c", "d", "waits"]
    assert reached(edition, place=Place.DIGITAL) == ["b"]
    assert reached(edition, place=Place.ONSITE) == ["a", "c", "d", "waits"]
    assert reached(edition, status=Status.CONFIRMED) == ["a", "b", "c", "d"]
    assert reached(edition, status=Status.WAITING) == ["waits"]
    assert reached(edition, status=Status.CANCELLED) == ["gone"]
    assert reached(edition, role=BadgeRole.SPEAKER) == ["a"]
    assert reached(edition, profession=Profession.HEALTH) == ["b"]
    assert reached(edition, language="nb") == ["b"]
    assert reached(edition, attended=Attended.YES) == ["a", "b"]
    assert reached(edition, attended=Attended.NO, status=Status.CONFIRMED) == ["c", "d"]
    assert reached(edition, consent=ConsentPurpose.PHOTO) == ["c"]
    assert reached(edition, question=question.id, answer="o2") == ["c"]
    assert reached(edition, question=question.id, answer="o1") == []


def test_news_reach_only_who_agreed_or_asked_and_each_address_once(edition: Edition) -> None:
    with transaction():
        last = make_edition(
            edition.conference, slug="2023", number=15, starts_at=edition.starts_at - timedelta(days=365),
            ends_at=edition.ends_at - timedelta(days=365),
        )  # fmt: skip
        older = make_edition(
            edition.conference, slug="2022", number=14, starts_at=edition.starts_at - timedelta(days=730),
            ends_at=edition.ends_at - timedelta(days=730),
        )  # fmt: skip
        for one in (last, older, edition):
            ask(one, ConsentPurpose.NEXT_EDITION)
        for name in ("agrees", "both", "back", "withdrew", "silent"):
            person = make(last, name)
            if name != "silent":
                say(last, person.id, NEXT)
            if name == "withdrew":
                say(last, person.id, NEXT, given=False)
        long_ago = make(older, "longago")
        say(older, long_ago.id, NEXT)
        make(edition, "back")
        here = make(edition, "here")
        say(edition, here.id, NEXT)
        make_follower(edition.conference_id, "both@example.org")
        make_follower(edition.conference_id, "asked@example.org")
        make_follower(edition.conference_id, "unconfirmed@example.org", confirmed=False)
        for one in (last, older):
            one.state = EditionState.ARCHIVED
    news = Purpose.NEWS
    assert reached(edition, news, source=Source.LAST_EDITION) == ["agrees", "back", "both"]
    assert reached(edition, news, source=Source.INTEREST) == ["asked", "both"]
    assert reached(edition, news, source=Source.LAST_AND_INTEREST) == ["agrees", "asked", "back", "both"]
    assert reached(edition, news, source=Source.LAST_AND_INTEREST, newcomers=True) == ["agrees", "asked", "both"]
    assert reached(edition, news, source=Source.EDITION) == ["here"]
    both = [
        one for one in list_reached(edition, news, Audience(source=Source.LAST_AND_INTEREST)) if "both" in one.email
    ]
    assert [one.registration_id is not None for one in both] == [True], "a registration goes before the list"


def test_an_address_that_registered_twice_is_reached_once(edition: Edition) -> None:
    with transaction():
        first = make(edition, "twice")
        cancel(actor=TESTER, now=NOW, registration_id=first.id)
        second = make(edition, "twice")
        cancel(actor=TESTER, now=NOW, registration_id=second.id)
    (one,) = list_reached(edition, Purpose.ABOUT, Audience(status=Status.CANCELLED))
    assert one.registration_id == second.id


def test_one_statement_for_3_and_for_300_people(edition: Edition) -> None:
    with transaction():
        for number in range(3):
            make(edition, f"p{number}", Mode.DIGITAL)
    audience = Audience(source=Source.LAST_AND_INTEREST, newcomers=True)
    for purpose, asked in ((Purpose.ABOUT, Audience()), (Purpose.NEWS, audience)):
        with counting() as few:
            list_reached(edition, purpose, asked)
            count_reached(edition, purpose, asked)
        assert len([one for one in few if one.lstrip().startswith("SELECT")]) == 2
    with transaction():
        for number in range(3, 300):
            make(edition, f"p{number}", Mode.DIGITAL)
    with counting() as many:
        assert len(list_reached(edition, Purpose.ABOUT, Audience())) == 300
        count_reached(edition, Purpose.ABOUT, Audience())
    assert len([one for one in many if one.lstrip().startswith("SELECT")]) == 2


def test_an_audience_is_read_back_as_it_was_kept_and_nonsense_asks_for_everybody() -> None:
    audience = Audience(place=Place.DIGITAL, status=Status.WAITING, attended=Attended.NO, question=7, answer="o1")
    assert read_audience(Purpose.ABOUT, audience.as_dict()) == audience
    odd = {"source": "interest", "place": "roof", "role": 7, "question": "x", "answer": None, "language": "x" * 99}
    found = read_audience(Purpose.ABOUT, odd)
    assert (found.source, found.place, found.role, found.question) == (Source.EDITION, None, None, 0)
