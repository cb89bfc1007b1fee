"""Files and people for tests of imports, groups and invitations."""

from __future__ import annotations

import io
import re
from typing import Any

from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from crosslinks.invitations.models import ImportRefusal, ImportRun
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration
from tests.jobs.factories import work_off

IMPORT = "/manage/crosslinks/2024/import"
HEADS = ["Fornavn", "Etternavn", "E-post", "Arbeidssted", "Deltar", "Rolle", "Språk", "Helsepersonell", "Merknad"]
CHOICES = {
    "mode": "", "role": "participant", "language": "en", "known": "report", "when_full": "wait", "tell": "y",
}  # fmt: skip
HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tTab", "\rReturn", "<script>alert(1)</script>", "{{ 7*7 }}",
    "{% raw %}", "${7*7}", "%(name)s", "%s%n", "' OR 1=1 --", '"; DROP TABLE registration; --', "\x00", "a\x00b",
    "\r\nBcc: all@example.org", "a\nSubject: x", "x" * 130, "x" * 3_000, "x" * 100_000, "\u202eevil", "\u200f",
    "😀" * 20,
    "👩‍👩‍👧‍👦", "ﷺ", "Å" * 50, "A\u030a", "z̤̍a̘l̖g̝o", "\ud800".encode("utf-8", "replace").decode(), "\ufeff", "\u200b",
    "0" * 40, "1e309", "-1", "NaN", "null", "None", "undefined", "true", "[]", "{}", "../../etc/passwd", "C:\\x",
    "https://example.org/?a=1&b=2", "a@b@c", "a@", "@b", "a b@example.org", "<a@example.org>", "a@example.org,b@x.org",
    "\u2028", "\x1b[31m", "\x7f", "نور", "日本語", "&amp;", "&#0;", "]]>", "<!--", "\\", "'", '"', " ", "",
]  # fmt: skip


def csv_file(rows: list[list[str]], *, heads: list[str] | None = None, delimiter: str = ";") -> bytes:
    """Rows as Norwegian Excel writes them."""
    return "\r\n".join(delimiter.join(row) for row in [heads or HEADS, *rows]).encode()


def workbook(rows: list[list[Any]], *, heads: list[str] | None = None) -> bytes:
    """A real workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [heads or HEADS, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def person(number: int, **changes: str) -> list[str]:
    """A good row."""
    values = {
        "given": "Kari", "family": f"Nordmann {number}", "email": f"kari.{number}@example.org", "work": "Fjordbyen",
        "mode": "I salen", "role": "", "language": "norsk", "health": "ja", "note": "",
    }  # fmt: skip
    return list((values | changes).values())


def send_file(client: FlaskClient, content: bytes, name: str = "people.csv") -> Any:
    """Upload a file."""
    return client.post(IMPORT, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def upload(client: FlaskClient, content: bytes, name: str = "people.csv") -> str:
    """Upload a file that can be read and return the address of its page."""
    answer = send_file(client, content, name)
    assert answer.status_code == 303, wrong(answer.text)
    return str(answer.headers["Location"])


def wrong(page: str) -> list[str]:
    """Return what a page says is wrong."""
    return re.findall(r'class="(?:field__error|notice__\w+)"[^>]*>(.*?)</(?:p|div|ul)>', page, re.DOTALL)


def guessed(page: str) -> dict[str, str]:
    """Return what the page has chosen for each column."""
    selects = re.findall(r'<select class="input" id="(column-\d+)".*?</select>', page, re.DOTALL)
    bodies = re.findall(r'<select class="input" id="column-\d+"(.*?)</select>', page, re.DOTALL)
    chosen = [re.search(r'value="(\w*)" selected', body) for body in bodies]
    return {name: found[1] if found else "" for name, found in zip(selects, chosen, strict=True)}


def check(client: FlaskClient, url: str, **changes: str) -> None:
    """Check all rows with the columns as guessed, and wait for the end."""
    answer = client.post(f"{url}/check", data={**guessed(client.get(url).text), **CHOICES, **changes})
    assert answer.status_code == 303, wrong(answer.text)
    work_off()


def take_in(client: FlaskClient, url: str) -> None:
    """Order the import, and wait for its end."""
    assert client.post(f"{url}/run").status_code == 303
    work_off()


def import_run() -> ImportRun:
    """Return the only import, read anew."""
    db.session.rollback()
    return db.session.scalars(select(ImportRun).execution_options(populate_existing=True)).one()


def figures() -> tuple[int, int, int, int]:
    """Return (confirmed, waiting, known, refused) of the only import."""
    run = import_run()
    return run.confirmed, run.waiting, run.known, run.refused


def refusals() -> list[tuple[int, str, str]]:
    """Return row, field and code of what was refused."""
    db.session.rollback()
    rows = db.session.scalars(select(ImportRefusal).order_by(ImportRefusal.row, ImportRefusal.id))
    return [(one.row, one.field, one.code) for one in rows]


def people() -> list[Registration]:
    """Return everybody who is registered."""
    db.session.rollback()
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))
