"""``make screenshots``: every page at 390 and 1280 pixels, and contact sheets of them, in ``screenshots/``.

Not a test: it is run by name, with the tests' demo and its samples of every page.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Shown
from tests.browser.samples import ERRORS, SAMPLES, Sample
from tests.instances import ROOT

TARGET = ROOT / "screenshots"
COLUMNS, GAP, LABEL = 6, 24, 28
THUMB = {390: (260, 760), 1280: (520, 760)}
TALLEST = 4000


@dataclass(frozen=True)
class Look:
    """One way of looking at every page."""

    width: int
    language: str
    scheme: Literal["light", "dark"]

    @property
    def name(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


LOOKS = (Look(390, "en", "light"), Look(390, "nb", "dark"), Look(1280, "nb", "light"), Look(1280, "en", "dark"))


def chosen() -> Iterator[tuple[str, Sample]]:
    """Yield the samples with a file name each; ``ONLY=registration`` takes those whose name has that in it."""
    only = os.environ.get("ONLY", "")
    for endpoint, samples in {**SAMPLES, "errors": ERRORS}.items():
        for number, sample in enumerate(samples, 1):
            name = f"{endpoint}-{number}{'-errors' if sample.submit else ''}"
            if only in name:
                yield name, sample


def take(context: BrowserContext, demo: Shown, look: Look, name: str, sample: Sample) -> Path:
    page = context.new_page()
    path = sample.path.format(**demo.names)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={look.language}")
    if sample.submit:
        with page.expect_navigation():
            page.evaluate(
                "(chosen) => { const form = document.querySelector(chosen);"
                " form.noValidate = true; form.requestSubmit(); }",
                sample.form,
            )
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    page.set_viewport_size({"width": look.width, "height": max(height, 600)})
    target = TARGET / f"{name}-{look.name}.png"
    page.screenshot(path=target)
    page.close()
    return target


def contact_sheet(look: Look, pictures: list[Path]) -> list[Path]:
    """Lay the pictures of one look out on as few sheets as stay readable."""
    width, height = THUMB[look.width]
    columns = COLUMNS if look.width < 500 else COLUMNS // 2
    written = []
    for start in range(0, len(pictures), columns * 2):
        sheet = Image.new("RGB", (columns * (width + GAP) + GAP, 2 * (height + LABEL + GAP) + GAP), "#8a8794")
        draw = ImageDraw.Draw(sheet)
        for place, path in enumerate(pictures[start : start + columns * 2]):
            left = GAP + place % columns * (width + GAP)
            top = GAP + place // columns * (height + LABEL + GAP)
            with Image.open(path) as picture:
                small = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)))
            sheet.paste(small.crop((0, 0, width, min(height, small.height))), (left, top + LABEL))
            draw.text((left, top + 8), re.sub(r"-\d+-\w+-\w+\.png$", "", path.name), fill="white")
        target = TARGET / f"sheet-{look.name}-{start // (columns * 2) + 1}.png"
        sheet.save(target)
        written.append(target)
    return written


def test_take_screenshots(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    for look in LOOKS:
        pictures = []
        for organizer in (False, True):
            context = chromium.new_context(
                base_url=demo.url,
                viewport={"width": look.width, "height": 844},
                color_scheme=look.scheme,
                reduced_motion="reduce",
                storage_state=organizer_state if organizer else None,
            )
            pictures += [
                take(context, demo, look, name, sample) for name, sample in chosen() if sample.organizer is organizer
            ]
            context.close()
        contact_sheet(look, pictures)
