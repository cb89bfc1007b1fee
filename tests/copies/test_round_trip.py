"""Export, import, export: equal to the last byte."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.copies.decisions import PARTS
from crosslinks.copies.export import export_edition
from crosslinks.copies.rules import MANIFEST
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.models import Person, Session
from tests.copies.factories import empty_installation, make_full_edition, read, write
from tests.factories import make_conference, make_edition
from tests.programme.factories import make_programme
from tests.sponsors.factories import make_sponsors
from tests.stories.factories import make_story


def test_into_an_empty_installation_it_is_equal_byte_for_byte(client: FlaskClient, tmp_path: Path) -> None:
    first = write(make_full_edition(), tmp_path / "a.zip")
    assert first == write(db.session.scalars(select(Edition)).one(), tmp_path / "again.zip")
    empty_installation()
    edition = read(tmp_path / "a.zip")
    assert write(edition, tmp_path / "b.zip") == first
    assert (edition.state, edition.published_at, edition.title) == (
        EditionState.DRAFT,
        None,
        "Text of name <b>ø</b> 2024",
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "edition.imported")).one()
    assert (entry.edition_id, entry.after["copied_from"]) == (edition.id, "a.zip")
    person = db.session.scalars(select(Person)).one()
    assert person.email == ""
    assert (settings().uploads / person.portrait).is_file()
    assert client.get("/crosslinks/2024/programme").status_code == 404


def test_in_the_same_installation_only_address_number_and_identities_differ(app: Flask, tmp_path: Path) -> None:
    edition = make_full_edition()
    write(edition, tmp_path / "a.zip")
    second = read(tmp_path / "a.zip", "2025", edition.conference)
    write(second, tmp_path / "b.zip")
    old, new = (_content(tmp_path / name) for name in ("a.zip", "b.zip"))
    uuids = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    old_ones, new_ones = ([*uuids.findall(json.dumps(one))] for one in (old, new))
    assert not set(old_ones) & set(new_ones)
    exchanged = dict(zip(old_ones, new_ones, strict=True))
    same = uuids.sub(lambda found: exchanged[found[0]], json.dumps(old))
    old = json.loads(same)
    old["edition"] |= {"slug": "2025", "number": 17}
    assert old == new


def _content(path: Path) -> dict[str, object]:
    with zipfile.ZipFile(path) as archive:
        content: dict[str, object] = json.loads(archive.read(MANIFEST))
    return content


def test_a_whole_programme_sponsors_and_stories_come_back_and_are_shown(client: FlaskClient, tmp_path: Path) -> None:
    with transaction():
        edition = make_edition()
        make_programme(edition)
        make_sponsors(edition)
        make_story(edition, pictures=2)
    with transaction():  # what was published and is in the working copy no more still stands in the release
        last = db.session.scalars(select(Session).order_by(Session.starts_at.desc())).first()
        db.session.delete(last)
    first = write(edition, tmp_path / "a.zip")
    before = client.get("/crosslinks/2024/programme").text
    empty_installation()
    made = read(tmp_path / "a.zip")
    assert write(made, tmp_path / "b.zip") == first
    with transaction():
        db.session.get_one(Edition, made.id).state = EditionState.PUBLISHED
    after = client.get("/crosslinks/2024/programme").text
    titles = re.compile(r"<h[234][^>]*>.*?</h[234]>", re.DOTALL)
    assert titles.findall(before) == titles.findall(after)
    for page in (
        "programme.xml",
        "programme.json",
        "programme.ics",
        "sponsors",
        "stories",
        "speakers",
        "programme/changes",
    ):
        assert client.get(f"/crosslinks/2024/{page}").status_code in {200, 404}, page


def test_the_file_is_readable_and_says_no_number_of_this_installation(app: Flask, tmp_path: Path) -> None:
    write(make_full_edition(), tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        text = archive.read(MANIFEST).decode()
        dates = {info.date_time for info in archive.infolist()}
    assert names[0] == MANIFEST
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert all(re.fullmatch(r"pictures/[a-z-]+-[a-z0-9-]+-[0-9a-f]{12}\.(jpg|png)", name) for name in names[1:])
    assert text.startswith('{\n  "conference": {')
    assert '"person": "ångström-ødegård"' in text
    assert not re.search(r'"[a-z_]*id": \d', text)
    assert "2024-01-25T10:00:00+00:00" in text, "London's clock"


@pytest.mark.parametrize("people", [2, 40])
def test_the_number_of_statements_does_not_grow(app: Flask, people: int) -> None:
    with transaction():
        edition = make_edition(make_conference())
        db.session.add_all(
            Person(edition_id=edition.id, slug=f"p-{number}", given_name="A", family_name="B")
            for number in range(people)
        )
    db.session.expire_all()
    edition = db.session.get_one(Edition, edition.id)
    assert edition.conference.slug == "crosslinks"
    said: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        export_edition(edition, settings().uploads)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(said) == len(PARTS)
