"""Chromium for tests: Debian's, or the one that ``CROSSLINKS_CHROMIUM`` names."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


def find_chromium() -> str:
    """Return the path of the browser; a test run without one has not been set up."""
    for name in (os.environ.get("CROSSLINKS_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("no Chromium: run `make test`, which installs it, or set CROSSLINKS_CHROMIUM")


@contextmanager
def running_chromium(*options: str, camera: Path | None = None) -> Iterator[Browser]:
    """Run a headless browser; ``camera`` is an MJPEG file that takes the place of a camera."""
    extra = list(options)
    if camera is not None:
        extra += [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
    browser = _driver().chromium.launch(executable_path=find_chromium(), args=[*QUIET, *extra])
    try:
        yield browser
    finally:
        browser.close()


@cache
def _driver() -> Playwright:
    """Return the run's one driver: it allows no second one beside it, but any number of browsers."""
    driver = sync_playwright().start()
    atexit.register(driver.stop)
    return driver
