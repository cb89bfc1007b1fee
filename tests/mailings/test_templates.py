"""Organizers' own words in the letters: changed, looked at, tried, taken back; held when they cannot be filled."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.home.figures import edition_figures
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import Delivery, make_letter
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.mail.rules import MailState, Words
from crosslinks.mail.smtp import Postman, read_smtp_url
from crosslinks.mailings.models import LetterTemplate
from crosslinks.mailings.sample_letters import our_words, sample_letter
from crosslinks.mailings.sandbox import LONGEST_TEXT
from crosslinks.mailings.wording import EDITABLE
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition
from tests.hostile import HOSTILE_STRINGS
from tests.mail.smtp import SmtpDouble, smtp_server
from tests.registration.factories import take_place

__all__ = ["smtp_server"]

BASE = "/manage/crosslinks/2024/mail/templates"
ONE = f"{BASE}/registration.confirmed.onsite"


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(make_conference(contact_email="post@example.org"))


@pytest.fixture
def organizer(client: FlaskClient, edition: Edition) -> FlaskClient:
    sign_in(client, Role.ORGANIZER)
    return client


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def confirmation(language: str = "en", **more: Any) -> Any:
    with transaction():
        edition = db.session.scalars(select(Edition)).first()
        assert edition
        take_place(edition, language=language, **more)
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail
    return make_letter(read_letter(mail))


def test_the_list_says_which_letters_have_own_words(organizer: FlaskClient) -> None:
    text = page(organizer.get(BASE))
    assert text.count("/mail/templates/") == len(EDITABLE)
    assert "Your own:" not in text
    organizer.post(ONE, data={"heading_nb": "Velkommen, {{ given_name }}"})
    assert "Your own: Norsk" in page(organizer.get(BASE))


def test_own_words_take_the_place_of_ours_in_their_language_only(organizer: FlaskClient) -> None:
    answer = organizer.post(
        ONE,
        data={
            "subject_en": "Hello {{ given_name }}",
            "heading_en": "Nice to have you, {{ name }}",
            "opening_en": "Dear **{{ given_name }}**,\n\n- [Programme]({{ programme_url }})\n- {{ manage_url }}",
            "closing_en": "Bye from {{ organiser }}",
        },
    )
    assert answer.status_code == 303
    made = confirmation(given_name="Åse", family_name="Ås")
    assert made.subject == "Hello Åse"
    assert made.text.startswith("Nice to have you, Åse Ås\n\nDear Åse,\n\n- Programme: http")
    assert "Bye from Oslo Cancer Cluster" in made.text
    assert "<strong>Åse</strong>" in made.html
    assert "Bye from Oslo Cancer Cluster" in made.html
    assert "Show this at the door" in made.text
    assert "Open my place" in made.text
    assert re.search(r'href="[^"]+/r/[\w-]+"[^>]*>http', made.html)
    assert "Plassen din på" in confirmation(language="nb").subject


def test_words_like_ours_are_ours(organizer: FlaskClient, edition: Edition) -> None:
    ours = {code: our_words(edition, EDITABLE["registration.confirmed.onsite"], code) for code in ("en", "nb")}
    typed = {f"{part}_{code}": text for code, parts in ours.items() for part, text in parts.items()}
    organizer.post(ONE, data=typed)
    assert db.session.scalars(select(LetterTemplate)).all() == []
    text = page(organizer.get(ONE))
    assert "You have a place in the room, {{ given_name }}" in text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("opening_en", "Hello\n{{ nme }}", "Line 2, column 4: There is no placeholder {{ nme }}"),
        ("subject_nb", "{{ manage_url }}", "Line 1, column 4: A link cannot stand"),
        ("heading_en", "x" * 201, "longer than 200"),
        ("closing_en", "x" * (LONGEST_TEXT + 1), "longer than 6000"),
        ("opening_en", "a\x00b", "cannot be kept"),
        ("opening_en", "{% for x in y %}{% endfor %}", "Line 1, column 1"),
        ("opening_en", "Street: {{ city }} {{ position }}", "no placeholder {{ position }}"),
    ],
)
def test_what_cannot_be_filled_cannot_be_saved(organizer: FlaskClient, field: str, typed: str, words: str) -> None:
    text = page(organizer.post(ONE, data={field: typed}), 422)
    assert words in text
    if "\x00" not in typed:
        assert typed.splitlines()[-1] in text
    assert db.session.scalars(select(LetterTemplate)).all() == []


def test_what_the_edition_lacks_is_told(organizer: FlaskClient) -> None:
    with transaction():
        db.session.execute(update(Edition).values(doors_at=None))
    text = page(organizer.post(ONE, data={"opening_en": "Doors at {{ doors }}"}), 422)
    assert "{{ doors }} has no value in this edition" in text
    assert organizer.post(ONE, data={"opening_en": "{% if doors %}At {{ doors }}{% endif %} x"}).status_code == 303


def test_a_huge_text_is_refused(organizer: FlaskClient) -> None:
    assert organizer.post(ONE, data={"opening_en": "x" * 10_000_000}).status_code in {413, 422}


def test_reset_undo_and_history(organizer: FlaskClient, edition: Edition) -> None:
    for words in ("One", "Two"):
        organizer.post(ONE, data={"heading_en": words, "subject_en": "S"})
    organizer.post(f"{ONE}/reset")
    row = db.session.scalars(select(LetterTemplate)).one()
    assert row.heading == {}
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "letter_template")).all()
    assert [entry.action for entry in entries] == ["template.changed", "template.changed", "template.reset"]
    assert "Words of a letter: set back to standard" in page(organizer.get("/manage/crosslinks/2024/log"))
    organizer.post(f"{ONE}/history/{entries[2].id}")
    db.session.rollback()
    assert (row.heading, row.subject) == ({"en": "Two"}, {"en": "S"})
    organizer.post(f"{ONE}/history/{entries[1].id}")
    db.session.rollback()
    assert (row.heading, row.subject) == ({"en": "One"}, {"en": "S"})
    assert organizer.post(f"{ONE}/history/999999").status_code == 404
    other = f"{BASE}/registration.waiting"
    assert organizer.post(f"{other}/history/{entries[1].id}").status_code == 404
    assert "As it was before this" in page(organizer.get(ONE))


def test_the_preview_shows_what_is_typed_and_saves_nothing(organizer: FlaskClient, edition: Edition) -> None:
    answer = organizer.post(f"{ONE}/preview", data={"heading_nb": "Hei <b>{{ given_name }}</b>", "shown": "nb"})
    text = page(answer)
    assert db.session.scalars(select(LetterTemplate)).all() == []
    source = re.search(r'<iframe[^>]+src="([^"]+)"', text)
    assert source
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    letter = organizer.get(source[1])
    html = page(letter)
    assert "Hei &lt;b&gt;Ingrid&lt;/b&gt;" in html
    assert "sandbox allow-popups" in letter.headers["Content-Security-Policy"]
    assert "<script" not in html
    assert "/r/…" in html
    wrong = page(organizer.post(f"{ONE}/preview", data={"heading_nb": "{{ nme }}", "shown": "nb"}))
    assert "It cannot be shown like this" in wrong
    assert "<iframe" not in wrong


def test_only_signed_words_are_shown(organizer: FlaskClient, edition: Edition) -> None:
    text = page(organizer.get(ONE))
    source = re.search(r'<iframe[^>]+src="([^"]+)"', text)
    assert source
    address = urlsplit(source[1])
    assert organizer.get(f"{address.path}?draft=nothing").status_code == 404
    assert organizer.get(address.path).status_code == 404
    assert organizer.get(f"{BASE}/registration.waiting/letter?{address.query}").status_code == 404
    assert organizer.get(f"{BASE}/no.such.letter").status_code == 404


def test_a_test_goes_to_whoever_asks(organizer: FlaskClient, app: Flask, smtp_server: SmtpDouble) -> None:
    text = page(organizer.post(f"{ONE}/test", data={"opening_en": "Dear {{ name }}", "shown": "en"}))
    assert "on its way" in text
    assert db.session.scalars(select(LetterTemplate)).all() == []
    sending = Delivery("test", Postman(read_smtp_url(smtp_server.url)))
    assert sending.send_batch() == 1
    sending.close()
    (taken,) = smtp_server.taken
    assert taken.message["Subject"].startswith("Test: Your place")
    body = taken.message.get_body(("plain",))
    assert body
    assert "Dear Ingrid Nordlie" in body.get_content()
    assert page(organizer.post(f"{ONE}/test", data={"opening_en": "{{ nme }}"}), 422)
    for _ in range(30):
        last = organizer.post(f"{ONE}/test", data={})
    assert last.status_code == 429


def test_a_letter_that_cannot_be_filled_is_held_told_about_and_sent_when_mended(
    organizer: FlaskClient, edition: Edition, smtp_server: SmtpDouble
) -> None:
    organizer.post(ONE, data={"opening_en": "Doors open at {{ doors }}."})
    with transaction():
        take_place(db.session.get_one(Edition, edition.id), given_name="Kari")
        db.session.execute(update(Edition).values(doors_at=None))
    sending = Delivery("test", Postman(read_smtp_url(smtp_server.url)))
    assert sending.send_batch() == 1
    assert smtp_server.taken == []
    mail = db.session.scalars(select(OutboxMail)).one()
    assert mail.state is MailState.HELD
    assert "{{ doors }}" in mail.last_error
    assert "registration.confirmed.onsite" in mail.last_error
    for path in ("/manage/crosslinks/2024/", "/manage/crosslinks/2024/programme", BASE):
        assert "1 message is held" in page(organizer.get(path))
    assert "Kari" in page(organizer.get("/manage/crosslinks/2024/mail?state=held"))
    assert "its words cannot be filled" in page(organizer.get(f"/manage/crosslinks/2024/mail/{mail.id}"))
    assert edition_figures(edition.id).as_json()["mail"] == {"queued": 0, "sent": 0, "failed": 1}
    assert sending.send_batch() == 0
    organizer.post(ONE, data={"opening_en": "Come early."})
    assert organizer.post(f"/manage/crosslinks/2024/mail/{mail.id}/retry").status_code == 303
    with transaction():
        db.session.execute(update(OutboxMail).values(next_attempt_at=real_now()))
    assert sending.send_batch() == 1
    sending.close()
    (taken,) = smtp_server.taken
    body = taken.message.get_body(("plain",))
    assert body
    assert "Come early." in body.get_content()


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=ascii)
def test_hostile_names_within_own_words(app: Flask, edition: Edition, hostile: str) -> None:
    key = EDITABLE["registration.confirmed.onsite"]
    with transaction():
        db.session.add(
            LetterTemplate(
                edition_id=edition.id, kind=key.kind, variant=key.variant, changed_at=edition.created_at,
                subject={"en": "Hi {{ name }}"}, heading={"en": "{{ given_name }}"},
                opening={"en": "**{{ name }}** [{{ name }}]({{ manage_url }})"}, closing={"en": "> {{ given_name }}"},
            )
        )  # fmt: skip
    made = confirmation(given_name=hostile[:120].strip() or "x", family_name="Nordlie")
    assert "\n" not in made.subject
    assert "\r" not in made.subject
    assert made.subject == f"Hi {' '.join(hostile[:120].split()) or 'x'} Nordlie"
    for tag in ("<script", "<img src=x", "<svg", "<iframe", 'onerror="', 'href="javascript'):
        assert tag not in made.html
    if "{{" in hostile:
        assert " ".join(hostile.split())[:60] in made.text


@pytest.mark.parametrize("key", EDITABLE.values(), ids=EDITABLE)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_letter_takes_every_word(app: Flask, edition: Edition, key: Any, language: str) -> None:
    ours = our_words(edition, key, language)
    assert all(ours[part] for part in ("subject", "heading", "opening")), ours
    assert "{{ edition }}" in ours["subject"]
    words = Words(subject="S {{ name }}", heading="H {{ name }}", opening="O {{ name }}", closing="C {{ name }}")
    made = sample_letter(edition, key, language, words)
    assert made.subject == "S Ingrid Nordlie"
    for mark in "HOC":
        assert f"{mark} Ingrid Nordlie" in made.text
        assert f"{mark} Ingrid Nordlie" in made.html
    assert made.text.index("H Ingrid") < made.text.index("O Ingrid") < made.text.index("C Ingrid")
    plain = sample_letter(edition, key, language, Words())
    assert "{{" not in plain.text + plain.html
    assert settings_free(plain.text)


def settings_free(text: str) -> bool:
    return "None" not in text and "Undefined" not in text


def test_another_editions_words_stay_there(organizer: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_edition(db.session.get_one(Edition, edition.id).conference, slug="2025")
    organizer.post(ONE.replace("2024", "2025"), data={"subject_en": "Other"})
    assert confirmation().subject.startswith("Your place")


def test_the_digital_letter_has_words_of_its_own(organizer: FlaskClient, edition: Edition) -> None:
    organizer.post(ONE, data={"subject_en": "For the room"})
    with transaction():
        take_place(db.session.get_one(Edition, edition.id), Mode.DIGITAL)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert make_letter(read_letter(mail)).subject.startswith("Your place at")
