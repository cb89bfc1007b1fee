"""What a phone loads before it shows the home page or the programme: pictures apart, at most 100 kB."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from posixpath import dirname, normpath

import pytest
from flask.testing import FlaskClient

from crosslinks.kernel.db import transaction
from crosslinks.web.assets import asset_url
from tests.factories import make_edition
from tests.programme.factories import make_programme

MOST = 100_000
CORE = ("newsreader-core.woff2", "newsreader-core-italic.woff2", "schibsted-core.woff2")
"""The fonts that a page in English or Norwegian shows its first letters in."""
_IMPORTED = re.compile(r'(?:import|from)\s*"(\.[^"]+)"')


class Wanted(HTMLParser):
    """What a page asks for before anything else."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.fonts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        href = found.get("href") or ""
        if tag == "link" and found.get("rel") == "stylesheet":
            self.styles.append(href)
        elif tag == "link" and found.get("rel") == "preload":
            self.fonts.append(href)
        elif tag == "script" and found.get("type") != "application/ld+json":
            self.scripts.append(found)


def weight(client: FlaskClient, address: str) -> int:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, address
    return len(answer.data)


def with_imports(client: FlaskClient, address: str) -> set[str]:
    """Return a module and all that it imports at once."""
    found, open_ones = set[str](), [address]
    while open_ones:
        here = open_ones.pop()
        if here not in found:
            found.add(here)
            names = _IMPORTED.findall(client.get(here).get_data(as_text=True))
            open_ones += [normpath(f"{dirname(here)}/{name}") for name in names]
    return found


@pytest.mark.parametrize("page", ["", "programme"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_first_load_is_small(client: FlaskClient, page: str, language: str) -> None:
    with transaction():
        make_programme(make_edition())
    address = f"/crosslinks/2024/{page}?lang={language}"
    wanted = Wanted(client.get(address).get_data(as_text=True))
    assert len(wanted.styles) == 1
    assert all(script.get("type") == "module" and script.get("src") for script in wanted.scripts), "none may block"
    scripts = set[str]().union(*(with_imports(client, script["src"] or "") for script in wanted.scripts))
    fonts = {*wanted.fonts, *map(asset_url, CORE)}
    asked = {address, *wanted.styles, *scripts, *fonts}
    sizes = {one: weight(client, one) for one in asked}
    assert sum(sizes.values()) <= MOST, sizes
