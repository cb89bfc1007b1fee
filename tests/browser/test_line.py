"""On the phone: waiting, then an offer by mail, then a place; a switch to the stream gives the next one the room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from crosslinks.app import create_app
from crosslinks.config import load_settings, settings
from crosslinks.editions.models import Conference
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import Letter
from crosslinks.registration.answer_letters import LETTERS
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import set_capacity
from crosslinks.registration.rules import Place
from tests.browser.conftest import Shown
from tests.browser.sending import send
from tests.factories import TESTER, make_edition
from tests.instances import close_database
from tests.registration.factories import take_place

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(chromium: Browser, demo: Shown, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=demo.url, java_script_enabled=request.param, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@contextmanager
def inside(demo: Shown) -> Iterator[None]:
    """Be in the demo's application, beside the server that shows it, and on its clock."""
    offset = clock.offset
    app = create_app(load_settings(instance=demo.instance.folder))
    with app.app_context():
        yield
    close_database(app)
    clock.offset = offset


def small_edition(demo: Shown, slug: str, hours: int | None) -> str:
    """Make an edition with one place in the room, which is taken, and return the holder's personal link."""
    with inside(demo):
        start = clock.now() + timedelta(days=30)
        with transaction():
            conference = db.session.scalars(select(Conference)).one()
            made = make_edition(
                conference, slug=slug, number=int(slug[-2:]) + 40, onsite=1, digital=5, starts_at=start,
                ends_at=start + timedelta(hours=5), erase_on=(start + timedelta(days=90)).date(),
            )  # fmt: skip
            set_capacity(
                actor=TESTER, now=clock.now(), edition_id=made.id, mode=Mode.ONSITE, capacity=1, offer_hours=hours
            )
            holder = take_place(made, email=f"holder.{slug}@example.org").registration_id
        return f"/r/{make_link(settings().keys, LinkKind.MANAGE, holder, 0)}"


def register(page: Page, slug: str, name: str) -> None:
    page.goto(f"/crosslinks/{slug}/register?mode=onsite")
    page.locator("[name=given_name]").fill(name)
    page.locator("[name=family_name]").fill("Bakke")
    page.locator("[name=email]").fill(f"{name.lower()}.{slug}@example.org")
    page.locator("[name=profession][value=other]").check()
    page.locator("[name=consent_privacy]").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("in line")


def mailed_link(demo: Shown, slug: str, name: str, word: str) -> str:
    """Return the path of a link in the last letter to somebody, as the worker would render it."""
    with inside(demo):
        row = db.session.scalars(
            select(OutboxMail)
            .where(OutboxMail.to_address == f"{name.lower()}.{slug}@example.org")
            .order_by(OutboxMail.id)
        ).all()[-1]
        letter = Letter(
            row.kind, row.language, row.to_address, row.to_name, row.data, row.message_id, row.edition_id,
            row.registration_id, row.account_id,
        )  # fmt: skip
        text = LETTERS[row.kind](letter).text
    found = re.search(rf"http\S+/{word}/\S+", text)
    assert found is not None, text
    return urlsplit(found.group()).path


def place_of(demo: Shown, slug: str, name: str) -> Place:
    with inside(demo):
        edition_id = get_edition("crosslinks", slug).id
        return db.session.scalars(
            select(Registration.place).where(Registration.edition_id == edition_id, Registration.given_name == name)
        ).one()


def switch_to_the_stream(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("a[href*='/switch?to=digital']").first.click()
    page.get_by_role("button", name="Follow the stream").click()
    expect(page.locator("main")).to_contain_text("Confirmed, on the stream")


def test_waiting_then_an_offer_then_a_place(page: Page, demo: Shown, request: pytest.FixtureRequest) -> None:
    slug = "2051" if "no-script" in request.node.name else "2052"
    holder = small_edition(demo, slug, hours=24)
    register(page, slug, "Ingrid")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are number 1 in line")
    switch_to_the_stream(page, holder)
    link = mailed_link(demo, slug, "Ingrid", "accept")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Take the place in the room?")
    assert place_of(demo, slug, "Ingrid") is Place.NONE
    page.get_by_role("button", name="Take the place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have a place in the room")
    assert place_of(demo, slug, "Ingrid") is Place.ONSITE


def test_an_offer_is_declined_and_the_next_is_asked(page: Page, demo: Shown, request: pytest.FixtureRequest) -> None:
    slug = "2053" if "no-script" in request.node.name else "2054"
    holder = small_edition(demo, slug, hours=24)
    for name in ("Ingrid", "Ola"):
        register(page, slug, name)
    switch_to_the_stream(page, holder)
    page.goto(mailed_link(demo, slug, "Ingrid", "decline"))
    page.get_by_role("button", name="Decline the place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are no longer registered")
    page.goto(mailed_link(demo, slug, "Ola", "accept"))
    page.get_by_role("button", name="Take the place").click()
    assert place_of(demo, slug, "Ola") is Place.ONSITE


def test_a_switch_to_the_stream_gives_the_next_the_place(
    page: Page, demo: Shown, request: pytest.FixtureRequest
) -> None:
    slug = "2055" if "no-script" in request.node.name else "2056"
    holder = small_edition(demo, slug, hours=None)
    register(page, slug, "Ingrid")
    assert place_of(demo, slug, "Ingrid") is Place.NONE
    switch_to_the_stream(page, holder)
    assert place_of(demo, slug, "Ingrid") is Place.ONSITE
