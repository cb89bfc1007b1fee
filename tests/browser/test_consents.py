"""A phone, no script: one consent given with the registration, taken back, and gone from the sponsor's file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shown
from tests.browser.sending import send

pytestmark = pytest.mark.browser

EMAIL = "consents@example.org"
CONTACTS = "/manage/crosslinks/2024/sponsors/1/contacts"


@pytest.fixture
def phone(chromium: Browser, demo: Shown) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=demo.url, java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def organizer(chromium: Browser, demo: Shown, organizer_state: Path) -> Iterator[Page]:
    context = chromium.new_context(base_url=demo.url, storage_state=organizer_state, locale="en-GB")
    yield context.new_page()
    context.close()


def contacts(organizer: Page) -> set[str]:
    """Return the addresses in the first sponsor's file as it is now."""
    organizer.goto(f"{CONTACTS}?lang=en")
    with organizer.expect_download() as caught:
        organizer.get_by_role("button", name="Plain text (CSV)").click()
    rows = csv.reader(io.StringIO(caught.value.path().read_text("utf-8-sig")))
    return {row[-1] for row in rows}


def test_a_consent_is_given_and_taken_back(phone: Page, organizer: Page) -> None:
    phone.goto("/crosslinks/2024/register?mode=digital")
    phone.locator("[name=given_name]").fill("Ingrid")
    phone.locator("[name=family_name]").fill("Bakke")
    phone.locator("[name=email]").fill(EMAIL)
    phone.locator("[name=profession][value=other]").check()
    phone.locator("[name=consent_privacy]").check()
    expect(phone.locator("[name^=consent_sponsor_]:checked")).to_have_count(0)
    phone.locator("[name=consent_sponsor_1]").check()
    send(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your place is confirmed")
    assert EMAIL in contacts(organizer)

    phone.goto(own_link(organizer))
    phone.get_by_role("link", name="See it (What you agree to)").click()
    agreed = phone.locator(".deeds li").filter(has_text="Contact by Bristol Myers Squibb")
    expect(agreed).to_contain_text("You agreed on 18 January 2024")
    agreed.get_by_role("button").click()
    expect(phone.get_by_role("status")).to_contain_text("Withdrawn. It counts from now on.")
    expect(agreed).to_contain_text("You withdrew it on 18 January 2024")
    assert EMAIL not in contacts(organizer)


def own_link(organizer: Page) -> str:
    """Read the personal link as an organizer may, and as the person has it by mail."""
    organizer.goto(f"/manage/crosslinks/2024/registrations?q={EMAIL}&lang=en")
    organizer.locator("a.table__name").first.click()
    organizer.get_by_role("button", name="Show the personal link").click()
    return organizer.locator(".secret-link a").get_attribute("href") or ""
