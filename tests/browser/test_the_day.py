"""The day, lived once: registered on a phone, mailed a ticket, scanned at the door, wearing a badge."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from crosslinks.checkin.operations import create_gate
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import transaction
from tests.browser.chromium import running_chromium
from tests.checkin.test_phone import answer, film
from tests.documents.paper import look_at
from tests.factories import TESTER, make_edition
from tests.instances import Instance, close_database
from tests.mail.smtp import SmtpDouble, smtp_server

__all__ = ["smtp_server"]

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
MAIL_SECONDS = 30


def make_day(instance: Instance) -> None:
    """Make an edition that is on now, with a gate."""
    app = instance.prepare()
    now = real_now()
    with app.app_context(), transaction():
        edition = make_edition(
            starts_at=now + timedelta(minutes=30), ends_at=now + timedelta(hours=6),
            doors_at=now - timedelta(minutes=15), erase_on=(now + timedelta(days=90)).date(),
        )  # fmt: skip
        create_gate(actor=TESTER, now=now, edition=edition, name="Entrance")
    close_database(app)


def register(browser: Browser, url: str) -> None:
    """Take a place in the room, as somebody with a phone does."""
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    page = context.new_page()
    page.goto(f"{url}/crosslinks/2024/")
    page.locator(".cover__take").get_by_role("link", name="Take a place").click()
    page.get_by_role("radio", name="In the room").check()
    page.get_by_label("Given name").fill("Máret Ŋuvva")
    page.get_by_label("Family name").fill("Eira")
    page.get_by_label("E-mail address").fill("maret@example.org")
    page.get_by_label("Yes").check()
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Take my place").click()
    page.wait_for_url("**/register/done**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.close()


def wait_for_mail(server: SmtpDouble) -> EmailMessage:
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        if server.taken:
            return server.taken[0].message
        time.sleep(0.1)
    raise AssertionError("no mail came")


def code_in(message: EmailMessage) -> str:
    """Read the QR code that the mail shows."""
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == 1
    payload = pictures[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    picture = Image.open(io.BytesIO(payload)).convert("L")
    found = zxingcpp.read_barcodes(picture)
    assert [barcode.format.name for barcode in found] == ["QRCode"]
    return str(found[0].text)


def open_door(browser: Browser, address: str) -> Page:
    context = browser.new_context(viewport=PHONE, locale="en-GB", permissions=["camera"])
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Start").click()
    return page


def test_from_registration_to_badge(chromium: Browser, tmp_path: Path, smtp_server: SmtpDouble) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    instance = Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}", {"SMTP_URL": smtp_server.url})
    make_day(instance)
    with instance.serving("--workers", "2"):
        register(chromium, instance.url)
        message = wait_for_mail(smtp_server)
        assert "maret@example.org" in str(message["To"])
        ticket = code_in(message)
        assert ticket.startswith("CX1.")

        link = instance.command("door", "link", "crosslinks/2024", "--gate", "entrance", "--kind", "lane").split()[-1]
        with running_chromium(camera=film(tmp_path / "ticket.mjpeg", ticket)) as door:
            page = open_door(door, link)
            answer(page, "admitted")
            expect(page.get_by_text("Máret Ŋuvva Eira")).to_be_visible()
            page.get_by_role("button", name="Next").click()
            answer(page, "already_in")
            expect(page.get_by_text("First let in at", exact=False)).to_be_visible()
        figures = instance.figures()
        assert (figures["admitted"], figures["mail"]["sent"]) == (1, 1)

        badges = tmp_path / "badges.pdf"
        instance.command("badges", "crosslinks/2024", "--format", "l7418", "-o", str(badges))
    (paper,) = look_at(badges.read_bytes())
    assert [code.text for code in paper.codes] == [ticket]
    assert paper.codes[0].side >= 29.5
    assert "Máret" in paper.text
    assert "Eira" in paper.text
