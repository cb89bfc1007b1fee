"""An organizer builds a form; it is filled in on a phone, without script and with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Shown
from tests.browser.sending import send

pytestmark = pytest.mark.browser

FORM = "/manage/crosslinks/2033/form"
REGISTER = "/crosslinks/2033/register"
PHONE: ViewportSize = {"width": 390, "height": 844}


@contextmanager
def visitor(chromium: Browser, demo: Shown, *, script: bool) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=demo.url, java_script_enabled=script, locale="en-GB", viewport=PHONE, has_touch=True
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def organizer(chromium: Browser, demo: Shown, organizer_state: Path) -> Iterator[Page]:
    context = chromium.new_context(base_url=demo.url, storage_state=organizer_state, locale="en-GB")
    page = context.new_page()
    page.goto(f"{FORM}?lang=en")
    yield page
    context.close()


def titles(page: Page) -> list[str]:
    return page.locator(".questions .plan__title").all_inner_texts()


def write(page: Page, label: str, kind: str, options: tuple[str, ...] = ()) -> None:
    page.goto(f"{FORM}/new")
    page.get_by_label("Question, in English").fill(label)
    page.get_by_label("Kind of answer").select_option(label=kind)
    boxes = page.locator("[name='option_en[]']")
    for place, words in enumerate(options):
        expect(boxes.nth(place)).to_be_visible()
        boxes.nth(place).fill(words)
    if options:
        expect(page.locator("#preview")).to_contain_text(options[-1])
    else:
        expect(boxes.first).to_be_hidden()


def save(page: Page) -> None:
    page.get_by_role("button", name="Add the question").click()
    page.wait_for_url(FORM)


def build(page: Page) -> None:
    write(page, "How do you travel?", "One of several choices", ("Train", "Car"))
    save(page)
    write(page, "Anything else?", "Several lines of text")
    save(page)
    write(page, "Which station?", "A line of text")
    page.get_by_text("Show it only after certain answers").click()
    page.get_by_role("group", name="How do you travel?").get_by_label("Train").check()
    save(page)
    page.get_by_role("link", name="Which station?").click()
    page.get_by_label("An answer is required").check()
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url(FORM)
    assert titles(page) == ["How do you travel?", "Anything else?", "Which station?"]


def put_in_order(page: Page) -> None:
    """Drag the last question before the second, then move it down and up again with the keyboard alone."""
    rows = page.locator(".questions > li")
    with page.expect_navigation():
        rows.nth(2).drag_to(rows.nth(1), target_position={"x": 20, "y": 3})
    expect(page.locator("#toasts")).to_contain_text("The order is saved.")
    assert titles(page) == ["How do you travel?", "Which station?", "Anything else?"]
    page.get_by_role("button", name="Move down: Which station?").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert titles(page) == ["How do you travel?", "Anything else?", "Which station?"]
    page.get_by_role("button", name="Move up: Which station?").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert titles(page) == ["How do you travel?", "Which station?", "Anything else?"]


def refuse_a_wrong_order(page: Page) -> None:
    page.goto(FORM)
    rows = page.locator(".questions > li")
    with page.expect_navigation():
        rows.nth(1).drag_to(rows.nth(0), target_position={"x": 20, "y": 3})
    expect(page.locator("#toasts")).to_contain_text("has to come after what it depends on")
    assert titles(page) == ["How do you travel?", "Which station?", "Anything else?"]


def fill_in(page: Page, email: str) -> None:
    page.get_by_label("Given name").fill("Ingrid")
    page.get_by_label("Family name").fill("Solheim")
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=profession][value=other]").check()
    page.locator("[name=consent_privacy]").check()


def take_place_without_script(page: Page) -> None:
    page.goto(f"{REGISTER}?mode=onsite&lang=en")
    fill_in(page, "without.script@example.org")
    station = page.get_by_label("Which station?")
    expect(station).to_be_visible()
    expect(page.get_by_text("Only if you answered “Train” to “How do you travel?”.")).to_be_visible()
    page.get_by_label("Train").check()
    page.get_by_role("button", name="Take my place").click()
    expect(page.locator("#errors")).to_contain_text("Which station: Write an answer")
    expect(page.get_by_label("Train")).to_be_checked()
    page.locator("#errors a").click()
    station.fill("Skøyen")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place is confirmed")


def take_place_with_script(page: Page) -> None:
    page.goto(f"{REGISTER}?mode=onsite&lang=en")
    fill_in(page, "with.script@example.org")
    station = page.get_by_label("Which station?")
    expect(station).to_be_hidden()
    expect(page.get_by_text("Only if you answered")).to_have_count(1)
    expect(page.get_by_text("Only if you answered")).to_be_hidden()
    page.get_by_label("Train").check()
    expect(station).to_be_visible()
    station.fill("Left over")
    page.get_by_label("Car").check()
    expect(station).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place is confirmed")


def test_from_an_empty_form_to_two_answers(chromium: Browser, demo: Shown, organizer: Page) -> None:
    build(organizer)
    put_in_order(organizer)
    refuse_a_wrong_order(organizer)
    with visitor(chromium, demo, script=False) as page:
        take_place_without_script(page)
    with visitor(chromium, demo, script=True) as page:
        take_place_with_script(page)
    organizer.goto(FORM)
    expect(organizer.locator(".questions > li").nth(0)).to_contain_text("2 answers")
    expect(organizer.locator(".questions > li").nth(1)).to_contain_text("1 answer")
    organizer.goto("/manage/crosslinks/2033/registrations")
    organizer.get_by_text("More filters").click()
    organizer.get_by_label("Answered").select_option(label="Train")
    organizer.get_by_role("button", name="Show these").click()
    expect(organizer.locator("#people tbody tr")).to_have_count(1)
    organizer.locator("#people tbody a").first.click()
    expect(organizer.locator("main")).to_contain_text(re.compile(r"Which station\?\s*Skøyen"))
