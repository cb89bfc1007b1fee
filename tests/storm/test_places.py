"""Four hundred people, three hundred places, sixteen clients, two server processes: exactly three hundred get one."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from tests.factories import make_edition
from tests.instances import Instance, close_database
from tests.storm.clients import Answer, storm


def make_day_of_300(instance: Instance, onsite: int = 300) -> None:
    app = instance.prepare()
    start = real_now() + timedelta(days=7)
    with app.app_context(), transaction():
        make_edition(
            onsite=onsite,
            starts_at=start,
            ends_at=start + timedelta(hours=5),
            doors_at=start - timedelta(minutes=45),
            erase_on=(start + timedelta(days=90)).date(),
        )
    close_database(app)


def ranks(instance: Instance) -> dict[str, int]:
    """Return for every reference 0 when confirmed, else its position in the waiting list."""
    app = instance.app()
    with app.app_context():
        confirmed = db.session.scalars(select(Registration.reference).where(Registration.place == Place.ONSITE)).all()
        waiting = db.session.scalars(
            select(Registration.reference)
            .where(Registration.wants == Place.ONSITE)
            .order_by(Registration.priority, Registration.joined_at, Registration.id)
        ).all()
    close_database(app)
    return dict.fromkeys(confirmed, 0) | {reference: place for place, reference in enumerate(waiting, start=1)}


def order_is_kept(answers: list[Answer], rank: dict[str, int]) -> bool:
    """Say whether nobody who was answered before another was even sent stands behind that other."""
    by_answer = sorted(answers, key=lambda answer: answer.answered)
    by_sending = sorted(answers, key=lambda answer: answer.sent)
    behind, done = 0, 0
    for later in by_sending:
        while done < len(by_answer) and by_answer[done].answered < later.sent:
            behind = max(behind, rank[by_answer[done].reference.replace("-", "")])
            done += 1
        mine = rank[later.reference.replace("-", "")]
        if mine < behind or (mine == behind and behind):
            return False
    return True


def test_300_places_are_given_exactly_once_and_in_order(instance: Instance) -> None:
    make_day_of_300(instance)
    with instance.serving("--workers", "2", "--no-worker"):
        answers = storm(instance.port, range(400), clients=16)
        figures = instance.figures()
    assert {answer.status for answer in answers} == {201}
    assert sum(answer.outcome == "confirmed" for answer in answers) == 300
    onsite = figures["modes"]["onsite"]
    assert (onsite["confirmed"], onsite["waiting"], onsite["free"]) == (300, 100, 0)
    assert figures["mail"]["queued"] == 400
    rank = ranks(instance)
    assert sorted(position for position in rank.values() if position) == list(range(1, 101))
    assert order_is_kept(answers, rank)


def test_the_check_of_order_notices_a_swap() -> None:
    one, two = Answer(1, 0.0, 1.0, 201, "waiting", "A"), Answer(2, 2.0, 3.0, 201, "waiting", "B")
    assert order_is_kept([one, two], {"A": 1, "B": 2})
    assert not order_is_kept([one, two], {"A": 2, "B": 1})
    assert not order_is_kept([one, two], {"A": 1, "B": 0})
    assert all(earlier.answered < later.sent for earlier, later in pairwise([one, two]))
