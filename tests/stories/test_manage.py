from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.queries import list_gallery
from crosslinks.stories.rules import StoryState
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition
from tests.hostile import HOSTILE
from tests.stories.factories import make_pictures, make_story, photo

M = "/manage/crosslinks/2024"
E = "/crosslinks/2024"
STORY: dict[str, Any] = {"kind": "day", "title_en": "A day", "body_en": "Text", "written_on": "2024-01-26"}


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
    sign_in(client, Role.PROGRAMME)
    return edition


def count(kind: type[Base]) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def the_story() -> Story:
    db.session.expire_all()
    return db.session.scalars(select(Story)).one()


def test_a_story_is_written_pictured_published_and_deleted_by_forms(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{M}/stories/new", data=STORY).status_code == 303
    story = the_story()
    page = f"{M}/stories/{story.id}"
    assert client.get(f"{E}/stories/{story.slug}").status_code == 404
    assert "A day" in client.get(f"{page}/preview").text
    sent = {"pictures": [(photo(), "a.jpg"), (photo(colour="red", kind="PNG"), "b.png")], "taken_by": "Kari Foto"}
    assert client.post(f"{page}/upload", data=sent).status_code == 303
    first, second = the_story().pictures
    assert (first.width, first.height, first.credit) == (1600, 1067, "Kari Foto")

    refused = client.post(f"{page}/state", data={"state": "published"})
    assert refused.status_code == 409
    assert "Describe its pictures first" in refused.text
    described = {f"alt_{first.id}_en": "One", f"alt_{second.id}_nb": "To", f"credit_{first.id}": "Ola Foto"}
    assert client.post(f"{page}/pictures", data=described).status_code == 303
    assert client.post(f"{page}/state", data={"state": "published"}).status_code == 303
    assert 'alt="One"' in client.get(f"{E}/stories/a-day").text
    assert client.post(f"{page}/pictures", data={f"alt_{first.id}_en": "", f"alt_{first.id}_nb": ""}).status_code == 422
    assert client.post(f"{M}/gallery/pictures/{second.id}/move", data={"direction": "up"}).status_code == 303
    assert [picture.id for picture in the_story().pictures] == [second.id, first.id]
    assert client.post(f"{page}/upload", data={"pictures": [(photo(colour="green"), "c.jpg")]}).status_code == 303
    assert the_story().state is StoryState.DRAFT

    stored = [picture.file for picture in the_story().pictures]
    assert client.post(f"{page}/delete").status_code == 303
    assert (count(Story), count(Picture)) == (0, 0)
    assert not any((settings().uploads / name).exists() for name in stored)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"story.created", "story.changed", "story.deleted", "picture.uploaded", "picture.moved"} <= actions


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title_en": "", "title_nb": ""}, "Give a title in at least one language."),
        ({"kind": "poem"}, "Not a valid choice."),
        ({"written_on": "yesterday"}, "Not a valid date value."),
        ({"slug": "../etc"}, "Only small letters"),
        ({"slug": "taken"}, "There is already a story at that address."),
        ({"body_en": "x" * 20_001}, "Field cannot be longer than 20000 characters."),
        ({"author": "nul\x00"}, "There is a character in it that cannot be kept."),
    ],
)
def test_a_story_that_cannot_be_is_refused_and_kept(
    client: FlaskClient, edition: Edition, changed: dict[str, Any], words: str
) -> None:
    with transaction():
        other = make_story(edition, published=False, slug="taken")
        mine = make_story(edition, published=False, slug="mine")
    for path in ("new", f"{mine.id}"):
        answer = client.post(f"{M}/stories/{path}", data=STORY | {"lead_nb": "Beholdt"} | changed)
        assert answer.status_code == 422
        assert words in answer.text
        assert "Beholdt" in answer.text
    assert count(Story) == 2
    assert other.slug == "taken"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_break_nothing(client: FlaskClient, edition: Edition, text: str) -> None:
    sent = dict.fromkeys(("title_en", "lead_nb", "body_en", "author"), text)
    assert client.post(f"{M}/stories/new", data=STORY | sent).status_code in {303, 422}
    for story in db.session.scalars(select(Story)):
        assert client.post(f"{M}/stories/{story.id}/state", data={"state": "published"}).status_code == 303
        assert client.get(f"{E}/stories/{story.slug}").status_code == 200
    assert client.get(f"{E}/stories").status_code == 200


def test_two_stories_of_one_title_have_two_addresses(client: FlaskClient, edition: Edition) -> None:
    for _ in range(2):
        assert client.post(f"{M}/stories/new", data=STORY).status_code == 303
    assert set(db.session.scalars(select(Story.slug))) == {"a-day", "a-day-2"}


