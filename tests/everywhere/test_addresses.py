"""Hostile strings where no form is: in addresses, in queries, and in what scripts send."""

from __future__ import annotations

from urllib.parse import quote
from zlib import crc32

import pytest
from werkzeug.routing import IntegerConverter, Rule

from tests.browser.samples import SAMPLES
from tests.everywhere.checks import ALL
from tests.everywhere.conftest import Everywhere

pytestmark = pytest.mark.sqlite

QUERY = (
    "q", "sort", "page", "show", "state", "kind", "since", "until", "mode", "role", "to", "in", "shown", "lang",
    "language", "next", "back", "answer", "again", "draft", "conflicts", "play", "sent", "meanwhile",
    "assistance", "edition",
)  # fmt: skip
"""What pages read from their addresses."""
TYPED = tuple(text.encode("utf-8", "replace").decode() for text in ALL if len(text) < 6_000)
NUMBERS = ("2147483648", "9223372036854775808", "9" * 400, "0", "-1", "1_0", "٣")
EVERYWHERE = {"conference", "edition"}
M = "/manage/crosslinks/2024"
BY_SCRIPT = {
    f"{M}/form/preview-question": ("kind", "label-nb", "label-en", "options-nb", "help-nb", "position", "erase_on"),
    f"{M}/form/order": ("id",),
    f"{M}/registrations/chosen/cancel": ("ids", "back"),
    f"{M}/registrations/2/place": ("mode", "reason"),
    f"{M}/places/onsite/line": ("onsite-move-number", "onsite-move-to"),
    f"{M}/sponsors/1/move": ("direction",),
    f"{M}/programme/releases": ("seen", "note_en", "note_nb"),
    "/f/{favourites_token}/talks": ("talk",),
    "/r/{place_token}/coming": ("answer", "to"),
    "/r/{live_token}/live/presence": ("nothing",),
}


def quoted(typed: str) -> str:
    return quote(typed, safe="")


@pytest.mark.parametrize("page", SAMPLES)
def test_queries(everywhere: Everywhere, page: str) -> None:
    sample = SAMPLES[page][0]
    path = everywhere.address(sample).partition("?")[0]
    for number in range(0, len(TYPED), 12):
        asked = {name: TYPED[(number + 5 * place) % len(TYPED)] for place, name in enumerate(QUERY)}
        everywhere.ask("GET", path, f"{path} {number}", organizer=sample.organizer, query_string=asked)
    assert everywhere.wrong == []


def strings_for(rule: Rule, part: str) -> list[str]:
    start = crc32(f"{rule.rule}{part}".encode())
    return [TYPED[(start + 7 * number) % len(TYPED)] for number in range(4 if part in EVERYWHERE else 12)]


def addresses(rule: Rule) -> list[str]:
    """Return the addresses of a rule with one of its parts hostile; where a number must stand, nothing else arrives.

    Other strings for each rule: together hundreds of them come into the parts that all rules have.
    """
    known = {"conference": "crosslinks", "edition": "2024", "mode_name": "onsite", "deed": "first", "name": "report"}
    found = []
    for part in rule.arguments:
        number = isinstance(rule._converters[part], IntegerConverter)
        for typed in NUMBERS if number else strings_for(rule, part):
            values = {one: known.get(one, "1") for one in rule.arguments} | {part: quoted(typed)}
            path = rule.rule
            for name, value in values.items():
                start = max(path.find(f":{name}>"), path.find(f"<{name}>"))
                if start >= 0:
                    begin, end = path.rfind("<", 0, start + 1), path.find(">", start)
                    path = path[:begin] + value + path[end + 1 :]
            found.append(path)
    return found


@pytest.mark.parametrize("eighth", range(8))
def test_parts_of_addresses(everywhere: Everywhere, eighth: int) -> None:
    rules = sorted(everywhere.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
    for rule in rules[eighth::8]:
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        for path in addresses(rule):
            everywhere.ask(method, path, f"{method} {path[:120]}", organizer=True)
            everywhere.put_back()
    assert everywhere.wrong == []


@pytest.mark.parametrize("path", BY_SCRIPT)
def test_what_scripts_send(everywhere: Everywhere, path: str) -> None:
    where = path.format(**everywhere.shown.names)
    assert everywhere.endpoint(where, "POST")
    for name in BY_SCRIPT[path]:
        for typed in TYPED[::2]:
            everywhere.ask("POST", where, f"{where} {name}={typed[:40]!r}", organizer=True, data={name: typed})
            everywhere.put_back()
    assert everywhere.wrong == []
