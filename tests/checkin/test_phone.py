"""The page on a phone, in a real browser: camera, typing scanner, lost net, desk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from crosslinks.checkin.models import Scan
from crosslinks.checkin.queries import count_door
from crosslinks.checkin.rules import GateKind
from crosslinks.kernel.db import db
from crosslinks.kernel.tokens import show_reference
from crosslinks.registration.codes import code_png
from crosslinks.registration.rules import BadgeRole, Place
from tests.browser.chromium import running_chromium
from tests.checkin.factories import NOW, Door
from tests.instances import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SLOWER_THAN_A_SCANNER = 300
"""Milliseconds."""
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a small server of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as found:
        yield found


def film(path: Path, text: str) -> Path:
    """Write an MJPEG film of somebody holding a ticket before the camera."""
    code = Image.open(io.BytesIO(code_png(text))).convert("L").resize((380, 380))
    frame = Image.new("L", (640, 480), 110)
    frame.paste(code, (130, 50))
    picture = io.BytesIO()
    frame.save(picture, "JPEG", quality=90)
    path.write_bytes(picture.getvalue() * 8)
    return path


def begin(
    browser: Browser,
    address: str,
    *,
    locale: str = "en-GB",
    permissions: Sequence[str] = (),
    color_scheme: Literal["light", "dark"] = "light",
) -> Page:
    """Open a door link on a phone and tap Start."""
    context = browser.new_context(viewport=PHONE, locale=locale, permissions=permissions, color_scheme=color_scheme)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Start").click()
    expect(page.locator(":is([data-now=scan], [data-now=desk], [data-now=answer])")).to_be_visible()
    return page


def scan_by_keys(page: Page, text: str) -> None:
    """Type as a scanner does, all keys at once, however busy the machine is."""
    page.evaluate(
        "text => [...text, 'Enter'].forEach(key => (document.activeElement ?? document.body)"
        ".dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))",
        text,
    )


def answer(page: Page, outcome: str) -> None:
    expect(page.locator(f"[data-outcome={outcome}]")).to_be_visible(timeout=20_000)


def test_a_ticket_before_the_camera_is_admitted_and_then_already_in(door: Door, site: str, tmp_path: Path) -> None:
    _person, ticket = door.person("Máret Ŋuvva", "Eira")
    with running_chromium(camera=film(tmp_path / "ticket.mjpeg", ticket)) as browser:
        page = begin(browser, f"{site}/door/{door.link()}", permissions=["camera"])
        answer(page, "admitted")
        assert page.url == f"{site}/door", "the token has left the address bar"
        expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
        expect(page.get_by_text("Máret Ŋuvva Eira")).to_be_visible()
        expect(page.get_by_text("1 of 1 in. All sent")).to_be_visible()
        page.get_by_role("button", name="Next").click()
        answer(page, "already_in")
        expect(page.get_by_text("First let in at 10:0", exact=False)).to_be_visible()
        expect(page.get_by_text("Send the person to the desk.")).to_be_visible()
        page.reload()
        page.get_by_role("button", name="Start").click()
        answer(page, "already_in")
    db.session.rollback()
    assert count_door(door.edition.id).inside == 1


@pytest.mark.parametrize(
    ("lost", "locale", "words", "field"),
    [
        ("**/*.wasm", "en-GB", "The camera does not read codes on this phone.", "Or type the reference"),
        ("**/scanner*", "nb-NO", "Kameraet leser ikke koder på denne telefonen.", "Eller skriv inn referansen"),
    ],
)
def test_a_reader_that_does_not_load_is_told_and_typing_goes_on(
    door: Door, site: str, tmp_path: Path, lost: str, locale: str, words: str, field: str
) -> None:
    person, ticket = door.person()
    with running_chromium(camera=film(tmp_path / "ticket.mjpeg", ticket)) as browser:
        context = browser.new_context(viewport=PHONE, locale=locale, permissions=["camera"])
        context.route(lost, lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{site}/door/{door.link()}")
        page.get_by_role("button", name="Start").click()
        expect(page.locator("[data-hint]")).to_contain_text(words)
        expect(page.get_by_label(field)).to_be_focused()
        page.keyboard.type(show_reference(person.reference), delay=60)
        page.keyboard.press("Enter")
        answer(page, "admitted")


@pytest.mark.parametrize("cut", [1, 5])
def test_what_is_typed_with_a_pause_is_read_whole(door: Door, site: str, browser: Browser, cut: int) -> None:
    person, ticket = door.person()
    page = begin(browser, f"{site}/door/{door.link()}")
    for code, outcome in ((show_reference(person.reference), "admitted"), (ticket, "already_in")):
        page.get_by_label("Or type the reference").focus()
        page.keyboard.type(code[:cut])
        page.wait_for_timeout(SLOWER_THAN_A_SCANNER)
        page.keyboard.type(code[cut:])
        page.keyboard.press("Enter")
        answer(page, outcome)
        page.get_by_role("button", name="Next").click()
    page.context.close()


def test_an_unknown_reference_asks_for_one_thing(door: Door, site: str, browser: Browser) -> None:
    page = begin(browser, f"{site}/door/{door.link()}")
    page.get_by_label("Or type the reference").fill("K7QF-2M")
    page.get_by_role("button", name="Check").click()
    answer(page, "unknown")
    expect(page.get_by_role("status").filter(has_text="Not valid")).to_have_text(
        "Not valid Unknown reference Nobody here has it. Send the person to the desk."
    )
    page.context.close()


def test_a_scanner_that_types_works_everywhere_and_an_admission_can_be_undone(
    door: Door, site: str, browser: Browser
) -> None:
    _person, ticket = door.person()
    person, _ticket = door.person("Per", "Solhaug")
    page = begin(browser, f"{site}/door/{door.link()}")
    page.get_by_label("Or type the reference").focus()
    scan_by_keys(page, ticket)
    answer(page, "admitted")
    page.get_by_role("button", name="Undo").click()
    answer(page, "undone")
    expect(page.get_by_text("0 of 2 in. All sent")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Or type the reference").fill(show_reference(person.reference).lower())
    page.get_by_role("button", name="Check").click()
    answer(page, "admitted")
    scan_by_keys(page, "https://example.org/menu")
    answer(page, "unknown")
    expect(page.get_by_text("Unknown ticket")).to_be_visible()
    page.context.close()


def test_without_net_the_scan_is_kept_and_answered_when_it_is_back(door: Door, site: str, browser: Browser) -> None:
    _person, ticket = door.person()
    page = begin(browser, f"{site}/door/{door.link()}", locale="nb-NO")
    expect(page.get_by_text("0 av 1 inne")).to_be_visible()
    page.context.set_offline(True)
    scan_by_keys(page, ticket)
    answer(page, "no_answer")
    expect(page.get_by_text("Uten nett. 1 ikke sendt ennå")).to_be_visible()
    page.get_by_role("button", name="Neste").click()
    page.context.set_offline(False)
    expect(page.get_by_text("1 av 1 inne. Alt sendt")).to_be_visible(timeout=20_000)
    db.session.rollback()
    assert len(db.session.scalars(select(Scan)).all()) == 1
    page.context.close()


def test_the_desk_finds_people_and_lets_in_with_a_reason(door: Door, site: str, browser: Browser) -> None:
    door.person("Åse", "Sólheim", place=Place.DIGITAL)
    door.person("Ingrid", "Solheim Bakke")
    page = begin(browser, f"{site}/door/{door.link(GateKind.DESK)}")
    page.get_by_label("Name, workplace or reference").fill("solh")
    hits = page.get_by_role("listitem")
    expect(hits).to_have_count(2)
    hits.filter(has_text="Bakke").get_by_role("button", name="Let in").click()
    answer(page, "admitted")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Name, workplace or reference").fill("ase sol")
    hits.get_by_role("button", name="Let in anyway").click()
    asked = page.get_by_role("dialog", name="Let Åse Sólheim in?")
    asked.get_by_role("button", name="Let in", exact=True).click()
    expect(asked.get_by_text("Write a few words about why.")).to_be_visible()
    asked.get_by_label("Why?").fill("Speaker’s guest")
    asked.get_by_role("button", name="Let in", exact=True).click()
    answer(page, "admitted")
    db.session.rollback()
    assert [scan.override for scan in db.session.scalars(select(Scan).order_by(Scan.received_at))] == [
        "",
        "Speaker’s guest",
    ]
    page.context.close()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_view_and_answer_is_accessible_by_day_and_in_a_dim_hall(
    door: Door, site: str, browser: Browser, light: str
) -> None:
    person = door.person("Kari", "Speaker", role=BadgeRole.SPEAKER, needs_assistance=True)
    shown = {
        "admitted": person[1],
        "already_in": person[1],
        "digital": door.person("Åse", "Sólheim", place=Place.DIGITAL)[1],
        "waiting": door.person("Per", "Solhaug", place=Place.NONE, wants=Place.ONSITE, joined_at=NOW)[1],
        "cancelled": door.person("Ingrid", "Solheim", place=Place.NONE, cancelled_at=NOW)[1],
        "unknown": "https://example.org/menu",
        "bad_signature": person[1][:40] + ("A" if person[1][40] != "A" else "B") + person[1][41:],
    }
    wrong: list[str] = []

    def check(page: Page, what: str) -> None:
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        wrong.extend(f"{what}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"])

    for kind in GateKind:
        page = begin(browser, f"{site}/door/{door.link(kind)}", color_scheme=light)
        expect(page.locator("[data-place]")).to_be_visible()
        check(page, f"{kind}: start")
        for outcome, text in shown.items():
            scan_by_keys(page, text)
            answer(page, "already_in" if outcome == "admitted" and kind is GateKind.DESK else outcome)
            check(page, f"{kind}: {outcome}")
        page.get_by_role("button", name="Next").click()
        if kind is GateKind.DESK:
            page.get_by_label("Name, workplace or reference").fill("sol")
            page.get_by_role("button", name="Let in anyway").first.click()
            check(page, "desk: override")
        page.context.close()
    assert wrong == []


def test_a_phone_that_was_sent_away_forgets_everything(door: Door, site: str, browser: Browser) -> None:
    from crosslinks.checkin.models import Device
    from crosslinks.checkin.operations import revoke_device
    from crosslinks.kernel.db import transaction
    from tests.factories import NOW, TESTER

    page = begin(browser, f"{site}/door/{door.link()}")
    expect(page.get_by_text("0 of 0 in")).to_be_visible()
    with transaction():
        device = db.session.scalars(select(Device)).one()
        revoke_device(actor=TESTER, now=NOW, edition=door.edition, device=device)
    scan_by_keys(page, "anything at all")
    expect(page.get_by_text("An organizer ended this phone’s access.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Scan the door’s code first")).to_be_visible()
    page.context.close()
