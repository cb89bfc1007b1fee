"""The list of participants as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.details import save_details
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration
from tests.registration.test_list import counting

EXPORT = "/manage/crosslinks/2024/registrations/export"


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=2)
        make_registration(made, given_name="Øyvind", family_name="Ås", organisation='A "quoted", place')
        formula = make_registration(made, given_name="=1+1", family_name="-2", organisation="@SUM(A1)")
        details = {"mobile": "+47 900 00 000", "hotel": "=HYPERLINK()", "note": "a\nb"}
        save_details(actor=TESTER, now=NOW, registration_id=formula.id, **details)
        make_registration(made, given_name="+47", family_name="Waits", needs_assistance=True)
        gone = make_registration(made, Mode.DIGITAL, given_name="Gone", family_name="Away", email="")
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
    sign_in(client)
    return made


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[Sequence[Any]]:
    book = load_workbook(io.BytesIO(content))
    try:
        return [tuple(cell.value for cell in row) for row in book.active.rows]
    finally:
        book.close()


def test_csv_holds_everybody_and_runs_no_formula(client: FlaskClient, edition: Edition) -> None:
    answer = client.post(EXPORT, data={"format": "csv"})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'filename="participants-crosslinks-2024-2024-01-18.csv"' in answer.headers["Content-Disposition"]
    rows = read_csv(answer.data)
    assert len(rows) == 5
    people = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert people["Ås"]["Given name"] == "Øyvind"
    assert people["Ås"]["Workplace or place of study"] == 'A "quoted", place'
    assert "Note" not in rows[0]
    assert b"900 00" not in answer.data
    assert people["Ås"]["Registered (Europe/Oslo)"] == "2024-01-18 10:00"
    assert people["'-2"]["Given name"] == "'=1+1"
    assert people["'-2"]["Workplace or place of study"] == "'@SUM(A1)"
    waits = people["Waits"]
    assert (waits["Given name"], waits["Status"], waits["Waits for"]) == ("'+47", "Waiting", "In the room")
    assert (waits["Number in line"], waits["Needs assistance"], waits["Has a place"]) == ("1", "Yes", "")
    assert (people["Away"]["Status"], people["Away"]["E-mail address"]) == ("Cancelled", "")
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def test_xlsx_holds_the_same(client: FlaskClient, edition: Edition) -> None:
    answer = client.post(EXPORT, data={"format": "xlsx"})
    rows = read_xlsx(answer.data)
    assert [len(row) for row in rows] == [16] * 5
    people = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert people["Ås"]["Registered (Europe/Oslo)"] == NOW.replace(hour=10, tzinfo=None)
    assert people["'-2"]["Given name"] == "'=1+1"
    assert people["Waits"]["Number in line"] == 1
    book = load_workbook(io.BytesIO(answer.data))
    assert {cell.data_type for row in book.active.rows for cell in row} <= {"s", "n", "d"}
    book.close()


def test_what_only_organizers_keep_is_in_it_when_asked_for(client: FlaskClient, edition: Edition) -> None:
    rows = read_csv(client.post(EXPORT, data={"format": "csv", "details": "yes"}).data)
    people = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert people["'-2"]["Mobile"] == "'+47 900 00 000"
    assert people["'-2"]["Hotel"] == "'=HYPERLINK()"
    assert people["'-2"]["Note"] == "a\nb"
    assert people["Ås"]["Note"] == ""
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.exported")).one()
    assert entry.after == {"rows": 4, "filter": "", "format": "csv", "details": True}


def test_only_what_is_filtered_in_its_order(client: FlaskClient, edition: Edition) -> None:
    rows = read_csv(client.post(EXPORT, data={"format": "csv", "show": "onsite", "sort": "-name", "page": "9"}).data)
    assert [row[2] for row in rows[1:]] == ["Ås", "'-2"]
    rows = read_csv(client.post(EXPORT, data={"format": "csv", "q": "oyvind"}).data)
    assert [row[2] for row in rows[1:]] == ["Ås"]
    assert len(read_csv(client.post(EXPORT, data={"format": "csv", "q": "nobody"}).data)) == 1


def test_an_export_is_logged_and_asked_for_with_the_count(client: FlaskClient, edition: Edition) -> None:
    page = client.get(f"{EXPORT}?show=onsite&q=yvin").text
    assert "Export 1 person" in page
    assert 'name="q" value="yvin"' in page
    client.post(EXPORT, data={"format": "csv", "show": "onsite", "q": "yvin"})
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.exported")).one()
    assert entry.after == {"rows": 1, "filter": "q=yvin&show=onsite", "format": "csv"}
    assert (entry.object_kind, entry.object_id, entry.edition_id) == ("edition", edition.id, edition.id)


def test_heads_follow_the_language(client: FlaskClient, edition: Edition) -> None:
    rows = read_csv(client.post(f"{EXPORT}?lang=nb", data={"format": "csv"}).data)
    assert rows[0][:3] == ["Referanse", "Fornavn", "Etternavn"]
    assert "I salen" in {cell for row in rows for cell in row}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"format": "exe"}, 422),
        ({"format": "csv", "show": "x"}, 422),
        ({"format": "csv", "q": "\x00"}, 422),
        ({"format": "csv", "page": "x"}, 404),
    ],
)
def test_what_cannot_be_read_exports_nothing(
    client: FlaskClient, edition: Edition, sent: dict[str, str], status: int
) -> None:
    assert client.post(EXPORT, data=sent).status_code == status
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.exported")).all() == []


def test_an_export_takes_the_same_statements_for_three_hundred(client: FlaskClient, edition: Edition) -> None:
    with counting() as few:
        client.post(EXPORT, data={"format": "csv"})
    with transaction():
        for _ in range(296):
            make_registration(edition)
    with counting() as many:
        answer = client.post(EXPORT, data={"format": "csv"})
    assert len(read_csv(answer.data)) == 301
    assert len(few) == len(many)


def test_only_who_may(client: FlaskClient, edition: Edition) -> None:
    browser = client.application.test_client()
    sign_in(browser, Role.DOOR_LEAD)
    assert browser.get(EXPORT).status_code == 403
    assert browser.post(EXPORT, data={"format": "csv"}).status_code == 403
    assert db.session.scalars(select(Registration.id)).all()
