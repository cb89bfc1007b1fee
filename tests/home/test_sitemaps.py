from __future__ import annotations

from flask.testing import FlaskClient

from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import transaction
from tests.factories import make_edition
from tests.programme.factories import make_programme, make_talk


def test_published_pages_are_listed_and_drafts_are_not(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition()
        make_programme(edition)
        make_talk(edition, None, "10:00", 10, "Not released")
        draft = make_edition(edition.conference, slug="2025", number=17, state=EditionState.DRAFT)
        make_programme(draft)
    index = client.get("/sitemap.xml").text
    assert "<loc>http://127.0.0.1:8000/crosslinks/2024/sitemap.xml</loc>" in index
    assert "2025" not in index
    pages = client.get("/crosslinks/2024/sitemap.xml").text
    for path in ("", "programme", "speakers/leo-rasche", "talks/welcome", "practical"):
        assert f"<loc>http://127.0.0.1:8000/crosslinks/2024/{path}</loc>" in pages
    assert "not-released" not in pages
    assert client.get("/crosslinks/2025/sitemap.xml").status_code == 404


def test_every_listed_page_is_there(client: FlaskClient) -> None:
    with transaction():
        make_programme(make_edition())
    pages = client.get("/crosslinks/2024/sitemap.xml").text.split("<loc>http://127.0.0.1:8000")[1:]
    assert len(pages) > 20
    assert {client.get(page.partition("</loc>")[0]).status_code for page in pages} == {200}


def test_robots_are_kept_from_personal_links(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    for line in ("Disallow: /manage/", "Disallow: /r/", "Disallow: /f/", "Sitemap: http://127.0.0.1:8000/sitemap.xml"):
        assert line in answer.text.splitlines()
