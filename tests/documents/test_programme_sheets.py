from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
from flask.testing import FlaskClient

from crosslinks.documents.public_programme import sheets
from crosslinks.documents.run_sheet import CrewFacts, build_run_sheet
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.operations import change_talk, create_room
from crosslinks.programme.queries import list_session_rows
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_programme, make_talk, publish

HOME = "/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    yield
    sheets.close()


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        found = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return " ".join(" ".join(found).split())


def test_the_programme_is_a_pdf_in_both_languages(client: FlaskClient, day: Programme) -> None:
    english = client.get(f"{HOME}/programme.pdf")
    assert english.content_type == "application/pdf"
    found = words(english.data)
    for expected in ("Lunch and mingling", "Antibody-drug conjugates", "Paolo Tarantino", "Moderated by", "10:40"):
        assert expected in found
    assert "Antistoff-legemiddelkonjugater" in words(
        client.get(f"{HOME}/programme.pdf", headers={"Accept-Language": "nb"}).data
    )


def test_the_pdf_is_kept_until_what_stands_on_it_changes(
    client: FlaskClient, edition: Edition, day: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []

    def draw(job: object) -> bytes:
        drawn.append(job)
        return b"%PDF-" + str(len(drawn)).encode()

    monkeypatch.setattr(sheets, "render", draw)
    first = client.get(f"{HOME}/programme.pdf")
    assert client.get(f"{HOME}/programme.pdf", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with transaction():
        db.session.merge(edition).public_rev += 1
    assert client.get(f"{HOME}/programme.pdf").data == first.data
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=day.talks["rasche"], changes={"title": {"en": "Another"}}
        )
        publish(edition)
    assert client.get(f"{HOME}/programme.pdf").data != first.data
    assert len(drawn) == 2


def test_a_draft_has_no_pdf(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        db.session.merge(edition).state = EditionState.DRAFT
    assert client.get(f"{HOME}/programme.pdf").status_code == 404


def test_an_empty_and_a_long_programme_can_be_printed(client: FlaskClient, edition: Edition) -> None:
    assert "The programme will be here." in words(client.get(f"{HOME}/programme.pdf").data)
    with transaction():
        for number in range(60):
            make_talk(edition, None, "10:00", 5, f"{number} " + "A very long title <b>& "[: 20 + number] * 5)
        publish(edition)
    with pypdfium2.PdfDocument(client.get(f"{HOME}/programme.pdf").data) as document:
        assert len(document) > 1


def test_the_run_sheet_counts_microphones_by_room(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        second = create_room(actor=TESTER, now=NOW, edition=edition, name="Sal 2")
        panel = make_talk(
            edition, None, "11:00", 30, "Panel", room=second, speakers=[day.people[key] for key in ("ali", "loges")]
        )
    facts = CrewFacts({day.people["ali"].id: "AH-lee"}, frozenset({panel.id}))
    hall, other = build_run_sheet(list_session_rows(edition.id), edition.zone, facts)
    assert (hall.room, other.room) == ("Kaare Norum auditorium", "Sal 2")
    keynote = next(cue for cue in hall.cues if cue.people and cue.people[0].name == "Prof.\xa0Sonja Loges")
    assert keynote.microphones == 3
    assert [person.moderates for person in keynote.people] == [False, True, True]
    assert [cue.title["en"] for cue in other.cues] == ["Panel", "Lunch and mingling", "Coffee"]
    assert other.cues[0].microphones == 2
    assert other.cues[0].slides is True
    assert other.cues[0].people[0].hint == "AH-lee"
    assert keynote.slides is False


def test_the_run_sheet_has_each_day_of_its_own(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        later = make_talk(edition, None, "10:00", 30, "Second day")
        move = timedelta(days=1)
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=later,
            changes={"starts_at": later.starts_at + move, "ends_at": later.ends_at + move},
        )  # fmt: skip
    sheets_ = build_run_sheet(list_session_rows(edition.id), edition.zone, CrewFacts())
    assert [(sheet.date.day, sheet.room) for sheet in sheets_] == [(25, "Kaare Norum auditorium"), (26, "")]
    assert [cue.title["en"] for cue in sheets_[1].cues] == ["Second day"]


def test_the_crew_reads_what_is_not_published_yet_and_prints_it(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        make_talk(edition, None, "15:40", 10, "Not released <i>")
    sign_in(client, Role.PROGRAMME)
    page = client.get(f"/manage{HOME}/run-sheet").text
    assert "Not released &lt;i&gt;" in page
    assert "Microphones" in page
    pdf = client.get(f"/manage{HOME}/run-sheet.pdf?language=nb")
    assert pdf.content_type == "application/pdf"
    assert "Mikrofoner" in words(pdf.data)
    assert "Not released <i>" in words(pdf.data)
