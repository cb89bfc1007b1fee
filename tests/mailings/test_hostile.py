"""What somebody with bad intent types: in the words of a mailing, in names, in the interest form."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.jobs.work import work_one
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.message import build_message, wire_bytes
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.mailings.models import Mailing
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import NOW, make_edition
from tests.mailings.factories import FILLED, make_mailing
from tests.registration.factories import make_registration

TAGS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe src=//x>",
    "</td></table><h1>Owned</h1>",
    "<style>*{display:none}</style>",
    "<!--",
    "]]>",
    "<b",
]
MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHN2Zz4=)",
    "![x](https://example.org/x.png)",
    "[a]: javascript:x",
    "<javascript:alert(1)>",
    "`" * 400,
    "#" * 400,
    "> " * 300,
    "[" * 500,
    "* " * 300,
    "|" * 300,
    "\\" * 300,
]
TEMPLATES = [
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ config }}",
    "{{ self }}",
    "{% import os %}",
    "{% raw %}",
    "{#",
    "{{",
    "}}",
    "{{ name.__class__ }}",
    "{{ name|attr('x') }}",
    "{% for a in name %}x{% endfor %}",
    "{{ cycler.__init__ }}",
    "{% include '/etc/passwd' %}",
    "{{ lipsum() }}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
]
HEADERS = [
    "x\r\nBcc: all@example.org",
    "x\nSubject: other",
    "x\r\n\r\nbody",
    "x\u2028Bcc: a@example.org",
    "x\x0bBcc: a",
    "=?utf-8?q?x?=",
    "x\u2029y",
    "\r\n.\r\n",
    "a\x00b",
    "\x1b[31m",
]
LETTERS = [
    "\u202eevil\u202c",
    "العربية",
    "👩‍🔬" * 40,
    "Å" * 200,
    "z̷̢̛͓̪̅̀͊" * 20,
    "\ufeffx",
    "ŋ đ ŧ ǩ",
    "=1+1",
    "@SUM(A1)",
    "a" * 5000,
    "a" * 100_000,
    " " * 300,
    "\t",
    "null",
    "NaN",
    "'; DROP TABLE mailing; --",
    "%s%n%x",
    "%(num)s",
    "../../etc/passwd",
]
CORPUS = TAGS + MARKDOWN + TEMPLATES + HEADERS + LETTERS
BASE = "/manage/crosslinks/2024/mailings"
ALARMS = ("<script", "onerror=", "onload=", "javascript:", "<iframe", "<h1>Owned")


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


def wire(mail: OutboxMail) -> bytes:
    letter = read_letter(mail)
    return wire_bytes(build_message(letter, make_letter(letter), settings(), NOW), utf8=False)


def header_names(raw: bytes) -> set[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return {line.partition(":")[0].lower() for line in head.split("\r\n") if line and not line[0].isspace()}


def test_the_corpus_is_large_enough() -> None:
    assert len(set(CORPUS)) >= 50


@pytest.mark.parametrize("field", ["subject_en", "body_en"])
def test_words_of_a_mailing(client: FlaskClient, edition: Edition, field: str) -> None:
    sign_in(client)
    for text in CORPUS:
        answer = client.post(f"{BASE}/new", data=FILLED | {field: text})
        assert answer.status_code in {303, 422, 413}, (text, answer.status_code)
        if answer.status_code == 303:
            assert client.get(answer.location).status_code == 200, text
            preview = client.get(f"{answer.location}/preview").get_data(as_text=True)
            assert not [one for one in ALARMS if _is_markup(preview, one)], text
    assert client.get(BASE).status_code == 200


def _is_markup(html: str, alarm: str) -> bool:
    """Say whether an alarming text stands within a tag, where it would do something, and not among the words."""
    lowered = html.lower()
    start = lowered.find(alarm)
    while start >= 0:
        opened, closed = lowered.rfind("<", 0, start + 1), lowered.rfind(">", 0, start)
        if opened > closed:
            return True
        start = lowered.find(alarm, start + 1)
    return False


def test_names_in_a_letter_stay_words_and_add_no_header(app: Flask, edition: Edition) -> None:
    with transaction():
        person = make_registration(edition, family_name="Nordmann", email="kari@example.org")
        body = {"en": "Hello **{{ name }}**, [here]({{ manage_url }})\n\n- {{ given_name }}"}
        make_mailing(edition, subject={"en": "For {{ name }}"}, body=body, started=True)
    assert work_one(owner="test")
    usual: set[str] = set()
    for text in ["Kari", *(one for one in CORPUS if "\x00" not in one and one.strip())]:
        with transaction():
            found = db.session.get_one(Registration, person.id)
            found.given_name = text[:120]
            mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "mailings.about")).one()
            mail.to_name = text[:240]
        made = make_letter(read_letter(mail))
        assert not any(_is_markup(made.html, one) for one in ALARMS), text
        assert "49" not in made.subject, text
        names = header_names(wire(mail))
        usual = usual or names
        assert names == usual, text


def test_the_interest_form(client: FlaskClient, edition: Edition) -> None:
    for number, text in enumerate(CORPUS):
        for typed in (text, f"{text}@example.org", f"kari{number}@{text}"):
            answer = client.post("/crosslinks/follow", data={"email": typed})
            assert answer.status_code in {303, 413, 422, 429}, (typed, answer.status_code)
            if answer.status_code == 422:
                assert not (text in TAGS[:7] and typed in answer.get_data(as_text=True)), typed
    for mail in db.session.scalars(select(OutboxMail)).all():
        assert "bcc" not in header_names(wire(mail))


def test_odd_addresses_of_pages(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    with transaction():
        number = make_mailing(edition).id
    for text in ("%00", "%F0%9F%91%A9", "9" * 40, "-1", "%3Cscript%3E", "a" * 3000):
        for path in (
            f"{BASE}/{text}",
            f"{BASE}/{number}?in={text}",
            f"{BASE}/{number}/preview?in={text}",
            f"{BASE}/count?source={text}",
            f"{BASE}/{number}/recipients?q={text}&state={text}&sort={text}&page={text}",
            f"/manage/crosslinks/2024/followers?q={text}&state={text}&sort={text}&page={text}",
            f"/follow/{text}",
            f"/unsubscribe/{text}",
            f"/{text}/follow",
        ):
            assert client.get(path).status_code < 500, path
    assert client.post(f"{BASE}/{number}/send", data={"people": "9" * 40}).status_code == 409
    assert len(db.session.scalars(select(Mailing)).all()) == 1
