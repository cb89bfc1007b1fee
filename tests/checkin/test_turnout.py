"""The turnout is kept with the edition, for forecasts of later ones."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from crosslinks.checkin.models import Attendance
from crosslinks.checkin.turnout import note_turnout
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.rules import Place, turnout
from tests.checkin.factories import DAY, make_person
from tests.factories import make_edition


def figures(edition: Edition) -> dict[str, object]:
    db.session.rollback()
    return dict(db.session.get_one(Edition, edition.id, populate_existing=True).figures)


def test_it_is_written_after_the_day_and_again_when_phones_are_late(app: Flask) -> None:
    with transaction():
        edition = make_edition(figures={"digital": 250})
        people = [make_person(edition) for _ in range(4)]
        make_person(edition, place=Place.DIGITAL)
    ends = edition.ends_at

    def comes(number: int) -> None:
        with transaction():
            db.session.add(
                Attendance(registration_id=people[number].id, edition_id=edition.id, inside=True, first_at=DAY)
            )

    note_turnout(ends)
    assert figures(edition) == {"digital": 250}
    comes(0)
    comes(1)
    note_turnout(ends - timedelta(minutes=1))
    assert figures(edition) == {"digital": 250}
    note_turnout(ends)
    assert figures(edition) == {"digital": 250, "onsite_places": 4, "onsite_came": 2}
    comes(2)
    note_turnout(ends + timedelta(days=2))
    note_turnout(ends + timedelta(days=2))
    assert figures(edition)["onsite_came"] == 3
    comes(3)
    note_turnout(ends + timedelta(days=8))
    found = turnout("2024", figures(edition))
    assert found is not None
    assert (found.per_hundred, found.expected(400), found.overbooking_to_fill()) == (75, 300, 33)


def test_figures_that_cannot_be_are_none() -> None:
    for wrong in (
        {}, {"onsite_places": 0, "onsite_came": 0}, {"onsite_places": 3, "onsite_came": 4},
        {"onsite_places": "300", "onsite_came": 2}, {"onsite_places": 3},
    ):  # fmt: skip
        assert turnout("2023", wrong) is None
