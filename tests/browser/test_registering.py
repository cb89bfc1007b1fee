"""Registering with the keyboard alone and with script off, from the first mistake to giving the place back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shown
from tests.browser.sending import send

pytestmark = pytest.mark.browser

MOST_TABS = 60


@pytest.fixture
def page(chromium: Browser, demo: Shown) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=demo.url, java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the keyboard never reaches {selector}")


def test_with_the_keyboard_alone_and_without_script(page: Page) -> None:
    page.goto("/crosslinks/2030/register?mode=onsite")
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("5 things need your attention")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/crosslinks/2030/register#given_name")
    page.keyboard.press("Shift+Tab")
    tab_to(page, "[name=given_name]")
    page.keyboard.type("Ingrid")
    tab_to(page, "[name=family_name]")
    page.keyboard.type("Solheim Bakke")
    tab_to(page, "[name=email]")
    page.keyboard.type("keyboard@example.org")
    tab_to(page, "[name=profession]")
    page.keyboard.press("Space")
    tab_to(page, "[name=consent_privacy]")
    page.keyboard.press("Space")
    expect(page.locator("[name=mode][value=onsite]")).to_be_checked()
    send(page, lambda: page.keyboard.press("Enter"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place is confirmed")


def test_who_falls_into_the_trap_is_asked(page: Page) -> None:
    page.goto("/crosslinks/2030/register?mode=digital")
    page.locator("[name=website]").fill("https://spam.example.org", force=True)
    for name in ("given_name", "family_name"):
        page.locator(f"[name={name}]").fill("Robot")
    page.locator("[name=email]").fill("robot@example.org")
    page.locator("[name=profession][value=other]").check()
    page.locator("[name=consent_privacy]").check()
    page.locator("main button[type=submit]").click()
    words = page.locator("label[for=answer]").inner_text()
    one, other = (int(word) for word in words.replace("?", "").split() if word.isdigit())
    expect(page.locator("[name=email]")).to_have_value("robot@example.org")
    page.locator("[name=answer]").fill(str(one + other))
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place is confirmed")


def test_a_place_is_given_back_without_script(page: Page, demo: Shown) -> None:
    page.goto(f"/r/{demo.digital_token}")
    page.get_by_role("link", name="Cancel my place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give your place to someone else?")
    page.get_by_role("link", name="No, leave it as it is").click()
    page.get_by_role("link", name="Change (Correct your name)").click()
    page.get_by_label("Given name").fill("Åse")
    page.get_by_role("button", name="Save my name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place, Åse")
