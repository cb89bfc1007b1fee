"""Sending the form that takes a place, as a person does who is asked a sum when many forms come from one address."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page


def send(page: Page, press: Callable[[], object] | None = None) -> None:
    """Press the button (or do ``press``), and answer the small question if it is asked."""
    button = page.locator("main button[type=submit]").last

    with page.expect_navigation():
        (press or button.click)()
    asked = page.locator("label[for=answer]")
    if asked.count():
        page.locator("[name=answer]").fill(str(sum(map(int, re.findall(r"\d+", asked.inner_text())))))
        with page.expect_navigation():
            button.click()
