"""The ticket behind the personal link: one page with the code, for a place in the room."""

from __future__ import annotations

import pytest

from crosslinks.config import settings
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import transaction
from crosslinks.kernel.tokens import LinkKind, make_link, show_reference
from crosslinks.registration.operations import cancel
from crosslinks.registration.queries import find_present_ticket
from crosslinks.registration.tickets import read_ticket_text
from tests.documents.factories import make_day, make_person
from tests.documents.paper import look_at
from tests.factories import NOW, TESTER, make_edition


@pytest.fixture
def edition(app):
    with transaction():
        made = make_edition(digital=10)
        make_day(made)
    return made


def link(person, kind=LinkKind.MANAGE):
    return f"/r/{make_link(settings().keys, kind, person.id, person.epoch)}/ticket.pdf"


def test_a_ticket_tells_who_when_where_and_carries_the_code(edition, client):
    with transaction():
        person = make_person(edition, "Ingrid", "Solheim Bakke")
    answer = client.get(link(person))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    [page] = look_at(answer.data)
    assert (round(page.width), round(page.height)) == (210, 297)
    for words in ("Ingrid Solheim Bakke", "Thursday 25 January 2024", "10:30", "Kaare Norum", "09:45"):
        assert words in page.text
    assert show_reference(person.reference) in page.text
    [code] = page.codes
    assert code.side >= 30
    assert read_ticket_text(code.text)[0] == find_present_ticket(person.id).ticket_id


def test_it_speaks_norwegian(edition, client):
    with transaction():
        person = make_person(edition, "Ingrid", "Solheim")
    [page] = look_at(client.get(f"{link(person)}?lang=nb").data)
    assert "torsdag 25. januar 2024" in page.text
    assert "10.30" in page.text


def test_a_place_on_the_stream_has_no_code(edition, client):
    with transaction():
        person = make_person(edition, "Dag", "Digital", Mode.DIGITAL)
    [page] = look_at(client.get(link(person)).data)
    assert page.codes == ()
    assert "On the stream" in page.text


def test_without_a_place_there_is_no_ticket(edition, client):
    with transaction():
        person = make_person(edition, "Kari", "Cancelled")
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    answer = client.get(link(person))
    assert answer.status_code == 409
    assert "A ticket comes with a place" in answer.text


def test_only_the_manage_link_opens_it(edition, client):
    with transaction():
        person = make_person(edition, "Ingrid", "Solheim")
    assert client.get(link(person, LinkKind.FEED)).status_code == 404
    assert client.get("/r/" + "A" * 30 + "/ticket.pdf").status_code == 404


def test_a_link_does_not_keep_us_busy(edition, client, monkeypatch):
    monkeypatch.setattr("crosslinks.documents.public.PDFS_PER_LINK", 2)
    with transaction():
        person = make_person(edition, "Ingrid", "Solheim")
    assert [client.get(link(person)).status_code for _ in range(3)] == [200, 200, 429]
