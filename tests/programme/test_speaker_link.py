"""What a speaker does by their link, and what the link does not open."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material_models import PersonEdit, RecordingConsent, SlideFile
from crosslinks.programme.models import Person, Talk, TalkSpeaker
from crosslinks.programme.people import revoke_link
from crosslinks.programme.rules import Coming
from crosslinks.programme.slide_store import slides_path
from crosslinks.web.large import large_body_path
from tests.factories import NOW, TESTER, make_edition
from tests.hostile import HOSTILE_STRINGS
from tests.programme.factories import Programme, make_person, make_programme, make_talk

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PUBLIC = "/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        made = make_programme(edition)
        made.people["loges"].email = "loges@example.org"
        for person in made.people.values():
            person.coming = Coming.INVITED
    return made


@pytest.fixture
def link(day: Programme) -> str:
    return f"/s/{speaker_token(day.people['loges'])}"


def about(**more: str) -> dict[str, str]:
    return {"given_name": "Sonja", "family_name": "Loges", "biography_language": "en", "language": ""} | more


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def pptx(**more: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}, **more)


ODP = archive(mimetype=b"application/vnd.oasis.opendocument.presentation")
KEY = archive(**{"Index/Document.iwa": b"x"})


def picture(size: tuple[int, int] = (1200, 800)) -> io.BytesIO:
    out = io.BytesIO()
    made = Image.new("RGB", size, "navy")
    made.paste("crimson", (0, 0, size[0] // 2, size[1]))
    made.save(out, "JPEG")
    out.seek(0)
    return out


def send(client: FlaskClient, link: str, talk: Talk, content: bytes, name: str = "Loges.pdf", **more: Any) -> Any:
    path = large_body_path(f"{link}/talks/{talk.id}/slides")
    return client.post(path, data={"slides": (io.BytesIO(content), name)} | more, headers=more.pop("headers", None))


def count(kind: type[Base]) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def stored_files() -> list[str]:
    return sorted(path.name for path in (settings().uploads / "slides").glob("*"))


def test_the_page_shows_the_own_day_and_what_is_missing(client: FlaskClient, link: str) -> None:
    english = client.get(link).text
    for expected in (
        "Your day, Sonja", "10:40–11:25", "The personalised oncology landscape in Germany", "Kaare Norum auditorium",
        "Dr.\xa0Marte Grønlie Cameron", "6 things are missing", "A portrait of you", "Your slides",
    ):  # fmt: skip
        assert expected in english, expected
    norwegian = client.get(link, headers={"Accept-Language": "nb"}).text
    assert "Dagen din, Sonja" in norwegian
    assert "6 ting mangler" in norwegian
    assert client.get(link).headers["Cache-Control"] == "no-store"


def test_a_moderator_sees_who_speaks_and_how_names_are_said(client: FlaskClient, day: Programme) -> None:
    with transaction():
        day.people["loges"] = db.session.merge(day.people["loges"])
        day.people["loges"].pronunciation = "LOH-ges"
    html = client.get(f"/s/{speaker_token(day.people['cameron'])}").text
    assert "You moderate this session." in html
    assert "LOH-ges" in html
    assert "Dr.\xa0Vilde Drageset Haakensen" in html
    assert "Upload slides" not in html
    assert "LOH-ges" not in client.get(f"{PUBLIC}/speakers/sonja-loges").text


def test_two_visits_by_a_robot_change_nothing(client: FlaskClient, day: Programme, link: str) -> None:
    talk = day.talks["loges"]
    before = (count(AuditEntry), count(PersonEdit))
    for _ in range(2):
        for page in ("", "/about", "/portrait", f"/talks/{talk.id}/slides"):
            assert client.head(link + page).status_code == 200
            assert client.get(link + page).status_code == 200
    assert (count(AuditEntry), count(PersonEdit)) == before
    assert db.session.get_one(Person, day.people["loges"].id).coming is Coming.INVITED


def test_somebody_confirms_and_changes_their_mind(client: FlaskClient, day: Programme, link: str) -> None:
    assert client.post(f"{link}/coming", data={"coming": "confirmed"}).status_code == 303
    page = client.get(link).text
    assert "You have said that you come" in page
    assert "5 things are missing" in page
    assert client.post(f"{link}/coming", data={"coming": "declined"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Person, day.people["loges"].id).coming is Coming.DECLINED
    assert client.post(f"{link}/coming", data={"coming": "perhaps"}).status_code == 404


def test_texts_are_public_at_once_and_noted(client: FlaskClient, day: Programme, link: str) -> None:
    sent = about(
        title="Prof.", affiliation="Heidelberg", biography="Works on **lungs**.", nothing_to_disclose="y",
        link_label_1="ORCID", link_url_1="https://orcid.org/0000", pronunciation="LOH-ges",
    )  # fmt: skip
    assert client.post(f"{link}/about", data=sent).status_code == 303
    html = client.get(f"{PUBLIC}/speakers/sonja-loges").text
    for expected in ("<strong>lungs</strong>", "Nothing to disclose.", 'href="https://orcid.org/0000"', "Heidelberg"):
        assert expected in html, expected
    edit = db.session.scalars(select(PersonEdit)).one()
    assert edit.after["biography"] == "Works on **lungs**."
    assert edit.before["biography"] == ""
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_kind == "speaker")).one()
    assert (entry.action, entry.actor_label) == ("person.changed", "")
    assert client.post(f"{link}/about", data=sent).status_code == 303
    assert count(PersonEdit) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"biography": "word " * 10_000}, "This has 49,999 characters, and there is room for 4,000."),
        ({"disclosure": "Fees", "nothing_to_disclose": "y"}, "There is a text above."),
        ({"link_url_1": "http://example.org", "link_label_1": "x"}, "begins with https://"),
        ({"link_url_1": "javascript:alert(1)", "link_label_1": "x"}, "begins with https://"),
        ({"link_url_1": "https://good.example.org@evil.example.org", "link_label_1": "x"}, "begins with https://"),
        ({"link_url_1": "https://example.org"}, "Say what this is"),
        ({"link_label_2": "ORCID"}, "The address is missing."),
        ({"given_name": ""}, "This field is required."),
        ({"affiliation": "nul\x00"}, "cannot be kept"),
        ({"biography_language": "tlh"}, "Not a valid choice"),
    ],
)
def test_texts_that_cannot_be_are_refused_with_what_was_typed(
    client: FlaskClient, link: str, changed: dict[str, str], words: str
) -> None:
    answer = client.post(f"{link}/about", data=about(pronunciation="Kept as typed") | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept as typed" in answer.text
    assert count(PersonEdit) == 0


@pytest.mark.parametrize("text", HOSTILE_STRINGS[:24])
def test_hostile_texts_stay_texts(client: FlaskClient, link: str, text: str) -> None:
    sent = about(biography=text, disclosure=text, affiliation=text[:200], pronunciation=text[:200])
    assert client.post(f"{link}/about", data=sent).status_code in {303, 422}
    for page in (link, f"{link}/about", f"{PUBLIC}/speakers/sonja-loges"):
        html = client.get(page).text
        for forbidden in ("<script>alert", "<img src=x", "<svg/onload", "<iframe", 'href="javascript:'):
            assert forbidden not in html, (page, forbidden)


def test_a_portrait_is_cut_where_it_was_chosen(client: FlaskClient, day: Programme, link: str) -> None:
    sent = {"portrait": (picture(), "me.jpg"), "photo_credit": "Kari Fotograf"}
    assert client.post(f"{link}/portrait", data=sent).status_code == 303
    html = client.get(f"{PUBLIC}/speakers/sonja-loges").text
    assert "-320.jpg 320w" in html
    assert "Photo: Kari Fotograf" in html

    def colour(x: str) -> tuple[int, int, int]:
        answer = client.post(f"{link}/portrait", data={"x": x, "y": "50", "zoom": "200"})
        assert answer.status_code == 303
        db.session.expire_all()
        name = db.session.get_one(Person, day.people["loges"].id).portrait
        with Image.open(settings().uploads / name) as cut:
            assert cut.width / cut.height == pytest.approx(0.8, abs=0.01)
            found = cut.convert("RGB").getpixel((cut.width // 2, cut.height // 2))
        small = client.get(f"/media/{name.removesuffix('.jpg')}-160.jpg")
        assert small.status_code == 200
        assert small.content_type == "image/jpeg"
        small.close()
        assert isinstance(found, tuple)
        return found[0], found[1], found[2]

    left, right = colour("0"), colour("100")
    assert left[0] > 150 > right[0]
    assert right[2] > 80
    assert client.post(f"{link}/portrait", data={"x": "101", "y": "0", "zoom": "100"}).status_code == 422
    assert client.post(f"{link}/portrait", data={"remove_portrait": "y"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Person, day.people["loges"].id).portrait == ""


def test_a_portrait_that_is_none_is_refused(client: FlaskClient, link: str) -> None:
    for content in (b"<svg onload=alert(1)>", PDF, b"", b"GIF89a"):
        sent = {"portrait": (io.BytesIO(content), "me.jpg")}
        answer = client.post(f"{link}/portrait", data=sent)
        assert answer.status_code == 422
        assert "That is not a picture" in answer.text


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (pptx(), "pptx"), (ODP, "odp"), (KEY, "key")])
def test_slides_of_each_kind_come_in_and_out_as_a_download(
    client: FlaskClient, day: Programme, link: str, content: bytes, ending: str
) -> None:
    assert send(client, link, day.talks["loges"], content, "../deep/Løges <b>.anything").status_code == 303
    row = db.session.scalars(select(SlideFile)).one()
    assert row.file_name == f"Løges <b>.{ending}"
    assert (row.publish, row.keep_back, row.size) == (False, False, len(content))
    answer = client.get(f"{link}/slides/{row.id}")
    assert answer.data == content
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == row.kind.media_type
    assert "&lt;b&gt;" in client.get(link).text


HUGE = bytes(60_000_000)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "slides.pdf", "whatever its name says"),
        (b"<html><script>alert(1)</script>", "slides.pdf", "whatever its name says"),
        (b"MZ\x90\x00 a program", "slides.pptx", "whatever its name says"),
        (b"\x89PNG\r\n\x1a\n", "slides.key", "whatever its name says"),
        (archive(**{"word/document.xml": b"<w/>", "[Content_Types].xml": b"x"}), "slides.pptx", "whatever its name"),
        (archive(**{"word/document.xml": HUGE, "[Content_Types].xml": b"x"}), "bomb.docx", "grows absurdly"),
        (pptx(**{"ppt/media/bomb.bin": HUGE}), "bomb.pptx", "grows absurdly"),
        (pptx(**{"ppt/vbaProject.bin": b"x"}), "macros.pptm", "holds macros"),
        (PDF[:-8], "cut.pdf", "cut off or damaged"),
        (pptx()[:-30], "cut.pptx", "cut off or damaged"),
        (b"PK\x03\x04" + b"\xff" * 2000, "noise.pptx", "cut off or damaged"),
        (b"PK\x03\x04" + b"PK\x05\x06" + b"\x00" * 6 + b"\xff" * 12, "wide.pptx", "grows absurdly"),
        (b"", "empty.pdf", "The file is empty."),
    ],
)
def test_files_that_lie_are_refused_and_nothing_is_kept(
    client: FlaskClient, day: Programme, link: str, content: bytes, name: str, words: str
) -> None:
    answer = send(client, link, day.talks["loges"], content, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(SlideFile) == 0
    assert stored_files() == []


def test_a_script_is_answered_in_json(client: FlaskClient, day: Programme, link: str) -> None:
    accepts = {"Accept": "application/json"}
    talk = day.talks["loges"]
    assert send(client, link, talk, PDF, headers=accepts).json == {"url": f"{link}#talk-{talk.id}"}
    refused = send(client, link, talk, b"<svg/>", headers=accepts)
    assert refused.status_code == 422
    assert "whatever its name says" in refused.json["error"]
    nothing = client.post(large_body_path(f"{link}/talks/{talk.id}/slides"), headers=accepts)
    assert nothing.json == {"error": "Choose a file."}


def test_both_marks_at_once_are_refused(client: FlaskClient, day: Programme, link: str) -> None:
    answer = send(client, link, day.talks["loges"], PDF, publish="y", keep_back="y")
    assert answer.status_code == 422
    assert "cannot be both" in answer.text
    assert stored_files() == []


def test_marks_change_and_a_deleted_file_is_gone(client: FlaskClient, day: Programme, link: str) -> None:
    send(client, link, day.talks["loges"], PDF, publish="y")
    row = db.session.scalars(select(SlideFile)).one()
    assert row.publish
    stored = slides_path(row.stored)
    assert stored.is_file()
    assert client.post(f"{link}/slides/{row.id}/marks", data={"sharing": "keep_back"}).status_code == 303
    db.session.expire_all()
    assert (row.publish, row.keep_back) == (False, True)
    assert "goes from here" in client.get(f"{link}/slides/{row.id}/delete").text
    assert client.post(f"{link}/slides/{row.id}/delete").status_code == 303
    assert not stored.exists()
    assert count(SlideFile) == 0


def test_ten_files_are_enough(client: FlaskClient, day: Programme, link: str) -> None:
    for _ in range(10):
        assert send(client, link, day.talks["loges"], PDF).status_code == 303
    answer = send(client, link, day.talks["loges"], PDF)
    assert answer.status_code == 422
    assert "ten files already" in answer.text
    assert len(stored_files()) == 10


def test_the_recording_is_answered_for_each_talk(client: FlaskClient, day: Programme, link: str) -> None:
    path = f"{link}/talks/{day.talks['loges'].id}/recording"
    assert client.post(path, data={"recording": "no"}).status_code == 303
    assert client.post(path, data={"recording": "yes"}).status_code == 303
    assert db.session.scalars(select(RecordingConsent.given)).all() == [True]
    assert client.post(path).status_code == 409


def test_a_link_cannot_touch_other_people(client: FlaskClient, edition: Edition, day: Programme, link: str) -> None:
    other = f"/s/{speaker_token(day.people['derosa'])}"
    send(client, link, day.talks["loges"], PDF)
    row = db.session.scalars(select(SlideFile)).one()
    theirs = day.talks["loges"].id
    logged = count(AuditEntry)
    assert client.get(f"{other}/slides/{row.id}").status_code == 404
    assert client.get(f"{other}/slides/{row.id}/delete").status_code == 404
    assert client.post(f"{other}/slides/{row.id}/delete").status_code == 404
    assert client.post(f"{other}/slides/{row.id}/marks", data={"sharing": "publish"}).status_code == 404
    assert client.get(f"{other}/talks/{theirs}/slides").status_code == 404
    assert send(client, other, day.talks["loges"], PDF).status_code == 404
    assert client.post(f"{other}/talks/{theirs}/recording", data={"recording": "yes"}).status_code == 404
    assert client.post(f"{other}/about", data=about(email="thief@example.org", epoch="0", slug="x")).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Person, day.people["loges"].id).email == "loges@example.org"
    assert db.session.get_one(Person, day.people["derosa"].id).email == ""
    assert count(SlideFile) == 1
    assert count(AuditEntry) == logged + 1
    assert "loges@example.org" not in client.get(other).text


def test_another_editions_talk_is_not_there(client: FlaskClient, edition: Edition, day: Programme, link: str) -> None:
    with transaction():
        late = make_edition(edition.conference, slug="2025", number=17)
        person = make_person(late, "Sonja", "Loges")
        talk = make_talk(late, None, "10:00", 10, speakers=[person])
    assert client.get(f"{link}/talks/{talk.id}/slides").status_code == 404


def test_a_talk_that_was_taken_away_takes_its_files_out_of_reach(
    client: FlaskClient, day: Programme, link: str
) -> None:
    send(client, link, day.talks["loges"], PDF)
    row = db.session.scalars(select(SlideFile)).one()
    with transaction():
        db.session.delete(db.session.get_one(TalkSpeaker, (day.talks["loges"].id, day.people["loges"].id)))
    assert client.get(f"{link}/slides/{row.id}").status_code == 404


@pytest.mark.parametrize(
    ("page", "method"),
    [
        ("", "get"),
        ("/about", "get"),
        ("/about", "post"),
        ("/coming", "post"),
        ("/portrait", "get"),
        ("/slides/1", "get"),
    ],
)
def test_links_that_open_nothing_explain_themselves(
    client: FlaskClient, edition: Edition, day: Programme, page: str, method: str
) -> None:
    person = day.people["loges"]
    good = speaker_token(person)
    keys = settings().keys
    wrong = [
        "nonsense", good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), "%00" + good,
        make_link(keys, LinkKind.MANAGE, person.id, person.epoch), make_link(keys, LinkKind.SPEAKER, 999_999, 0),
        make_link(keys, LinkKind.SPEAKER, 2**40, 0),
    ]  # fmt: skip
    for token in wrong:
        answer = getattr(client, method)(f"/s/{token}{page}")
        assert answer.status_code == 404, token
    assert "This link does not open anything" in getattr(client, method)(f"/s/{wrong[1]}{page}").text
    with transaction():
        revoke_link(actor=TESTER, now=NOW, edition=edition, person=db.session.get_one(Person, person.id))
    revoked = getattr(client, method)(f"/s/{good}{page}")
    assert revoked.status_code == 410
    assert "This link was replaced" in revoked.text
    clock.offset += edition.ends_at + timedelta(days=60) - NOW
    db.session.expire_all()
    fresh = speaker_token(db.session.get_one(Person, person.id))
    expired = getattr(client, method)(f"/s/{fresh}{page}")
    assert expired.status_code == 410
    assert "Links for speakers end 60 days after the day" in expired.text


def test_a_number_that_is_used_again_opens_nothing_with_the_old_link(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        first = make_person(edition, "First", "Guest")
    number, token = first.id, speaker_token(first)
    with transaction():
        db.session.delete(db.session.get_one(Person, number))
        db.session.flush()
        db.session.add(Person(id=number, edition_id=edition.id, slug="new", given_name="New", family_name="Guest"))
    assert client.get(f"/s/{token}").status_code == 404


def test_after_the_day_nobody_answers_whether_they_come(client: FlaskClient, edition: Edition, link: str) -> None:
    clock.offset += edition.ends_at - NOW
    assert "The day is over." in client.get(link).text
    answer = client.post(f"{link}/coming", data={"coming": "confirmed"})
    assert answer.status_code == 409
    assert "The day is over" in answer.text


def test_forms_need_their_token(client: FlaskClient, day: Programme, link: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"{link}/coming", data={"coming": "confirmed"}).status_code == 400
    assert send(client, link, day.talks["loges"], PDF).status_code == 400
