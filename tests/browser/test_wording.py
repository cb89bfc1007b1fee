"""An organizer writes the words of a letter and sees what comes of them, with script and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Shown

pytestmark = pytest.mark.browser
LETTER = "/manage/crosslinks/2024/mail/templates/registration.confirmed.digital"


def test_the_preview_follows_the_typing(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    context = chromium.new_context(base_url=demo.url, storage_state=organizer_state)
    page = context.new_page()
    page.goto(f"{LETTER}?lang=en")
    letter = page.frame_locator("#preview iframe")
    expect(letter.locator("h1")).to_have_text("You have a place on the stream, Ingrid")
    page.get_by_label("Opening, before the facts").first.fill("Dear ")
    page.get_by_text("What you can put in").click()
    page.get_by_role("button", name="Put in given_name").click()
    expect(page.get_by_label("Opening, before the facts").first).to_have_value("Dear {{ given_name }}")
    expect(letter.get_by_text("Dear Ingrid")).to_be_visible()
    page.get_by_label("Heading").first.fill("{{ nme }}")
    expect(page.locator("#preview")).to_contain_text("There is no placeholder {{ nme }}")
    page.get_by_label("Heading").first.fill("Hello")
    page.locator("label", has_text="Norsk").first.click()
    expect(letter.locator("h1")).to_have_text("Du har en digital plass, Ingrid")
    page.locator("label", has_text="Phone").click()
    box = page.locator("#preview iframe").bounding_box()
    assert box
    assert box["width"] <= 390
    context.close()


def test_the_preview_without_script(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    context = chromium.new_context(base_url=demo.url, storage_state=organizer_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{LETTER}?lang=en")
    page.get_by_label("Heading").first.fill("Good to have you, {{ name }}")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.frame_locator("#preview iframe").locator("h1")).to_have_text("Good to have you, Ingrid Nordlie")
    expect(page.get_by_label("Heading").first).to_have_value("Good to have you, {{ name }}")
    context.close()
