"""Two servers on one database: what an organizer changes through one, the very next request to the other shows."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import transaction
from tests.accounts.factories import make_account
from tests.everywhere.forms import read_forms
from tests.factories import make_edition
from tests.instances import Instance, close_database, free_port, new_instance
from tests.programme.factories import make_programme
from tests.sponsors.factories import make_tier

E = "/crosslinks/2024"
M = "/manage/crosslinks/2024"


@dataclass
class Change:
    """A change by forms: each is the page that it is on, how its action ends and what is typed; and where it shows."""

    name: str
    forms: tuple[tuple[str, str, dict[str, str]], ...]
    pages: tuple[str, ...]
    words: str


CHANGES = (
    Change(
        "session",
        (
            (f"{M}/programme/sessions/2", "/sessions/2", {"title_en": "Entirely renamed"}),
            (f"{M}/programme/releases", "/releases", {}),
        ),
        ("/programme", "/programme.xml", "/programme.json", "/programme/changes", "/"),
        "Entirely renamed",
    ),
    Change("sponsor", ((f"{M}/sponsors/new", "/new", {"name": "Fjord Pharma"}),), ("/sponsors", "/"), "Fjord Pharma"),
    Change(
        "story",
        (
            (f"{M}/stories/new", "/new", {"title_en": "Behind the day", "written_on": "2024-01-17"}),
            (f"{M}/stories/1", "/state", {}),
        ),
        ("/stories", "/"),
        "Behind the day",
    ),
    Change("accent", ((f"{M}/theme", "/theme", {"accent": "195"}),), ("/", "/programme"), "/assets/195/"),
    Change(
        "text",
        ((f"{M}/pages", "/pages", {"travel_en": "Take the tram."}),),
        ("/practical",),
        "Take the tram.",
    ),
)


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    with new_instance(tmp_path / "instance", database_url) as made:
        yield made


class Organizer:
    """A browser at one server, which signs in by a link and sends forms as they stand but for what is typed."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.send(f"/sign-in/{token}", f"/sign-in/{token}", {})

    def send(self, page: str, action: str, typed: dict[str, str]) -> None:
        with self._opener.open(urljoin(self._url, page), timeout=20) as answer:
            forms = [form for form in read_forms(page, answer.read().decode()) if form.method == "post"]
        form = next(one for one in forms if one.action.endswith(action) and typed.keys() <= set(one.fields))
        sent = [pair for pair in form.sent() if pair[0] not in typed] + list(typed.items())
        with self._opener.open(urljoin(self._url, form.action), urlencode(sent).encode(), timeout=20) as answer:
            assert answer.status == 200
            assert "field__error" not in answer.read().decode(), page


def ask(url: str, etag: str = "") -> tuple[int, str, str]:
    """Return the status, the text and the ETag of an answer to a visitor."""
    request = urllib.request.Request(url, headers={"Accept-Language": "en", "If-None-Match": etag})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode(), answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers["ETag"] or ""


def test_the_next_request_to_the_other_server_shows_it(instance: Instance) -> None:
    app = instance.prepare()
    with app.app_context(), transaction():
        edition = make_edition(digital=10)
        make_programme(edition)
        make_tier(edition)
        account = make_account(conference=edition.conference)
        token = mint_link(account=account, purpose=LinkPurpose.SIGN_IN, real=real_now())
    close_database(app)
    other = replace(instance, port=free_port())
    options = ("--no-worker", "--workers", "1")
    with instance.serving(*options) as first, other.serving(*options) as second:
        assert first.pid != second.pid
        organizer = Organizer(instance.url, token)
        for change in CHANGES:
            known = {}
            for server in (instance, other):
                for page in change.pages:
                    status, text, etag = ask(f"{server.url}{E}{page}")
                    assert (status, change.words in text) == (200, False), (change.name, page)
                    assert ask(f"{server.url}{E}{page}", etag)[:2] == (304, ""), (change.name, page)
                    known[server.port, page] = etag
            for form in change.forms:
                organizer.send(*form)
            for server in (other, instance):
                for page in change.pages:
                    status, text, etag = ask(f"{server.url}{E}{page}", known[server.port, page])
                    assert (status, change.words in text) == (200, True), (change.name, page)
                    assert etag != known[server.port, page]
                    assert ask(f"{server.url}{E}{page}", etag)[0] == 304
