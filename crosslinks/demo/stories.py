"""Invented stories and drawn pictures for the demo, each marked as such."""

from __future__ import annotations

import io
import math
import random
from datetime import datetime, timedelta

from PIL import Image, ImageDraw, ImageFilter

from crosslinks.config import settings
from crosslinks.demo.edition import ACTOR, read_data
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import list_earlier_editions
from crosslinks.kernel.columns import Texts
from crosslinks.stories.models import Picture
from crosslinks.stories.operations import create_story, set_story_state
from crosslinks.stories.picturing import Caption, add_pictures, describe_pictures
from crosslinks.stories.rules import StoryKind, StoryState
from crosslinks.web.photographs import Photograph, store_photograph

CREDIT = "Crosslinks demo"
SIZE = (1200, 800)
Colour = tuple[int, int, int]
SCENES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((32, 24, 66), (94, 80, 160), (226, 140, 178)),
    ((236, 232, 222), (120, 108, 176), (62, 46, 123)),
    ((24, 40, 58), (86, 132, 150), (236, 206, 150)),
    ((58, 30, 52), (166, 92, 128), (246, 214, 208)),
    ((214, 222, 226), (92, 120, 140), (43, 60, 92)),
)
"""Ground, middle and light of each drawing."""


def draw_scene(number: int) -> Photograph:
    """Draw and store the hall as seen from its back: rows of heads before a lit screen with strands."""
    ground, middle, light = SCENES[number % len(SCENES)]
    chance = random.Random(number)  # noqa: S311 - a drawing, the same everywhere
    width = SIZE[0]
    picture = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(picture)
    left = chance.randint(160, 340)
    draw.rectangle((left, 90, left + 620, 430), fill=middle)
    for strand in range(7):
        level, sway, turn = 130 + 44 * strand, chance.uniform(8, 26), chance.uniform(0, 6)
        points = [(x, level + sway * math.sin(x / 90 + turn)) for x in range(left, left + 621, 10)]
        draw.line(points, fill=light, width=3 if strand % 3 == 0 else 1)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    draw = ImageDraw.Draw(picture)
    for row in range(5):
        size, y = 26 + 13 * row, 470 + 74 * row
        red, green, blue = (round(part * (0.78 - 0.1 * row)) for part in ground)
        shade: Colour = (red, green, blue)
        for seat in range(-1, width // (size * 2) + 2):
            if chance.random() < 0.82:
                x = seat * size * 2.3 + chance.uniform(-6, 6) + (row % 2) * size
                draw.ellipse((x, y, x + size, y + size * 1.15), fill=shade)
                draw.rounded_rectangle(
                    (x - size * 0.5, y + size * 1.05, x + size * 1.5, y + size * 6), size * 0.6, shade
                )
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    out.seek(0)
    return store_photograph(out, settings().uploads)


def draw_scenes() -> list[Photograph]:
    """Draw every scene; call it outside a transaction."""
    return [draw_scene(number) for number in range(len(SCENES))]


def add_stories(edition: Edition, scenes: list[Photograph], now: datetime) -> None:
    """Publish the invented stories, and hang the drawings in the galleries of the editions that are over."""
    for number, row in enumerate(read_data()["stories"]):
        story = create_story(
            actor=ACTOR, now=now, edition=edition, kind=StoryKind(row["kind"]), title=row["title"],
            written_on=(now - timedelta(days=row["days_ago"])).date(), lead=row["lead"], body=row["body"],
            author=row["author"], is_demo=True,
        )  # fmt: skip
        chosen = scenes[number :: len(read_data()["stories"])][: row["pictures"]]
        made = add_pictures(actor=ACTOR, now=now, edition=edition, photographs=chosen, credit=CREDIT, story=story)
        _describe(edition, made, row["alt"], now, shown=False)
        set_story_state(actor=ACTOR, now=now, edition=edition, story=story, state=StoryState.PUBLISHED)
    past = [one for one in [edition, *list_earlier_editions(edition)][:2] if one.ends_at < now]
    for over in past:
        made = add_pictures(actor=ACTOR, now=now, edition=over, photographs=scenes, credit=CREDIT)
        _describe(over, made, read_data()["gallery_alt"], now, shown=True)


def _describe(edition: Edition, pictures: list[Picture], alt: Texts, now: datetime, *, shown: bool) -> None:
    captions = [(picture, Caption(alt, CREDIT, shown)) for picture in pictures]
    describe_pictures(actor=ACTOR, now=now, edition=edition, captions=captions)