def test_pictures_of_the_gallery_are_hidden_until_described(client: FlaskClient, edition: Edition) -> None:
    sent = {"pictures": [(photo(colour=colour), "a.jpg") for colour in ("red", "green", "blue")]}
    assert client.post(f"{M}/gallery/upload", data=sent).status_code == 303
    first, second, third = (picture.id for picture in list_gallery(edition.id))
    assert "/media/photos" not in client.get(f"{E}/gallery").text
    refused = client.post(f"{M}/gallery", data={f"alt_{first}_en": "Typed", f"shown_{second}": "y"})
    assert refused.status_code == 422
    assert "Describe the picture before everybody sees it." in refused.text
    assert "Typed" in refused.text
    assert client.post(f"{M}/gallery", data={f"alt_{first}_en": "One", f"shown_{first}": "y"}).status_code == 303
    assert client.get(f"{E}/gallery/{first}").status_code == 200
    assert client.get(f"{E}/gallery/{second}").status_code == 404
    assert client.post(f"{M}/gallery/show", data={"show": "none"}).status_code == 303
    assert client.get(f"{E}/gallery/{first}").status_code == 404
    assert client.post(f"{M}/gallery/show", data={"show": "all"}).status_code == 303
    assert client.get(f"{E}/gallery/{first}").status_code == 200
    assert client.get(f"{E}/gallery/{third}").status_code == 404
    assert client.get(f"{M}/gallery/pictures/{first}/delete").status_code == 200
    assert client.post(f"{M}/gallery/pictures/{first}/delete").status_code == 303
    assert client.get(f"{E}/gallery/{first}").status_code == 404


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ([], "Choose at least one picture."),
        ([b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"], "That is not a picture"),
        ([b"\xff\xd8\xff\xe0 not really"], "That is not a picture"),
        ([b"x"] * 13, "Send at most 12 pictures at a time."),
    ],
)
def test_uploads_that_lie_are_refused(client: FlaskClient, edition: Edition, pictures: list[bytes], words: str) -> None:
    sent = {"pictures": [(io.BytesIO(content), "a.jpg") for content in pictures], "taken_by": "Kept"}
    answer = client.post(f"{M}/gallery/upload", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Kept"' in answer.text
    assert count(Picture) == 0


def stored() -> set[str]:
    return {str(path) for path in (settings().uploads / "photos").glob("*")}


def test_pictures_that_are_not_added_leave_no_file(
    client: FlaskClient, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    lying = [(photo(), "a.jpg"), (io.BytesIO(b"<svg onload='x'/>"), "b.jpg")]
    assert client.post(f"{M}/gallery/upload", data={"pictures": lying}).status_code == 422
    assert stored() == before
    monkeypatch.setattr("crosslinks.stories.picturing.MOST_GALLERY", 0)
    full = client.post(f"{M}/gallery/upload", data={"pictures": [(photo(), "a.jpg")]})
    assert full.status_code == 422
    assert stored() == before


def test_what_a_camera_writes_is_lost_and_pictures_stand_upright(client: FlaskClient, edition: Edition) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "secret place", 6
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(out, "JPEG", exif=exif)
    out.seek(0)
    assert client.post(f"{M}/gallery/upload", data={"pictures": [(out, "a.jpg")]}).status_code == 303
    picture = list_gallery(edition.id)[0]
    assert (picture.width, picture.height) == (600, 900)
    assert b"secret place" not in (settings().uploads / picture.file).read_bytes()


def test_another_editions_stories_and_pictures_are_not_there(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        story = make_story(edition, pictures=1)
        picture = make_pictures(edition, 1)[0]
        make_edition(edition.conference, slug="2025", number=17)
        make_edition(make_conference("other"), slug="2024")
    for home in ("/manage/crosslinks/2025", "/manage/other/2024"):
        for path in (f"stories/{story.id}", f"stories/{story.id}/delete", f"gallery/pictures/{picture.id}/delete"):
            assert client.get(f"{home}/{path}").status_code == 404
            assert client.post(f"{home}/{path}", data=STORY).status_code == 404
        for path in (f"stories/{story.id}/state", f"stories/{story.id}/upload", f"stories/{story.id}/pictures"):
            assert client.post(f"{home}/{path}", data={"state": "draft"}).status_code == 404
        assert client.post(f"{home}/gallery/pictures/{picture.id}/move", data={"direction": "up"}).status_code == 404
    assert (count(Story), count(Picture)) == (1, 2)


def test_only_those_who_may_get_in(client: FlaskClient, edition: Edition) -> None:
    sign_in(client, Role.DOOR_LEAD)
    for path in ("stories", "stories/new", "gallery"):
        assert client.get(f"{M}/{path}").status_code == 403
    assert client.post(f"{M}/stories/new", data=STORY).status_code == 403
    assert count(Story) == 0
