from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import db, transaction
from crosslinks.stories.operations import delete_story, set_story_state
from crosslinks.stories.picturing import Caption, describe_pictures
from crosslinks.stories.queries import get_story
from crosslinks.stories.rules import StoryState
from tests.factories import NOW, TESTER, make_edition
from tests.stories.factories import make_pictures, make_story

E = "/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


def test_a_story_has_its_page_its_place_in_the_list_and_on_the_home_page(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_story(
            edition, pictures=2, author="Kari Demo", lead={"en": "A lead"},
            body={"en": "First\n\n> Said aloud\n\n[picture 2]\n\n## After"},
        )  # fmt: skip
    page = client.get(f"{E}/stories/meet-ida").text
    assert page.index("Meet Ida") < page.index("Said aloud") < page.index("After")
    assert "<blockquote>" in page
    assert page.count("A full hall") == 2
    assert "Photo: Kari Foto" in page
    assert re.search(r'srcset="/media/photos/\w+-480.jpg 480w, /media/photos/\w+-960.jpg 960w, /media/\S+ 1600w"', page)
    assert 'loading="lazy"' in page
    for path in ("/stories", "/"):
        shown = client.get(f"{E}{path}").text
        assert f'href="{E}/stories/meet-ida"' in shown
        assert "A lead" in shown
    norwegian = client.get(f"{E}/stories/meet-ida?lang=nb").text
    assert "Møt Ida" in norwegian
    assert '<div class="story__text prose" lang="en">' in norwegian


def test_every_size_of_a_picture_is_there(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_story(edition, pictures=1)
    for url in set(re.findall(r"/media/photos/[\w.-]+", client.get(f"{E}/stories/meet-ida").text)):
        with client.get(url) as answer:
            assert answer.status_code == 200
            assert answer.content_type == "image/jpeg"


def test_what_somebody_writes_cannot_break_out(client: FlaskClient, edition: Edition) -> None:
    hostile = '<script>alert(1)</script> [x](javascript:alert(1)) "><img src=x onerror=alert(1)>'
    with transaction():
        story = make_story(
            edition, title={"en": hostile}, lead={"en": hostile}, body={"en": hostile}, author=hostile, slug="hostile"
        )
        make_pictures(edition, 1, alt=hostile)
        assert story.slug == "hostile"
    for path in ("/stories", "/stories/hostile", "/", "/gallery"):
        html = client.get(f"{E}{path}").text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


def test_the_gallery_leads_from_picture_to_picture_by_plain_links(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        first, second, third = (picture.id for picture in make_pictures(edition, 3))
    gallery = client.get(f"{E}/gallery").text
    assert gallery.index(f"gallery/{first}") < gallery.index(f"gallery/{second}") < gallery.index(f"gallery/{third}")
    page = client.get(f"{E}/gallery/{second}").text
    assert "Picture 2 of 3" in page
    assert f'rel="prev" href="{E}/gallery/{first}" data-key="ArrowLeft"' in page
    assert f'rel="next" href="{E}/gallery/{third}" data-key="ArrowRight"' in page
    assert 'rel="prev"' not in client.get(f"{E}/gallery/{first}").text
    assert 'rel="next"' not in client.get(f"{E}/gallery/{third}").text


@pytest.mark.parametrize(
    "path", ["/stories/nothing", "/stories/%00", "/stories/" + "x" * 5000, "/gallery/4711", "/gallery/99999999999999"]
)
def test_an_address_of_nothing_is_not_found(client: FlaskClient, edition: Edition, path: str) -> None:
    assert client.get(f"{E}{path}").status_code == 404


def test_a_change_is_seen_by_the_next_request(client: FlaskClient, edition: Edition) -> None:
    assert "There is nothing yet" in client.get(f"{E}/stories").text
    with transaction():
        number = make_story(edition).id
    assert "Meet Ida" in client.get(f"{E}/stories").text
    with transaction():
        set_story_state(
            actor=TESTER, now=NOW, edition=edition, story=get_story(edition.id, number), state=StoryState.DRAFT
        )
    assert "Meet Ida" not in client.get(f"{E}/stories").text
    with transaction():
        delete_story(actor=TESTER, now=NOW, edition=edition, story=get_story(edition.id, number))
        pictures = make_pictures(edition, 1)
    assert "/media/photos/" in client.get(f"{E}/gallery").text
    with transaction():
        hidden = [(pictures[0], Caption({"en": "A"}, ""))]
        describe_pictures(actor=TESTER, now=NOW, edition=edition, captions=hidden)
    assert "/media/photos/" not in client.get(f"{E}/gallery").text


def test_a_draft_edition_shows_none_of_it(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition(state=EditionState.DRAFT)
        make_story(edition)
        number = make_pictures(edition, 1)[0].id
    for path in ("/stories", "/stories/meet-ida", "/gallery", f"/gallery/{number}"):
        answer = client.get(f"{E}{path}")
        assert answer.status_code == 404
        assert "Meet Ida" not in answer.text


def statements(client: FlaskClient, path: str) -> int:
    """Return how many statements a page costs that is not kept."""
    client.application.extensions["crosslinks.keeper"].clear()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert client.get(path).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("path", ["/stories", "/gallery", "/"])
def test_three_cost_as_many_statements_as_thirty(client: FlaskClient, edition: Edition, path: str) -> None:
    with transaction():
        for number in range(3):
            make_story(edition, pictures=1, title={"en": f"Story {number}"})
        make_pictures(edition, 3)
    few = statements(client, f"{E}{path}")
    with transaction():
        for number in range(30):
            make_story(edition, title={"en": f"More {number}"})
        make_pictures(edition, 30)
    assert statements(client, f"{E}{path}") == few
