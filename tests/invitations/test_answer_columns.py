"""Columns of an import that answer the edition's own questions: by the form's rules, refused by row and column."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.editions.queries import get_edition
from crosslinks.kernel.db import transaction
from crosslinks.questions.operations import remove_question
from crosslinks.questions.queries import answers_of, get_question
from crosslinks.questions.rules import AskedOf, Kind
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.invitations.factories import check, csv_file, guessed, people, refusals, send_file, take_in, upload, workbook
from tests.jobs.factories import work_off
from tests.questions.factories import make_question

HEADS = ["Navn", "E-post", "Deltar", "Favourites", "Seat (nb)", "Age?", "Vegetarian", "Why?", "Allergies"]


@pytest.fixture
def asked(app: Flask, client: FlaskClient) -> dict[str, int]:
    """An edition with questions of most kinds: their ids by label."""
    with transaction():
        edition = make_edition(onsite=9)
        made = [
            make_question(edition, Kind.SEVERAL, "Favourites"),
            make_question(edition, Kind.CHOICE, "Seat", asked_of=AskedOf.ONSITE, required=True),
            make_question(edition, Kind.NUMBER, "Age"),
            make_question(edition, Kind.YES_NO, "Vegetarian"),
            make_question(edition, Kind.TEXT, "Why?"),
            make_question(edition, Kind.TEXT, "Not in the file", required=True),
            make_question(edition, Kind.TEXT, "Allergies", explicit_consent=True),
        ]
        ids = {one.label["en"]: one.id for one in made}
    sign_in(client)
    return ids


def row(number: int, *answers: str, mode: str = "I salen") -> list[str]:
    return [f"Kari Nordmann {number}", f"kari.{number}@example.org", mode, *answers]


def test_answers_come_in_by_the_rules_of_the_form(client: FlaskClient, asked: dict[str, int]) -> None:
    rows: list[list[object]] = [
        [*row(1, "blue, Rød", "Blå", "42", "ja", "Because"), "nuts"],
        [*row(2, "", "", "", "", "", mode="digitalt"), ""],
        [*row(3, "Green", "", "many", "perhaps", "x" * 301), ""],
    ]
    url = upload(client, workbook(rows, heads=HEADS), "people.xlsx")
    page = client.get(url).text
    names = [f"q_{asked[label]}" for label in ("Favourites", "Seat", "Age", "Vegetarian", "Why?")]
    assert list(guessed(page).values()) == ["name", "email", "mode", *names, ""]
    assert "no column answers: Allergies" in page
    assert f'value="q_{asked["Allergies"]}"' not in page
    check(client, url)
    assert [(number, field, code) for number, field, code in refusals()] == [
        (4, names[0], "answer_not_a_choice"),
        (4, names[2], "answer_not_a_number"),
        (4, names[3], "answer_not_yes_no"),
        (4, names[4], "answer_too_long"),
        (4, names[1], "answer_missing"),
    ]
    page = client.get(url).text
    assert "Age (column F)" in page
    assert "Write a whole number, such as 12" in page
    assert "Seat (column E)" in client.get(f"{url}/report").text
    take_in(client, url)
    first, second = people()
    assert answers_of(first.id) == {
        asked["Favourites"]: ["o1", "o2"], asked["Seat"]: "o2", asked["Age"]: 42, asked["Vegetarian"]: True,
        asked["Why?"]: "Because",
    }  # fmt: skip
    assert answers_of(second.id) == {}


def test_two_columns_for_one_question_and_names_of_others_are_refused(
    client: FlaskClient, asked: dict[str, int]
) -> None:
    url = upload(client, csv_file([row(1, "", "Red", "", "", "", "")], heads=HEADS))
    chosen = guessed(client.get(url).text)
    twice = chosen | {"column-7": f"q_{asked['Age']}", "mode": "", "role": "participant", "language": "en",
                      "known": "skip", "when_full": "wait"}  # fmt: skip
    answer = client.post(f"{url}/check", data=twice)
    assert (answer.status_code, "Two columns cannot both be “Age”" in answer.text) == (422, True)
    check(client, url, **{"column-7": "q_999999", "column-8": f"q_{asked['Allergies']}"})
    take_in(client, url)
    assert answers_of(people()[0].id) == {asked["Seat"]: "o1"}


def test_a_question_deleted_after_the_check_stops_the_import(client: FlaskClient, asked: dict[str, int]) -> None:
    url = upload(client, csv_file([row(1, "", "Red", "7", "", "", "")], heads=HEADS))
    check(client, url)
    with transaction():
        edition = get_edition("crosslinks", "2024")
        remove_question(actor=TESTER, now=NOW, edition=edition, question=get_question(edition.id, asked["Age"]))
    client.post(f"{url}/run")
    work_off()
    assert people() == []
    assert "Stopped before the first row" in client.get(url).text


def test_a_file_that_cannot_be_read_in_its_first_rows_is_refused_at_once(
    client: FlaskClient, asked: dict[str, int]
) -> None:
    broken = csv_file([row(1), row(2), [*row(3), "x" * 200_000]], heads=HEADS)
    answer = send_file(client, broken)
    assert answer.status_code == 422
    assert "Row 4 cannot be read." in answer.text
