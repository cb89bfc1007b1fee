"""What everybody reads when hostile strings stand in every field of everything: pages, tables, calendars, JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import icalendar
import openpyxl
import pytest
from sqlalchemy import func, select, update
from werkzeug.test import EnvironBuilder, TestResponse

from crosslinks.kernel.db import Base, db, transaction
from crosslinks.mail.models import OutboxMail
from tests.browser.samples import NOT_PAGES, SAMPLES
from tests.everywhere.conftest import Everywhere

pytestmark = pytest.mark.sqlite

PAYLOADS = (
    "=1+1<script>alert(1)</script>",
    "@SUM(1+1)<img src=x onerror=alert(1)>",
    '+1+1"\' onmouseover="alert(1)',
    "-1+1</title></textarea><svg/onload=alert(1)>",
    "\t=1+1<!-- comment -->",
    "a\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT",
    "{{ 735103 * 987659 }}{% raw %}<b onclick=alert(1)>",
    "[x](javascript:alert(1)) ![y](https://evil.example.org/y.png)",
    '%(name)s {0.__class__} ;,\\n:"',
)
WITHOUT_BRACES = tuple(text for text in PAYLOADS if "{" not in text)
"""For what organizers write as templates: others cannot be saved."""
TEMPLATES = {"mailing", "letter_template"}
FREE = {
    "account": "name",
    "audit_entry": "actor_label",
    "badge_print": "printed_by",
    "conference": "name organiser about cover_alt cover_credit",
    "consent_ask": "texts",
    "consent_entry": "actor_label reason",
    "consent_text": "sponsor_name texts",
    "device": "label",
    "edition": "theme lead about audience practical travel access accessibility contact conduct "
    "venue_name venue_address venue_city demo_note",
    "edition_mode": "note",
    "edition_picture": "alt credit",
    "erasure_proof": "actor_label",
    "feedback_answer": "answers",
    "feedback_question": "label options",
    "gate": "name",
    "import_refusal": "fact",
    "import_run": "file_name created_by",
    "invitation": "given_name family_name organisation message invited_by",
    "letter_template": "subject heading opening closing",
    "mail": "to_name last_error",
    "mailing": "subject body created_by",
    "person": "title given_name family_name affiliation biography disclosure photo_credit pronunciation links",
    "person_edit": "before after",
    "person_details": "mobile travel hotel dinner note",
    "programme_release": "note published_by content changes",
    "question": "label help options consent_text",
    "question_answer": "value",
    "registration": "given_name family_name organisation",
    "registration_group": "contact_name",
    "registration_group_member": "name",
    "release_letter": "opening facts",
    "reservation": "label",
    "room": "name",
    "scan": "override note",
    "session": "title summary",
    "slide_file": "file_name",
    "sponsor": "name role statement quoted_person quoted_role funding portrait_credit links product",
    "sponsor_tier": "name",
    "story": "title lead body author",
    "stream": "captions",
    "talk": "title abstract",
}
"""Where people's own words stand; everything else has a form that is checked before it is kept."""
M = "/manage/crosslinks/2024"
FILES = {
    "accounts_manage.export_log": (f"{M}/log.csv",),
    "campaigns_manage.count": (f"{M}/mailings/count",),
    "campaigns_manage.preview_page": (f"{M}/mailings/{{draft_mailing_id}}/preview",),
    "feeds_public.calendar": ("/crosslinks/2024/programme.ics",),
    "feeds_public.person_calendar": ("/crosslinks/2040/speakers/{shown_speaker}.ics",),
    "feeds_public.schedule_json": ("/crosslinks/2024/schedule.json",),
    "feeds_public.schedule_xml": ("/crosslinks/2024/schedule.xml",),
    "feeds_public.session_calendar": ("/crosslinks/2040/sessions/{shown_session}.ics",),
    "feeds_public.talk_calendar": ("/crosslinks/2024/talks/antibody-drug-conjugates.ics",),
    "documents_manage.run": (f"{M}/badges/run",),
    "feedback_manage.download": (f"{M}/feedback/results.csv", "/manage/crosslinks/2034/feedback/results.csv"),
    "followers_manage.export": (f"{M}/followers/export.csv",),
    "home_public.conference": ("/crosslinks/",),
    "home_public.front": ("/",),
    "imports_manage.report": (f"{M}/import/{{checked_import_id}}/report", f"{M}/import/{{done_import_id}}/report"),
    "live_manage.download": (f"{M}/stream/audience.csv",),
    "mailings_manage.export": (f"{M}/mail/export.csv",),
    "mailings_manage.preview_page": (),
    "openapi.show": ("/api/v1/openapi.json",),
    "privacy_public.data_file": ("/r/{place_token}/data.json", "/r/{digital_token}/data.json"),
    "personal_feed.calendar": ("/f/{favourites_token}.ics",),
    "registration_place.calendar": ("/r/{place_token}/calendar.ics",),
    "reports_manage.download": tuple(f"{M}/numbers/{name}.csv" for name in ("answers", "organisations", "professions")),
    "sending_manage.export": (f"{M}/mailings/{{sent_mailing_id}}/recipients.csv",),
    "sitemaps.edition_pages": ("/crosslinks/2024/sitemap.xml",),
    "sitemaps.index": ("/sitemap.xml",),
    "sitemaps.robots": ("/robots.txt",),
    "timetable_manage.grid": (f"{M}/programme/timetable/grid",),
    "templates_manage.letter_page": (f"{M}/mail/templates/registration.confirmed.onsite/letter",),
}
"""What is no page of its own; the letters of ``mailings_manage.preview_page`` are read one of each kind."""
NO_WORDS = {
    "assets.show", "assets.show_stylesheet", "checkin_api.search", "checkin_api.state", "checkin_public.scanner",
    "copies_manage.download", "documents_manage.fetch", "documents_programme.programme", "documents_public.ticket",
    "home_sharing.card", "jobs_manage.download", "jobs_public.ready", "jobs_public.up", "material_public.slides",
    "media.show", "reports_manage.sheet_pdf", "run_sheet_manage.pdf", "speaker_slides.download",
    "speaking_manage.download",
}  # fmt: skip
"""Built files, pictures, slides and PDFs, in which nothing runs; and what a phone at the door is told as JSON."""


