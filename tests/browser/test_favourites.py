"""Stars in a browser: with script they stay in it and reach the feed; without, they lead to the same list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Shown

pytestmark = pytest.mark.browser

PROGRAMME = "/crosslinks/2024/programme"


def test_stars_stay_in_the_browser_and_become_a_feed_that_follows(chromium: Browser, demo: Shown) -> None:
    context = chromium.new_context(base_url=demo.url, locale="en-GB")
    page = context.new_page()
    page.goto(PROGRAMME)
    stars = page.locator("button.star")
    stars.nth(1).focus()
    page.keyboard.press("Enter")
    stars.nth(3).click()
    expect(stars.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("Chosen. 2 in your programme.")
    assert page.url.endswith(PROGRAMME)

    page.reload()
    expect(page.locator('button.star[aria-pressed="true"]')).to_have_count(2)
    page.get_by_role("button", name="Mine 2").click()
    expect(page.locator(".entry--talk:visible")).to_have_count(2)

    page.get_by_role("link", name="My programme").click()
    expect(page.locator("input[name=talk]:checked")).to_have_count(2)
    page.get_by_role("button", name="Make my programme").click()
    expect(page).to_have_url(re.compile(r"/f/[\w-]{30}$"))
    feed = page.url
    expect(page.locator("#feed-url")).to_have_value(f"{feed}.ics")

    page.goto(PROGRAMME)
    with page.expect_response(f"{feed}/talks") as told:
        page.locator("button.star").nth(1).click()
    assert told.value.status == 204
    page.goto(feed)
    expect(page.get_by_role("heading", level=2).first).to_have_text("1 talk")
    assert page.evaluate("Object.keys(localStorage)") == ["favourites:/crosslinks/2024/"]
    context.close()


def test_without_script_a_star_leads_to_the_list(chromium: Browser, demo: Shown) -> None:
    context = chromium.new_context(base_url=demo.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(PROGRAMME)
    page.locator("button.star").nth(2).click()
    expect(page).to_have_url(re.compile(r"/my-programme\?talk="))
    expect(page.locator("input[name=talk]:checked")).to_have_count(1)
    page.get_by_role("button", name="Make my programme").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("1 talk")
    page.get_by_role("button", name="Delete it now").click()
    expect(page).to_have_url(re.compile(PROGRAMME))
    context.close()
