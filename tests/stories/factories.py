"""Stories and pictures. Call inside ``transaction()``."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from PIL import Image

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.operations import create_story, set_story_state
from crosslinks.stories.picturing import Caption, add_pictures, describe_pictures
from crosslinks.stories.rules import StoryKind, StoryState
from crosslinks.web.photographs import store_photograph
from tests.factories import NOW, TESTER


def photo(size: tuple[int, int] = (1800, 1200), colour: str = "navy", kind: str = "JPEG") -> io.BytesIO:
    """Return the bytes of a picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    out.seek(0)
    return out


def make_story(edition: Edition, *, published: bool = True, pictures: int = 0, **more: Any) -> Story:
    """Make a story, with described pictures."""
    values: dict[str, Any] = {
        "kind": StoryKind.SPEAKERS, "title": {"en": "Meet Ida", "nb": "Møt Ida"}, "written_on": date(2024, 1, 17),
        "body": {"en": "Hello", "nb": "Hei"},
    }  # fmt: skip
    story = create_story(actor=TESTER, now=NOW, edition=edition, **(values | more))
    if pictures:
        make_pictures(edition, pictures, story=story)
    if published:
        set_story_state(actor=TESTER, now=NOW, edition=edition, story=story, state=StoryState.PUBLISHED)
    return story


def make_pictures(
    edition: Edition, count: int = 1, *, shown: bool = True, story: Story | None = None, alt: str = "A full hall"
) -> list[Picture]:
    """Make described pictures of the gallery or of a story."""
    stored = [store_photograph(photo(colour=f"#0000{number:02x}"), settings().uploads) for number in range(count)]
    made = add_pictures(actor=TESTER, now=NOW, edition=edition, photographs=stored, credit="Kari Foto", story=story)
    captions = [(picture, Caption({"en": alt}, "Kari Foto", shown and story is None)) for picture in made]
    describe_pictures(actor=TESTER, now=NOW, edition=edition, captions=captions)
    return made