def payload(table: str, number: int) -> str:
    some = WITHOUT_BRACES if table in TEMPLATES else PAYLOADS
    return some[number % len(some)]


def filled(value: Any, typed: str, *, words: bool) -> Any:
    """Put ``typed`` where words stand: in texts by language, and in an answer that was written and not chosen."""
    if isinstance(value, dict):
        return {key: filled(one, typed, words=words or key in {"nb", "en"}) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, typed, words=words) for one in value]
    return typed if isinstance(value, str) and (words or " " in value) else value


def fill() -> int:
    """Put payloads into every field of words of every row; return into how many."""
    count = 0
    with transaction():
        for name, columns in FREE.items():
            table = Base.metadata.tables[name]
            keys = list(table.primary_key.columns)
            for row in db.session.execute(select(table)).mappings().all():
                values = {}
                for column in columns.split():
                    count += 1
                    plain = isinstance(row[column], str) and name != "question_answer"
                    typed = payload(name, count)
                    values[column] = typed if plain else filled(row[column], typed, words=False)
                chosen = [key == row[key.name] for key in keys]
                db.session.execute(update(table).where(*chosen).values(**values))
        edition = Base.metadata.tables["edition"]
        db.session.execute(update(edition).values(public_rev=edition.c.public_rev + 1, form_rev=edition.c.form_rev + 1))
    return count


def wrong_in_file(answer: TestResponse) -> list[str]:
    """Return what is wrong with a workbook, a calendar or JSON."""
    kind = answer.mimetype
    if kind == "text/calendar":
        return wrong_in_calendar(answer.get_data(as_text=True))
    if "spreadsheet" in kind:
        book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
        cells = [cell for sheet in book for row in sheet for cell in row]
        return [f"formula {cell.value!r}" for cell in cells if cell.data_type == "f" or cell.hyperlink]
    if kind == "application/json":
        json.loads(answer.get_data())
    return []


def wrong_in_calendar(text: str) -> list[str]:
    calendar = icalendar.Calendar.from_ical(text)
    wrong = [f"{part.name} with an attendee" for part in calendar.walk() if "ATTENDEE" in part]
    if text.count("BEGIN:VEVENT\r\n") != len(calendar.walk("VEVENT")) or not calendar.walk("VEVENT"):
        wrong.append("events that are none")
    return wrong


def test_the_checks_find_it() -> None:
    good = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert wrong_in_calendar(good.format("x")) == []
    assert wrong_in_calendar(good.format("x\r\nATTENDEE:mailto:evil@example.org"))
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(target)
    answer = TestResponse(
        [target.getvalue()],
        "200 OK",
        {"Content-Type": "application/vnd.x.spreadsheetml.sheet"},
        EnvironBuilder().get_request(),
    )
    assert wrong_in_file(answer) == ["formula '=1+1'"]


def test_everything_that_shows_them(everywhere: Everywhere) -> None:
    assert NOT_PAGES.keys() == FILES.keys() | NO_WORDS
    assert fill() > 1_000
    everywhere.app.extensions["crosslinks.keeper"].clear()
    shown = []
    with everywhere.standing_as_now():
        shown += [address for address in addresses(everywhere) if holds_payload(everywhere, *address)]
        for kind in ("csv", "xlsx"):
            for where in ("registrations", "invitations"):
                download(everywhere, f"{M}/{where}/export", kind)
    assert everywhere.wrong == []
    assert len(shown) > 100


def addresses(everywhere: Everywhere) -> list[tuple[str, bool]]:
    found = [
        (everywhere.address(sample), sample.organizer)
        for samples in SAMPLES.values()
        for sample in samples
        if not sample.submit
    ]
    names = everywhere.shown.names
    found += [(path.format(**names), path.startswith("/manage")) for paths in FILES.values() for path in paths]
    letters = db.session.scalars(select(func.min(OutboxMail.id)).group_by(OutboxMail.kind)).all()
    db.session.rollback()
    return found + [(f"{M}/mail/{number}/preview", True) for number in letters]


def holds_payload(everywhere: Everywhere, path: str, organizer: bool) -> bool:
    answer = everywhere.ask("GET", path, path, organizer=organizer)
    if answer is None:
        return False
    everywhere.wrong += [f"{path}: {wrong}" for wrong in wrong_in_file(answer)]
    return any(mark in answer.get_data() for mark in (b"1+1", b"evil", b"__class__", b"735103"))


def download(everywhere: Everywhere, path: str, kind: str) -> None:
    form = next(form for page in everywhere.forms.values() for form in page if form.action.startswith(path))
    sent = [pair for pair in form.sent() if pair[0] not in {"format", "file_format"}]
    data: dict[str, list[str]] = {}
    for name, value in [*sent, *(("format", kind), ("file_format", kind))]:
        data.setdefault(name, []).append(value)
    answer = everywhere.ask("POST", path, f"{path} {kind}", organizer=True, data=data)
    assert answer is not None
    assert answer.status_code == 200, path
    everywhere.wrong += [f"{path} {kind}: {wrong}" for wrong in wrong_in_file(answer)]
    assert ("spreadsheet" in answer.mimetype) == (kind == "xlsx" and "registrations" in path), answer.mimetype
