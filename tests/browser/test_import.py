"""An import from upload to report in a browser, and colleagues registered from a phone with and without script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shown
from tests.invitations.factories import csv_file, person

pytestmark = pytest.mark.browser

GROUP = "/crosslinks/2030/register/group"


def test_from_upload_to_report(chromium: Browser, demo: Shown, organizer_state: Path, tmp_path: Path) -> None:
    file = tmp_path / "deltakere.csv"
    file.write_bytes(csv_file([person(1), person(2, email="kari.2"), person(3, mode="digitalt")]))
    context = chromium.new_context(
        base_url=demo.url, storage_state=organizer_state, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto("/manage/crosslinks/2030/registrations?lang=en")
    page.get_by_role("link", name="Import", exact=True).click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_label("C E-post")).to_have_value("email")
    page.get_by_label("D Arbeidssted").select_option("")
    page.get_by_role("button", name="Check all rows").click()
    expect(page.get_by_text("2 people can be registered")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("No mail can be sent to this address")).to_be_visible()
    page.goto(page.url)
    page.get_by_role("button", name="Register 2 people").click()
    expect(page.get_by_text("2 people are registered")).to_be_visible(timeout=20_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Fetch as CSV").click()
    assert "E-mail address (column C)" in Path(download.value.path()).read_text("utf-8-sig")
    context.close()


def fill(page: Page, number: int, name: str, address: str) -> None:
    page.locator(f"#p{number}-given_name").fill(name)
    page.locator(f"#p{number}-family_name").fill("Gruppe")
    page.locator(f"#p{number}-email").fill(address)
    page.locator(f"#p{number}-mode").select_option("digital")


def answer_if_asked(page: Page) -> bool:
    """Answer the small question that quick forms are asked; say whether there was one."""
    question = page.get_by_label("How much is")
    if not question.count():
        return False
    numbers = re.findall(r"\d+", page.locator("label[for=answer]").inner_text())
    question.fill(str(sum(map(int, numbers))))
    return True


@pytest.mark.parametrize("script", [True, False])
def test_a_group_from_a_phone(chromium: Browser, demo: Shown, script: bool) -> None:
    context = chromium.new_context(
        base_url=demo.url, java_script_enabled=script, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/crosslinks/2030/register?lang=en")
    page.get_by_role("link", name="Register several colleagues at once").click()
    page.get_by_label("Your name").fill("Inger Leder")
    page.get_by_label("Your e-mail address").fill(f"leder.{script}@example.org")
    fill(page, 0, "Ada", f"ada.{script}@example.org")
    page.get_by_role("button", name="Add more rows").click()
    expect(page.locator("fieldset.colleague")).to_have_count(6)
    assert page.url.endswith("/register/group") or "lang" in page.url
    expect(page.locator("#p0-email")).to_have_value(f"ada.{script}@example.org")
    expect(page.locator("#p5-email")).to_have_value("")
    fill(page, 4, "Bo", "")
    page.locator("[name=consent_privacy]").check()
    page.get_by_role("button", name="Register them").click()
    expect(page.locator("#errors")).to_contain_text("Write the e-mail address")
    expect(page.locator("fieldset.colleague")).to_have_count(6)
    page.locator("#p4-email").fill(f"bo.{script}@example.org")
    answer_if_asked(page)
    page.get_by_role("button", name="Register them").click()
    if answer_if_asked(page):
        page.get_by_role("button", name="Register them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your colleagues get their mails now")
    context.close()
