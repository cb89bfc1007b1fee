"""The log of what was done: in words, found again, and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.accounts.audit import record
from crosslinks.accounts.log import PAGE_LENGTH
from crosslinks.accounts.log_words import DEEDS, KINDS, changes_in_words
from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import change_edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.web.languages import speaking
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition

LOG = "/manage/crosslinks/2024/log"
KARI = Actor.account(77, "Kari Nordmann")


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def reader(edition: Edition, client: FlaskClient) -> FlaskClient:
    sign_in(client)
    return client


def write(edition: Edition, action: str = "talk.changed", **more: Any) -> None:
    values: dict[str, Any] = {
        "actor": KARI, "object_kind": action.partition(".")[0], "object_id": 5, "now": NOW,
        "conference_id": edition.conference_id, "edition_id": edition.id,
    }  # fmt: skip
    with transaction():
        record(action=action, **(values | more))


def rows(page: str) -> list[str]:
    """Return the text of each entry of a page."""
    table = page.partition("<thead>")[2].partition("</thead>")[2].partition("</table>")[0]
    entries = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in entries]


def test_an_entry_reads_as_a_sentence_with_before_and_after(edition: Edition, reader: FlaskClient) -> None:
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        change_edition(
            actor=KARI, now=NOW, edition=found,
            changes={"venue_city": "Bergen", "starts_at": found.starts_at - timedelta(hours=1), "languages": ["nb"]},
        )  # fmt: skip
    entry = rows(reader.get(f"{LOG}?kind=edition").text)[0]
    assert entry.startswith("10:00 Kari Nordmann Edition: changed")
    assert "Town Oslo became Bergen" in entry
    assert "Starts 25 January 2024, 10:30 became 25 January 2024, 09:30" in entry
    assert "Languages English, Norsk became Norsk" in entry
    norwegian = reader.get(f"{LOG}?kind=edition&lang=nb").text
    assert "25. januar 2024, 10.30" in norwegian


def test_what_was_made_names_later_entries(edition: Edition, reader: FlaskClient) -> None:
    write(edition, "talk.created", after={"title": "Cell therapies"})
    write(edition, "talk.changed", before={"minutes": 20}, after={"minutes": 30}, now=NOW + timedelta(minutes=1))
    assert "Talk: changed Cell therapies Minutes 20 became 30" in rows(reader.get(f"{LOG}?kind=talk").text)[0]


def test_the_log_holds_this_edition_and_its_conference_only(edition: Edition, reader: FlaskClient) -> None:
    with transaction():
        other = make_edition(make_conference("other"), slug="1999")
        sibling = make_edition(db.session.get_one(Edition, edition.id).conference, slug="2025")
    write(other, "talk.deleted")
    write(sibling, "room.deleted")
    write(edition, "sponsor.changed", edition_id=None)
    write(edition, "account.changed", edition_id=None, conference_id=None)
    text = " ".join(rows(reader.get(LOG).text))
    assert "Sponsor: changed" in text
    for absent in ("Talk: deleted", "Room: deleted", "Account: changed"):
        assert absent not in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=talk", 2),
        ("q=kari", 1),
        ("q=Åse", 1),
        ("q=åse", 1),
        ("q=deleted", 1),
        ("q=100%25", 0),
        ("q=\\", 0),
        ("actor=account:77", 1),
        ("actor=system&kind=talk", 1),
        ("since=2024-01-18&kind=talk", 1),
        ("until=2024-01-17&kind=talk", 1),
        ("since=2024-01-17&until=2024-01-17&kind=talk", 1),
        ("kind=nothing", 0),
        ("kind=talk&lang=nb&q=slettet", 1),
    ],
)
def test_finding_entries(edition: Edition, reader: FlaskClient, query: str, count: int) -> None:
    write(edition, "talk.deleted", before={"speaker": "Åse Lund"})
    write(edition, "talk.created", actor=TESTER, now=NOW - timedelta(hours=11))
    answer = reader.get(f"{LOG}?{query}")
    assert answer.status_code == 200
    assert len(rows(answer.text)) == count
    if not count:
        assert 'class="empty"' in answer.text


def test_sorting_and_paging(edition: Edition, reader: FlaskClient) -> None:
    with transaction():
        for number in range(PAGE_LENGTH + 3):
            record(
                actor=Actor.account(number, f"Person {number:02}"), action="talk.changed", object_kind="talk",
                object_id=number, now=NOW + timedelta(minutes=number), edition_id=edition.id,
                conference_id=edition.conference_id,
            )  # fmt: skip
    address = f"{LOG}?kind=talk"
    newest = rows(reader.get(address).text)
    assert len(newest) == PAGE_LENGTH
    assert f"Person {PAGE_LENGTH + 2}" in newest[0]
    second = reader.get(f"{address}&page=2").text
    assert [row.split()[2] for row in rows(second)] == ["02", "01", "00"]
    assert f"{PAGE_LENGTH + 1}–{PAGE_LENGTH + 3} of {PAGE_LENGTH + 3}" in second
    assert rows(reader.get(f"{address}&page=999").text) == rows(second)
    assert "Person 00" in rows(reader.get(f"{address}&sort=actor&order=up").text)[0]
    assert 'aria-sort="ascending"' in reader.get(f"{address}&sort=time&order=up").text


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=99999999999999999999", "page=x", "sort=x", "order=x", "since=yesterday", "q=a%00b",
     "since=0001-01-01", "until=9999-12-31", "q=" + "x" * 500, "kind=" + "x" * 500],
)  # fmt: skip
def test_hostile_queries_are_refused_in_words(edition: Edition, reader: FlaskClient, query: str) -> None:
    answer = reader.get(f"{LOG}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    exported = reader.get(f"{LOG}.csv?{query}")
    assert exported.status_code == 422


def test_an_unknown_actor_finds_nothing(edition: Edition, reader: FlaskClient) -> None:
    for actor in ("account:0", "account:x", ":::", "nobody"):
        assert rows(reader.get(f"{LOG}?actor={actor}").text) == []


def test_the_file_holds_what_was_chosen_and_no_formula(edition: Edition, reader: FlaskClient) -> None:
    write(edition, "talk.changed", before={"title": "=1+1"}, after={"title": '=HYPERLINK("x")'})
    write(edition, "talk.created", actor=Actor.device(1, "@phone"), after={"name": "+47"})
    write(edition, "room.created", after={"name": "Aula"})
    answer = reader.get(f"{LOG}.csv?kind=talk")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="log-crosslinks-2024.csv"'
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert lines[0] == ["When", "Who", "What", "Name", "Before", "After"]
    assert len(lines) == 3
    assert lines[1][0] == "2024-01-18 10:00:00"
    assert lines[1][3].startswith("'=")
    assert lines[2][1] == "'@phone"
    assert not any(value.startswith(("=", "+", "-", "@")) for line in lines for value in line)


def test_markup_in_what_was_logged_stays_text(edition: Edition, reader: FlaskClient) -> None:
    write(edition, "talk.changed", actor=Actor.account(1, "<b>x</b>"), before={"<i>": "<script>"}, after={"<i>": 5})
    page = reader.get(LOG).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_asks_the_database_as_often_for_many_entries_as_for_one(
    edition: Edition, reader: FlaskClient, app: Flask
) -> None:
    from sqlalchemy import event

    def queries() -> int:
        asked: list[str] = []
        listen = lambda *arguments: asked.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        reader.get(f"{LOG}?kind=talk")
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(asked)

    write(edition)
    few = queries()
    for number in range(12):
        write(edition, object_id=number)
    assert queries() == few


def test_every_logged_deed_and_kind_has_words() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path("crosslinks").rglob("*.py"))
    kinds = set(re.findall(r'object_kind="(\w+)"', source))
    deeds = {action.rpartition(".")[2] for action in re.findall(r'action="([\w.]+)"', source)}
    assert kinds - KINDS.keys() == set()
    assert deeds - DEEDS.keys() == set()


def test_every_word_for_a_deed_or_kind_has_a_writer() -> None:
    places = [path for path in Path("crosslinks").rglob("*.py") if path.name != "log_words.py"]
    said = set(re.findall(r'[".](\w+)"', "\n".join(path.read_text("utf-8") for path in places)))
    assert DEEDS.keys() - said == set()
    assert KINDS.keys() - said == set()


@pytest.mark.parametrize(("language", "words"), [("en", "In the room: offered for"), ("nb", "I salen: tilbys i")])
def test_fields_of_one_way_to_take_part_have_words(app: Flask, language: str, words: str) -> None:
    entry = AuditEntry(before={"onsite.offer_hours": 5}, after={"onsite.offer_hours": 24})
    with app.test_request_context(), speaking(language):
        (change,) = changes_in_words(entry, ZoneInfo("Europe/Oslo"))
    assert change.field.startswith(words)
    assert (change.before, change.after) == ("5", "24")
