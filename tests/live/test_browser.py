"""The live page in a real browser: no player before the press, presence counted, the organizer sees it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.live.models import Presence, Stream
from crosslinks.live.rules import StreamKind
from tests.accounts.factories import make_account
from tests.browser.conftest import chromium
from tests.factories import make_edition
from tests.instances import Instance, close_database
from tests.registration.factories import take_place

__all__ = ["chromium"]

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
PLAYER = b"<!doctype html><title>Player</title><h1>It plays</h1>"


@contextmanager
def player_host() -> Iterator[tuple[str, list[str]]]:
    """Serve a player on a host of its own; yield its address and what it was asked for."""
    asked: list[str] = []

    class Player(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} from {self.headers.get('Referer', '')}")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PLAYER)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Player)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def make_day(instance: Instance, player: str) -> tuple[str, str]:
    """Make an edition that is on now with a stream at ``player``; return a live page's path and an organizer's link."""
    app = instance.prepare()
    now = real_now()
    with app.app_context():
        with transaction():
            edition = make_edition(
                starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(hours=6), doors_at=None,
                erase_on=(now + timedelta(days=90)).date(),
            )  # fmt: skip
            # A real one is refused without https, which a server of a test has not.
            db.session.add(Stream(edition_id=edition.id, kind=StreamKind.EMBED, address=f"{player}/embed/1"))
            receipt = take_place(edition, Mode.DIGITAL)
            account = make_account(conference=edition.conference)
            sign_in = mint_link(account=account, purpose=LinkPurpose.SIGN_IN, real=real_now())
        token = make_link(app.extensions["crosslinks.settings"].keys, LinkKind.MANAGE, receipt.registration_id, 0)
    close_database(app)
    return f"/r/{token}/live", f"/sign-in/{sign_in}"


def beat_often(page: Page) -> None:
    """Let the page's script tell that it is there every tenth of a second, not every minute."""
    page.add_init_script(
        "document.addEventListener('readystatechange', () =>"
        " document.querySelector('[data-every]')?.setAttribute('data-every', '100'))"
    )


def test_the_player_waits_for_the_press_and_presence_is_counted(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    instance = Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}")
    with player_host() as (player, asked):
        live, sign_in = make_day(instance, player)
        with instance.serving("--workers", "1"):
            context = chromium.new_context(
                base_url=instance.url, viewport=PHONE, locale="en-GB", timezone_id="Asia/Tokyo"
            )  # type: ignore[arg-type]
            page = context.new_page()
            beat_often(page)
            with page.expect_response(re.compile("/live/presence$")) as told:
                page.goto(live)
            assert told.value.status == 204
            expect(page.get_by_role("link", name="Start the stream")).to_be_visible()
            assert asked == []

            with page.expect_response(re.compile(r"/live\?play=1")) as answered:
                page.get_by_role("link", name="Start the stream").click()
            policy = answered.value.headers["content-security-policy"]
            assert [part for part in policy.split("; ") if part.startswith("frame-src")] == [f"frame-src {player}"]
            expect(page.frame_locator("iframe").get_by_role("heading", name="It plays")).to_be_visible()
            assert asked[0] == f"/embed/1 from {instance.url}/", "the player learns the site, never the personal link"
            for _ in range(5):
                with page.expect_response(re.compile("/live/presence$")) as told:
                    pass
                assert told.value.status == 204

            organizer = chromium.new_context(base_url=instance.url, locale="en-GB").new_page()
            organizer.goto(sign_in)
            organizer.locator("main form button[type=submit]").first.click()
            organizer.wait_for_url("**/manage/**")
            organizer.goto("/manage/crosslinks/2024/stream")
            expect(organizer.get_by_text("Now on the stream: 1")).to_be_visible()
            organizer.context.close()
            context.close()
    app = instance.app()
    with app.app_context():
        stays = db.session.scalars(select(Presence)).all()
        assert len(stays) == 1
        assert 1 <= stays[0].minutes <= 3, "ten signs of life a second are one a minute"
        assert db.session.scalars(select(Edition.figures)).one() == {}
    close_database(app)


def test_without_script_the_stream_plays_and_a_button_counts(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    instance = Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}")
    with player_host() as (player, asked):
        live, _sign_in = make_day(instance, player)
        with instance.serving("--workers", "1"):
            context = chromium.new_context(
                base_url=instance.url, viewport=PHONE, locale="nb-NO", java_script_enabled=False
            )  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(live)
            assert asked == []
            page.get_by_role("link", name="Start sendingen").click()
            expect(page.frame_locator("iframe").get_by_role("heading", name="It plays")).to_be_visible()
            page.get_by_role("button", name="Jeg ser på").click()
            page.wait_for_url("**/live?play=1")
            context.close()
    app = instance.app()
    with app.app_context():
        assert [stay.minutes for stay in db.session.scalars(select(Presence))] == [1]
    close_database(app)
