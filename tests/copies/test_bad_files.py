"""Files that are wrong: said in words, with the place; nothing is made of them, and no picture stays behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crosslinks.config import settings
from crosslinks.copies.export import export_edition
from crosslinks.copies.packing import Package, pack
from crosslinks.copies.reading import read_document
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rules import MANIFEST
from crosslinks.copies.words import fault_words
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.web.languages import speaking
from crosslinks.web.own_jpegs import is_own_jpeg
from tests.copies.factories import make_full_edition, picture, read, write
from tests.factories import make_edition

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def content(app: Flask) -> dict[str, Any]:
    edition = make_full_edition()
    said: dict[str, Any] = json.loads(json.dumps(export_edition(edition, settings().uploads).content))
    return said


def refused(said: Any, has: Callable[[str], bool] = lambda _name: True) -> dict[str, str]:
    with pytest.raises(BadFile) as caught:
        read_document(said, has)
    with speaking("en"):
        words = {fault.path: fault_words(fault) for fault in caught.value.faults}
    assert all(fault.code not in words.values() for fault in caught.value.faults), "every code has words"
    return words


def put(path: str, value: Any) -> Change:
    """Return a change that puts ``value`` at ``path``, as faults write it."""

    def change(said: dict[str, Any]) -> None:
        *way, last = path.replace("[", ".[").split(".")
        here: Any = said
        for step in way:
            here = here[int(step[1:-1])] if step.startswith("[") else here[step]
        here[int(last[1:-1]) if last.startswith("[") else last] = value

    return change


S, T = "edition.sessions[0]", "edition.sessions[0].talks[0]"
WRONG: list[tuple[str, Any, str]] = [
    ("edition.number", 10**30, "whole number"), ("edition.number", True, "whole number"),
    ("edition.number", "16", "whole number"), ("edition.slug", "../x", "letters, digits"),
    ("edition.time_zone", "Mars/Base", "time zone"), ("edition.starts_at", "2024-01-25T10:00", "distance from UTC"),
    ("edition.starts_at", "9999-12-31T23:59:59-23:00", "distance from UTC"), ("edition.ends_at", None, "missing"),
    ("edition.ends_at", "2024-01-25T09:00:00Z", "after"), ("edition.erase_on", "2024-01-25", "after"),
    ("edition.erase_on", "soon", "day"), ("edition.uuid", "1", "UUID"), ("edition.languages", ["de"], "one of"),
    ("edition.theme.en", "a\x00b", "cannot be kept"), ("edition.theme.en", "\ud800", "cannot be kept"),
    ("edition.theme.de", "x", "no such name"), ("edition.theme", "x", "braces"), ("edition.lead.en", 3, "in quotes"),
    ("edition.lead.en", "x" * 100_001, "longer"), ("edition.is_demo", "yes", "true or false"),
    ("edition.figures", {}, "no such name"), ("edition.registrations", [], "no such name"),
    ("edition.rooms[0].name", "x" * 121, "longer"), ("edition.rooms", {}, "list"), ("edition.rooms[0]", 1, "braces"),
    ("edition.people[0].email", "a@example.org", "no such name"),
    ("edition.people[0].links", [["x", "javascript:alert(1)"]], "https"),
    ("edition.people[0].links", "x", "list"), ("edition.people[0].portrait_box.zoom", 1, "whole number"),
    ("edition.people[0].portrait_source", "pictures/none.jpg", "picture of the ZIP"),
    (f"{S}.room", "nowhere", "nowhere"), (f"{S}.kind", "party", "one of"), (f"{S}.room", 5, "in quotes"),
    (f"{T}.ends_at", "2024-01-25T09:59:00Z", "after"), (f"{T}.speakers[0].person", "nobody", "nobody"),
    (f"{T}.slug", "a b", "letters, digits"), (f"{T}.speakers[0].position", -1, "whole number"),
    ("edition.sponsor_tiers[0].logo_height", 999, "one of"),
    ("edition.sponsor_tiers[0].sponsors[0].url", "javascript:alert(1)", "https"),
    ("edition.sponsor_tiers[0].sponsors[0].links[0].url", "data:text/html,x", "https"),
    ("edition.gallery[0].alt", {}, "description"), ("edition.stories[0].pictures[0].alt", {}, "description"),
    ("edition.questions[0].shown_if", "question-7", "question-7"), ("edition.questions[0].options[0].id", "", "digits"),
    ("edition.questions[0].key", None, "missing"), ("edition.letters[0].kind", "accounts.link", "no such letter"),
    ("edition.letters[0].opening.en", "{{ config.secret_key }}", "Line 1"),
    ("edition.letters[0].subject.en", "{% for x in y %}{% endfor %}", "Line 1"),
    ("edition.schedule[0].at", "25:00", "09:00"), ("edition.schedule[0].days", 91, "whole number"),
    ("edition.reconfirmation.warn_at", "2024-01-01T00:00:00Z", "after"),
    ("edition.published_programme.content[0].moderators", "nobody", "list"),
    ("edition.published_programme.content[0].kind", "party", "one of"),
    ("edition.published_programme.content[0].talks[0].uuid", "x", "UUID"),
    ("conference.hue", 2**24 + 0xFFFF00, "cannot be read"), ("conference.contact_email", "x", "e-mail"),
    ("conference.logo", "edition.json", "picture of the ZIP"), ("more", 1, "no such name"), ("version", 2, "later"),
    ("version", True, "later"), ("format", "zip", "no edition"), ("edition.modes[0].capacity", -1, "whole number"),
]  # fmt: skip


@pytest.mark.sqlite
def test_every_fault_is_said_with_its_place(content: dict[str, Any]) -> None:
    whole = json.dumps(content)
    has = {*json.dumps(content).split('"')}
    for path, value, words in WRONG:
        said = json.loads(whole)
        put(path, value)(said)
        found = refused(said, lambda name: name in has and name.startswith("pictures/"))
        place = next((one for one in found if one.startswith(path)), "") or next(iter(found))
        assert place.startswith(path), (path, found)
        assert words in found[place], (path, found)


@pytest.mark.sqlite
def test_many_faults_are_told_together_and_what_stands_twice(content: dict[str, Any]) -> None:
    edition = content["edition"]
    edition["rooms"] = [*edition["rooms"], dict(edition["rooms"][0])]
    edition["people"] = [*edition["people"], dict(edition["people"][0], slug="other", given_name=4)]
    edition["gates"] = edition["gates"] * 40
    found = refused(content)
    assert found["edition.rooms[1].name"].startswith("This stands twice")
    assert found["edition.people[1].given_name"] == "A text in quotes is expected here."
    assert len(found) == 40
    edition["rooms"] = [{"name": str(number)} for number in range(101)]
    assert "more than 100" in refused(content)["edition.rooms"]
    assert refused([]) == {"format": "This is no edition of Crosslinks."}
    assert refused({"format": "crosslinks-edition", "version": 1})["edition"] == "This is missing."


def zipped(*entries: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


M = (MANIFEST, b"{}")
ENCRYPTED = bytearray(zipped(M))
ENCRYPTED[ENCRYPTED.rindex(b"PK\x01\x02") + 8] |= 1
BROKEN = bytearray(zipped((MANIFEST, b"[" + b"1," * 900 + b"1]"), how=zipfile.ZIP_STORED))
BROKEN[90:95] = b"xxxxx"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        (b"", "", "no file of an edition"),
        (b"%PDF-1.7 not a zip", "", "no file of an edition"),
        (zipped(("other.json", b"{}")), "other.json", "may be no such file"),
        (zipped(M, ("../../etc/passwd", b"x")), "../../etc/passwd", "may be no such file"),
        (zipped(M, ("pictures/../x.jpg", b"x")), "pictures/../x.jpg", "may be no such file"),
        (zipped(M, ("/pictures/x.jpg", b"x")), "/pictures/x.jpg", "may be no such file"),
        (zipped(M, ("pictures/x.svg", b"<svg/>")), "pictures/x.svg", "may be no such file"),
        (zipped(("pictures/x.jpg", b"x")), MANIFEST, "not in the ZIP"),
        (zipped((MANIFEST, b" " * 6_000_001)), MANIFEST, "too large"),
        (zipped(M, *((f"pictures/p-{number}.jpg", b"") for number in range(1_500))), "", "more than 1500"),
        (bytes(ENCRYPTED), MANIFEST, "cannot be read"),
        (bytes(BROKEN), MANIFEST, "cannot be read"),
        (zipped((MANIFEST, b'{"a": ')), MANIFEST, "1:7"),
        (zipped((MANIFEST, b'{"a": 1, "a": 2}')), MANIFEST, "stands twice"),
        (zipped((MANIFEST, b'{"a": NaN}')), MANIFEST, "not readable"),
        (zipped((MANIFEST, b"\xff\xfe\x00")), MANIFEST, "not readable"),
        (zipped((MANIFEST, b"[" * 100_000)), MANIFEST, "not readable"),
        (zipped((MANIFEST, b'{"a": ' + b"9" * 5_000 + b"}")), MANIFEST, "not readable"),
        (zipped((MANIFEST, b'"\\ud800"')), "format", "no edition"),
    ],
)
def test_a_file_that_is_none(app: Flask, tmp_path: Path, body: bytes, path: str, words: str) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(body)
    with pytest.raises(BadFile) as caught, Package(target) as package:
        read_document(package.content(), package.has)
    (fault,) = caught.value.faults
    with speaking("en"):
        assert (fault.path, words in fault_words(fault)) == (path, True), fault_words(fault)


@pytest.mark.sqlite
def test_a_name_twice_and_a_bomb_that_lies_about_its_size(app: Flask, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    with pytest.warns(UserWarning, match="Duplicate"):
        target.write_bytes(zipped(M, M))
    with pytest.raises(BadFile, match="bad_file") as caught:
        Package(target)
    assert caught.value.faults[0].code == "file_twice"
    bomb = bytearray(zipped((MANIFEST, b" " * 20_000_000)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = bomb.index(mark) + place
        bomb[at : at + 4] = (100).to_bytes(4, "little")
    target.write_bytes(bytes(bomb))
    with pytest.raises(BadFile), Package(target) as package:
        package.content()


def rows_of_everything() -> dict[str, int]:
    tables = Base.metadata.tables.values()
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.mark.parametrize("body", [b"", b"GIF89a", b"<svg onload=alert(1)>", picture().getvalue()[:-900]])
def test_a_bad_picture_leaves_nothing_behind(app: Flask, tmp_path: Path, body: bytes) -> None:
    edition = make_full_edition()
    document = export_edition(edition, settings().uploads)
    worst = max(name for name in document.pictures if "picture-" in name)
    (tmp_path / "bad").write_bytes(body)
    document.pictures[worst] = tmp_path / "bad"
    with (tmp_path / "a.zip").open("wb") as out:
        pack(document, out)
    before, files = rows_of_everything(), {*settings().uploads.rglob("*")}
    conference = edition.conference
    with pytest.raises(BadFile) as caught:
        read(tmp_path / "a.zip", "2031", conference)
    assert caught.value.faults[0].path.endswith(".file")
    assert rows_of_everything() == before
    assert {*settings().uploads.rglob("*")} == files


def test_an_address_that_is_taken_leaves_nothing_behind(app: Flask, tmp_path: Path) -> None:
    edition = make_full_edition()
    write(edition, tmp_path / "a.zip")
    before, files = rows_of_everything(), {*settings().uploads.rglob("*")}
    with pytest.raises(Conflict):
        read(tmp_path / "a.zip", "2024", edition.conference)
    assert rows_of_everything() == before
    assert {*settings().uploads.rglob("*")} == files


@pytest.mark.sqlite
def test_what_is_kept_as_it_is_holds_nothing_but_a_picture(app: Flask) -> None:
    clean = picture().getvalue()
    assert is_own_jpeg(clean, 1600, 1600)
    assert not is_own_jpeg(clean, 100, 1600)
    hidden = [
        clean + b"<script>alert(1)</script>\xff\xd9",
        clean[:2] + b"\xff\xfe\x00\x12<script></script>"[:20] + clean[2:],
        clean[:2] + b"\xff\xe1\x00\x08Exif\x00\x00" + clean[2:],
        picture(kind="PNG").getvalue(),
    ]
    assert not any(is_own_jpeg(one, 1600, 1600) for one in hidden)


@pytest.mark.sqlite
def test_a_picture_with_something_hidden_in_it_is_coded_anew(app: Flask, tmp_path: Path) -> None:
    with transaction():
        edition = make_edition()
    document = export_edition(edition, settings().uploads)
    document.content["edition"]["gallery"] = [{"alt": {"en": "A"}, "file": "pictures/a.jpg", "is_shown": True}]
    (tmp_path / "a.jpg").write_bytes(picture().getvalue() + b"<script>alert(1)</script>")
    document.pictures["pictures/a.jpg"] = tmp_path / "a.jpg"
    with (tmp_path / "a.zip").open("wb") as out:
        pack(document, out)
    made = read(tmp_path / "a.zip", "2031", edition.conference)
    shown = export_edition(made, settings().uploads)
    ((_name, path),) = shown.pictures.items()
    assert b"script" not in path.read_bytes()
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 2
