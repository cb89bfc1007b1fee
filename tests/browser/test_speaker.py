"""A speaker on a phone: from the link in the mail to the slides that are in; with script off, all but the progress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Shown
from tests.programme.handed_in import drawn_picture

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
MEGABYTES = 40


@pytest.fixture
def page(chromium: Browser, demo: Shown) -> Iterator[Page]:
    context = chromium.new_context(base_url=demo.url, locale="en-GB", viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def large_pdf(tmp_path: Path) -> Path:
    path = tmp_path / "forty.pdf"
    with path.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        for _ in range(MEGABYTES):
            out.write(bytes(range(256)) * 3907)
        out.write(b"\n%%EOF\n")
    return path


def test_edits_uploads_forty_megabytes_with_progress_and_confirms(page: Page, demo: Shown, large_pdf: Path) -> None:
    page.goto(f"/s/{demo.speaker_token}")
    page.get_by_role("link", name="Change your texts").click()
    page.locator("#biography").fill("Works on how single cells come back.")
    expect(page.locator(".field__count")).to_have_text("36 of 4,000 characters")
    page.get_by_role("button", name="Save your texts").click()
    expect(page.get_by_text("Works on how single cells come back.")).to_be_visible()

    page.get_by_role("link", name="Upload another file").click()
    page.evaluate(
        "() => { window.told = []; const told = document.querySelector('[data-upload-status]');"
        " new MutationObserver(() => sessionStorage.told = (sessionStorage.told ?? '') + told.textContent + '|')"
        ".observe(told, {childList: true}); }"
    )
    page.get_by_label("Your slides").set_input_files(large_pdf)
    page.get_by_label("They may be published after the day").check()
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_text("Your slides are in.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="forty.pdf", exact=True)).to_be_visible()
    told = page.evaluate("() => sessionStorage.told")
    assert "of 40 MB sent" in told
    assert told.count("|") >= 3

    answer = page.get_by_role("button", name="I cannot come")
    answer.click()
    expect(page.get_by_text("You have said that you do not come")).to_be_visible()
    page.get_by_role("button", name="Yes, I am coming").click()
    expect(page.get_by_text("You have said that you come")).to_be_visible()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_a_file_that_lies_is_refused_on_the_page(page: Page, demo: Shown, tmp_path: Path) -> None:
    lie = tmp_path / "slides.pdf"
    lie.write_bytes(b"<svg onload='alert(1)'/>")
    page.goto(f"/s/{demo.speaker_token}/talks/{demo.speaker_talk_id}/slides")
    page.get_by_label("Your slides").set_input_files(lie)
    page.get_by_label("Do not distribute").check()
    page.get_by_role("button", name="Send the file").click()
    expect(page.locator("[data-upload-status]")).to_contain_text("whatever its name says")
    expect(page.get_by_label("Do not distribute")).to_be_checked()
    expect(page.get_by_role("button", name="Send the file")).to_be_enabled()


def test_the_portrait_follows_the_sliders(page: Page, demo: Shown, tmp_path: Path) -> None:
    picture = tmp_path / "me.jpg"
    picture.write_bytes(drawn_picture().read())
    page.goto(f"/s/{demo.moderator_token}/portrait")
    page.get_by_label("Portrait").set_input_files(picture)
    page.get_by_role("button", name="Save the portrait").click()
    expect(page.get_by_text("Choose the part that is shown.")).to_be_visible()
    before = page.get_by_alt_text("The portrait as it is shown").get_attribute("src")
    slider = page.get_by_label("Left or right")
    slider.focus()
    page.keyboard.press("End")
    assert "100% 25%" in page.evaluate("() => document.querySelector('[data-crop-picture]').style.objectPosition")
    page.get_by_role("button", name="Save the portrait").click()
    page.get_by_role("link", name="Change the portrait").click()
    assert page.get_by_alt_text("The portrait as it is shown").get_attribute("src") != before


def test_without_script_the_same_form_sends(chromium: Browser, demo: Shown, tmp_path: Path) -> None:
    slides = tmp_path / "plain.pdf"
    slides.write_bytes(b"%PDF-1.4\n%%EOF\n")
    context = chromium.new_context(base_url=demo.url, java_script_enabled=False, locale="nb-NO", viewport=PHONE)
    page = context.new_page()
    page.goto(f"/s/{demo.speaker_token}/talks/{demo.speaker_talk_id}/slides")
    page.get_by_label("Lysbildene dine").set_input_files(slides)
    page.get_by_role("button", name="Send filen").click()
    expect(page.get_by_role("link", name="plain.pdf", exact=True)).to_be_visible()
    context.close()


def test_a_link_that_has_ended_explains_itself(page: Page, demo: Shown) -> None:
    for token, words in (
        (demo.expired_speaker_token, "This link has ended"),
        (demo.revoked_speaker_token, "This link was replaced"),
        ("cut-off", "This link does not open anything"),
    ):
        page.goto(f"/s/{token}")
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
