"""The organizer's list of participants with each kind of filter, as the browser of an organizer asks for it."""

from __future__ import annotations

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from sqlalchemy import select

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.operations import create_account, grant_role
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.bench.load import Request
from crosslinks.bench.stage import ACTOR, SLUG, Stage
from crosslinks.editions.models import Conference
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction

FILTERS = (
    "", "q=ander", "q=nobody+like+it", "show=onsite", "show=waiting", "show=cancelled", "role=speaker",
    "profession=health", "source=api", "assistance=yes", "undelivered=yes", "sort=-registered", "sort=status&page=40",
    "q=ander&show=onsite&source=api&sort=mode",
)  # fmt: skip
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(port: int) -> str:
    """Make an owner, let them in by a link, and return the cookie; call it while the server runs."""
    with transaction():
        conference_id = db.session.scalars(select(Conference.id)).one()
        account = create_account(actor=ACTOR, now=real_now(), email="owner@example.org", name="Bench")
        grant_role(actor=ACTOR, now=real_now(), account=account, conference_id=conference_id, role=Role.OWNER)
        token = mint_link(account=account, purpose=LinkPurpose.SIGN_IN, real=real_now())
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    url = f"http://127.0.0.1:{port}/sign-in/{token}"
    with browser.open(url, timeout=20) as page:
        found = _TOKEN.search(page.read().decode())
    assert found is not None
    with browser.open(url, urlencode({"csrf_token": found[1], "act": "later"}).encode(), timeout=20):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def listed(stage: Stage, wanted: str, cookie: str, count: int) -> list[Request]:
    """Return requests for the list of a stage with one filter."""
    path = f"/manage/{SLUG}/{stage.slug}/registrations" + (f"?{wanted}" if wanted else "")
    return [Request("GET", path, headers={"Cookie": cookie})] * count
