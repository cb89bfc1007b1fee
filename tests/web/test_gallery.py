"""The real build, the real layouts and macros, looked at by machines."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.browser.chromium import running_chromium
from tests.web.gallery.app import MANAGE_PAGES, PAGES, create_gallery

ROOT = Path(__file__).parents[2]
EVERY_PAGE = (*PAGES, *MANAGE_PAGES)
WEB_PAGES = tuple(page for page in EVERY_PAGE if page != "letter")


@pytest.fixture(scope="module")
def gallery() -> Flask:
    return create_gallery()


@pytest.fixture(scope="module")
def reader(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


@pytest.mark.parametrize("page", WEB_PAGES)
def test_a_page_loads_one_stylesheet_and_nothing_inline(reader: FlaskClient, page: str) -> None:
    html = reader.get(f"/{page}").get_data(as_text=True)
    assert html.count('rel="stylesheet"') == 1
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)
    for address in re.findall(r'(?:href|src)="(/assets/[^"#]+)', html):
        assert reader.get(address).status_code == 200, address


def test_public_pages_load_a_few_kilobytes_of_style(reader: FlaskClient) -> None:
    html = reader.get("/home").get_data(as_text=True)
    [address] = re.findall(r'rel="stylesheet" href="([^"]+)"', html)
    assert len(reader.get(address, headers={"Accept-Encoding": "gzip"}).data) < 12_000


def test_pages_speak_the_reader_s_language(reader: FlaskClient) -> None:
    html = reader.get("/register?lang=nb").get_data(as_text=True)
    assert '<html lang="nb">' in html
    assert "Hopp til innholdet" in html
    assert "(valgfritt)" in html


def test_an_error_is_tied_to_its_field_and_named_in_the_summary(reader: FlaskClient) -> None:
    html = reader.get("/register").get_data(as_text=True)
    assert '<a href="#email">E-mail address: The part after @ is missing</a>' in html
    field = re.search(r'<input[^>]*id="email"[^>]*>', html)
    assert field is not None
    assert 'aria-describedby="email-error email-hint"' in field.group()
    assert 'aria-invalid="true"' in field.group()
    assert 'value="ingrid.bakke@"' in field.group()
    assert 'href="#mode-0"' in html


def test_pages_are_valid_html(reader: FlaskClient, tmp_path: Path) -> None:
    for page in WEB_PAGES:
        (tmp_path / f"{page}.html").write_bytes(reader.get(f"/{page}").data)
    node = shutil.which("node")
    assert node, "The checks of pages need Node: make setup"
    command = [node, ROOT / "node_modules/.bin/html-validate", "-c", ROOT / ".htmlvalidate.json", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def address(gallery: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, address: str, width: int, scheme: str) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    faults = {}
    for name in WEB_PAGES:
        page = context.new_page()
        page.goto(f"{address}/{name}")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        faults[name] = [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults[name].append(("overflow", str(width)))
        page.close()
    context.close()
    assert not any(faults.values()), json.dumps(faults, indent=1)


@pytest.mark.browser
def test_the_menu_of_a_phone_opens_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/home")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Programme").click()
    assert page.url.endswith("/programme")
    context.close()


@pytest.mark.browser
def test_choosing_rows_counts_them_and_a_dialog_asks(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/participants")
    count = page.locator("[data-chosen-count]")
    assert count.text_content() == "2"
    page.get_by_label("Choose Amundsen, Kari").check()
    assert count.text_content() == "3"
    page.get_by_role("link", name="Cancel", exact=True).click()
    assert page.get_by_role("dialog", name="Cancel 12 registrations?").is_visible()
    assert page.get_by_role("button", name="Keep them").evaluate("button => button === document.activeElement")
    page.get_by_role("button", name="Keep them").click()
    assert not page.get_by_role("dialog").is_visible()
    page.close()


@pytest.mark.browser
def test_the_marks_of_the_day_move_with_the_conference_s_clock(browser: Browser, address: str) -> None:
    page = browser.new_page()
    at_noon = datetime(2024, 1, 25, 11, 58, tzinfo=UTC)
    offset = int((at_noon - datetime.now(UTC)).total_seconds() * 1000)
    page.clock.install()
    page.goto(f"{address}/programme?clock_offset={offset}")
    page.clock.run_for(31_000)
    running = page.locator(".entry--now")
    assert running.locator("h3").text_content() == "Antibody-drug conjugates"
    assert running.locator("[data-mark=now]").is_visible()
    following = page.locator(".entry--next")
    assert "AI-driven" in (following.locator("h3").text_content() or "")
    assert re.fullmatch(r"Next, in 8[67] minutes", following.locator("[data-mark=next]").text_content() or "")
    assert page.locator(".entry--past").count() == 3
    page.close()
