"""The organizer's list in a browser: what is typed is found at once, and chosen rows bring their acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shown

pytestmark = pytest.mark.browser

LIST = "/manage/crosslinks/2024/registrations"


@pytest.fixture
def page(chromium: Browser, demo: Shown, organizer_state: Path) -> Iterator[Page]:
    context = chromium.new_context(base_url=demo.url, storage_state=organizer_state)
    page = context.new_page()
    page.goto(f"{LIST}?lang=en")
    yield page
    context.close()


def everybody(page: Page) -> str:
    """Return what stands below the whole list: others may have registered meanwhile."""
    found = re.search(r"1–\d+ of \d+", page.locator("#people").inner_text())
    assert found
    return found[0]


def test_what_is_typed_is_found_without_loading_the_page(page: Page) -> None:
    rows = page.locator("#people tbody tr")
    reference = rows.first.locator(".code").inner_text()
    page.evaluate("window.stays = true")
    page.get_by_role("searchbox").press_sequentially(reference.lower(), delay=20)
    expect(rows).to_have_count(1)
    expect(page.locator("#found")).to_have_text("1 person found")
    expect(page.locator("#chips .chip").first).to_have_text("All 1")
    assert page.evaluate("window.stays")
    assert f"q={reference.lower()}" in page.url
    page.get_by_role("link", name="Export").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Export 1 person")
    page.go_back()
    page.get_by_role("searchbox").fill("nobody at all")
    expect(page.locator("#people")).to_contain_text("Nobody is found")


def test_chosen_rows_bring_their_acts_also_after_a_search(page: Page) -> None:
    bar = page.locator("[data-chosen-bar]")
    expect(bar).to_be_hidden()
    before = everybody(page)
    page.get_by_role("searchbox").fill("hospital")
    expect(page.locator("#people")).not_to_contain_text(before)
    boxes = page.locator("input[data-choose]")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3")
    page.get_by_label("Choose all on this page").check()
    expect(bar.locator("[data-chosen-count]")).to_have_text(str(boxes.count()))
    page.get_by_role("button", name="Choose none").click()
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    page.get_by_role("button", name="Cancel registrations").click()
    expect(page.get_by_role("heading", name="Cancel 1 registration? They are told by mail")).to_be_visible()
    page.get_by_role("link", name="Keep them").click()
    expect(page).to_have_url(re.compile("q=hospital"))


def test_cancelling_somebody_asks_in_a_dialog(page: Page, demo: Shown) -> None:
    page.goto(f"{LIST}/{demo.registration_id}")
    page.get_by_role("link", name="Cancel the registration").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A mail tells them")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
