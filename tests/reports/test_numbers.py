"""Numbers, report and catering sheet: right before and after erasure, no name in them, the same cost for many."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from sqlalchemy import event, select

from crosslinks.checkin.models import Attendance
from crosslinks.editions.kept import keep_figures
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence
from crosslinks.privacy.retention import make_round
from crosslinks.questions.models import Answer
from crosslinks.questions.presets import add_preset
from crosslinks.questions.rules import Kind
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import Place, Profession
from crosslinks.reports.answers import list_diets
from crosslinks.reports.figures import (
    compare_growth,
    count_professions,
    count_standing,
    count_turnout,
    find_rate,
    in_the_room,
)
from tests.accounts.factories import sign_in
from tests.checkin.factories import be_at
from tests.factories import NOW, TESTER, make_edition
from tests.questions.factories import make_question
from tests.registration.factories import make_registration

M = "/manage/crosslinks/2024"
OVER = datetime(2024, 5, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def edition(app):
    with transaction():
        return make_edition()


def come(person: Registration, minutes: int = 20) -> None:
    at = person.edition.starts_at - timedelta(minutes=minutes)
    db.session.add(Attendance(registration_id=person.id, edition_id=person.edition_id, inside=True, first_at=at))


def make_earlier(conference: Conference) -> Edition:
    """An edition that was held and erased: 60 registered, 50 of them for the room, 40 of whom came."""
    start = datetime(2023, 1, 26, 9, 30, tzinfo=UTC)
    made = make_edition(
        conference, slug="2023", number=15, starts_at=start, ends_at=start + timedelta(hours=5), doors_at=None,
        erase_on=date(2023, 4, 26), state=EditionState.ARCHIVED,
    )  # fmt: skip
    figures = {("registered", "2023-01-06"): 20, ("registered", "2023-01-20"): 40}
    figures |= {("onsite", "2023-01-06"): 50, ("digital", "2023-01-06"): 10, ("attended", ""): 40}
    keep_figures(edition_id=made.id, figures=figures)
    return made


def fill(edition: Edition, onsite: int = 4, digital: int = 2) -> list[Registration]:
    """People in both ways; the first in the room comes late, the last never."""
    health = {"profession": Profession.HEALTH}
    room = [make_registration(edition, organisation="Fjordbyen Hospital", **health) for _ in range(onsite)]
    stream = [make_registration(edition, Mode.DIGITAL, organisation="=2+2") for _ in range(digital)]
    for number, person in enumerate(room[:-1]):
        come(person, 20 + 5 * number)
    for person in stream[:1]:
        at = edition.starts_at
        db.session.add(
            Presence(
                edition_id=edition.id, registration_id=person.id, starts_at=at, ends_at=at + timedelta(minutes=90),
                minutes=90,
            )
        )  # fmt: skip
    return room + stream


def test_growth_stands_beside_what_was_kept_of_an_erased_edition(edition):
    with transaction():
        make_earlier(db.session.get_one(Edition, edition.id).conference)
        for _ in range(3):
            make_registration(db.session.get_one(Edition, edition.id))
    growth = compare_growth(edition, NOW)
    assert growth.days_before == list(range(20, -1, -1))
    present, earlier = growth.curves
    assert (present.label, earlier.label) == ("2024", "2023")
    assert present.values == [0] * 13 + [3]  # registered 7 days before; the curve ends today
    assert earlier.values == [20] * 14 + [60] * 7
    assert growth.ahead == ("2023", 3 - 20)


def test_figures_are_the_same_before_and_after_the_erase_date(edition):
    with transaction():
        people = fill(db.session.get_one(Edition, edition.id))
        cancel(actor=TESTER, now=NOW, registration_id=people[-1].id)
    be_at(OVER)
    edition = db.session.get_one(Edition, edition.id)
    before = count_standing(edition.id), count_turnout(edition), count_professions(edition.id)
    growth = compare_growth(edition, OVER)
    assert (before[0].registered, before[0].onsite, before[0].digital, before[0].cancelled) == (6, 4, 1, 1)
    assert (before[1].attended, before[1].no_shows, before[1].stream.minutes) == (3, 1, 90)
    assert before[2] == {Profession.HEALTH: 4, Profession.OTHER: 1}
    assert [count for _at, count in before[1].arrivals] == [1, 1, 1]
    make_round(OVER)
    assert db.session.scalars(select(Registration.id)).all() == []
    edition = db.session.get_one(Edition, edition.id, populate_existing=True)
    assert (count_standing(edition.id), count_turnout(edition), count_professions(edition.id)) == before
    assert compare_growth(edition, OVER) == growth


def test_pages_say_it_and_name_nobody(client, edition):
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        make_earlier(found.conference)
        fill(found)
        question = make_question(found, Kind.TEXT, "What do you hope for?")
        person = db.session.scalars(select(Registration)).first()
        assert person is not None
        db.session.add(
            Answer(registration_id=person.id, question_id=question.id, value="to meet Quist", answered_at=NOW)
        )
    be_at(edition.ends_at)
    sign_in(client, Role.DOOR_LEAD)
    for page in ("numbers", "report", "catering"):
        for language in ("en", "nb"):
            text = client.get(f"{M}/{page}?lang={language}").text
            assert "Nordlie" not in text
            assert "Quist" not in text
            assert "@example.org" not in text
    numbers = client.get(f"{M}/numbers?lang=en").text
    assert "6 people have registered" in numbers
    assert "What do you hope for?" in numbers
    report = client.get(f"{M}/report").text
    assert "3 people came into the room, 1 followed the stream." in report
    assert "Expect about 3 people in the room." in client.get(f"{M}/catering").text  # 4 places, 80 per cent


def test_empty_editions_have_pages_too(client, edition):
    sign_in(client, Role.PROGRAMME)
    for page in ("numbers", "report", "catering"):
        assert client.get(f"{M}/{page}").status_code == 200
    assert find_rate(edition) is None


def test_a_kitchen_gets_counts_of_those_in_the_room(client, edition):
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        diet, _more = add_preset(actor=TESTER, now=NOW, edition=found, key="diet")
        guests = [make_registration(found, needs_assistance=number == 0) for number in range(3)]
        elsewhere = make_registration(found, Mode.DIGITAL)
        for person, picked in ((guests[0], "o1"), (guests[1], "o1"), (guests[2], "o3"), (elsewhere, "o1")):
            db.session.add(
                Answer(
                    registration_id=person.id, question_id=diet.id, value=[picked], picked=f"|{picked}|",
                    answered_at=NOW, consented_at=NOW, consent_version=1,
                )
            )  # fmt: skip
    rows = dict(list_diets(edition.id, in_the_room(edition.id))[0].rows)
    assert (rows["Vegetarian"], rows["Vegan"], rows["No gluten"]) == (2, 0, 1)
    sign_in(client, Role.ORGANIZER)
    page = client.get(f"{M}/catering").text
    assert "give this sheet to the kitchen alone" in page
    assert "the kitchen alone" not in client.get(f"{M}/report").text
    assert "Vegetarian" in page
    assert "No earlier edition was counted at the door" in page


@pytest.mark.parametrize("name", ["report", "catering"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_sheet_is_one_tagged_page(client, edition, name, language):
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        add_preset(actor=TESTER, now=NOW, edition=found, key="diet")
        fill(found)
    be_at(edition.ends_at)
    sign_in(client, Role.ORGANIZER)
    answer = client.get(f"{M}/{name}.pdf?language={language}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    try:
        assert len(document) == 1
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    words = {"report": ("Report", "Rapport"), "catering": ("For the kitchen", "Til kjøkkenet")}[name]
    assert words[language == "nb"] in text
    assert "Nordlie" not in text


def read(answer) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_picture_can_be_downloaded(client, edition):
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        make_earlier(found.conference)
        fill(found)
    sign_in(client, Role.ORGANIZER)
    growth = read(client.get(f"{M}/numbers/registrations.csv"))
    assert growth[0] == ["Days before", "2024", "2023"]
    assert growth[-1] == ["0", "", "60"]
    assert read(client.get(f"{M}/numbers/ways.csv"))[1:] == [
        ["In the room", "4"], ["On the stream", "2"], ["Waiting", "0"], ["Cancelled", "0"],
    ]  # fmt: skip
    assert read(client.get(f"{M}/numbers/professions.csv"))[1] == ["Health professional", "4"]
    organisations = read(client.get(f"{M}/numbers/organisations.csv"))
    assert organisations[1:] == [["Fjordbyen Hospital", "4"], ["'=2+2", "2"]]  # no formula
    assert read(client.get(f"{M}/numbers/answers.csv")) == [["Question", "Answer", "People"]]
    assert client.get(f"{M}/numbers/secrets.csv").status_code == 404


def test_many_people_cost_no_more_statements(client, edition):
    sign_in(client, Role.ORGANIZER)
    counts = []
    for more in (3, 60):
        with transaction():
            found = db.session.get_one(Edition, edition.id)
            for _ in range(more):
                make_registration(found)
        pages = ("numbers", "report", "catering")
        counts.extend(count_statements(lambda page=page: client.get(f"{M}/{page}")) for page in pages)
    assert counts[:3] == counts[3:]


def count_statements(act) -> int:
    seen: list[str] = []

    def note(connection, cursor, statement, *_more) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert act().status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_who_was_let_in_without_a_place_makes_up_for_nobody_when_erased(edition):
    with transaction():
        for number in range(3):
            make_registration(edition, email=f"room{number}@example.org")
        guest = make_registration(edition, email="guest@example.org")
        guest.place = Place.DIGITAL
        come(guest)
    before = count_turnout(edition)
    assert (before.attended, before.no_shows) == (1, 3)
    be_at(OVER)
    make_round(OVER)
    after = count_turnout(db.session.get_one(Edition, edition.id))
    assert (after.attended, after.no_shows) == (1, 3)


def test_nobody_has_stayed_away_before_the_day(client, edition):
    with transaction():
        make_registration(edition)
    sign_in(client, Role.ORGANIZER)
    assert "Did not come" not in client.get(f"{M}/report").text
    be_at(edition.starts_at)
    assert "Did not come" in client.get(f"{M}/report").text
