"""What is wrong with an answer, when what was sent came from somebody who wants to break things."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.hostile import HOSTILE, HOSTILE_STRINGS

OWN = (
    "{{ 735103 * 987659 }}${735103*987659}#{735103*987659}<%= 735103*987659 %>",
    "<b onclick=alert(1)>bold</b>",
    "<a href=javascript:alert(1)>x</a>",
    "</title></head><script>alert(1)</script>",
    "\r\nSet-Cookie: crosslinks=stolen",
    "//evil.example.org/",
    "https://evil.example.org/",
    "2024-13-45T99:99",
    "0000-00-00",
    "9999-12-31",
    "99:99",
    "2147483648",
    "9223372036854775808",
    "1_000",
    "٣",
    "0x10",
    "a@example.org\r\nBcc: b@example.org",
    '"<script>alert(1)</script>"@example.org',
    "[::1",
    "http://[::1",
    "\ud800",
)
"""Beside those that all tests share: what a calculation, a date, an address and a browser's own words would show."""

ALL = tuple(dict.fromkeys((*HOSTILE_STRINGS, *HOSTILE, *OWN)))
CALCULATED = re.compile(r"726031093877|<Config |&lt;Config |<class '|&lt;class &#39;|root:x:0")
"""The product is longer than any number that a page would hold by chance, in a token say."""

_SUSPECT = re.compile(
    r"<script(?![^>]*\ssrc=)|<(?:style|iframe|object|embed|base|svg/|\?|!--|!\[)|[\s/\"']on[a-z]+\s*=|javascript:|vbscript:"
    r"|data:text|http-equiv|evil\.example|alert\(1\)",
    re.IGNORECASE,
)
"""A page without any of these in it is not read further: reading takes long."""
_LOADS = ("src", "href", "action", "formaction", "srcset", "data", "poster", "xlink:href", "background")


class _Reader(HTMLParser):
    """Notes elements and attributes that no template of ours writes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and "json" not in given.get("type", ""):
            self.wrong.append("a script in the page")
        if tag in {"style", "object", "embed", "base"}:
            self.wrong.append(f"<{tag}>")
        if tag == "meta" and "refresh" in given.get("http-equiv", "").lower():
            self.wrong.append("<meta refresh>")
        for name, value in given.items():
            self._look_at(tag, name, value)

    handle_startendtag = handle_starttag

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.wrong.append(f"<{tag} {name}>")
        plain = re.sub(r"[\x00-\x20]", "", value).lower()
        if name in _LOADS and plain.startswith(("javascript:", "vbscript:", "data:text")):
            self.wrong.append(f"<{tag} {name}={value[:40]}>")
        if tag in {"img", "script", "link", "iframe", "form"} and name in _LOADS and "//evil.example" in plain:
            self.wrong.append(f"<{tag} {name}={value[:40]}>")

    def handle_comment(self, data: str) -> None:
        if "comment" in data:
            self.wrong.append("a comment that was typed")

    def handle_pi(self, data: str) -> None:
        self.wrong.append("<?…>")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append("<![…]>")


def wrong_in_page(html: str) -> list[str]:
    """Return what in a page came from somebody's typing and was not escaped, or was calculated."""
    wrong = ["a template was run"] if CALCULATED.search(html) else []
    if _SUSPECT.search(html):
        reader = _Reader()
        reader.feed(html)
        reader.close()
        wrong += reader.wrong
    return wrong


def wrong_in_letter(head: str, html: str) -> list[str]:
    """Return what is wrong with a letter's head (lines end in ``\\n``) and its page; a letter has styles of its own."""
    names = {line.partition(":")[0].lower() for line in head.split("\n") if line and not line[0].isspace()}
    wrong = [f"header {name}" for name in names & {"bcc", "cc", "set-cookie"}]
    if head.lower().count("\nsubject:") > 1:
        wrong.append("two subjects")
    return wrong + [one for one in wrong_in_page(html) if one != "<style>"]


def wrong_in_table(text: str) -> list[str]:
    """Return the cells of a CSV that a spreadsheet would calculate."""
    cells = (cell for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) for cell in row)
    return [f"formula {cell[:30]!r}" for cell in cells if _calculates(cell)]


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)


def _calculates(cell: str) -> bool:
    return cell[:1] in {"=", "@", "\t", "\r"} or (cell[:1] in {"+", "-"} and not re.fullmatch(r"[+-][\d.,: ]+", cell))


_HEADERS = {"bcc", "subject", "x-injected"}


def wrong_in_answer(answer: TestResponse, host: str) -> list[str]:
    """Return what is wrong with an answer's status, headers, or with the page or table that it brings."""
    wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    for name, value in answer.headers:
        if "\r" in value or "\n" in value or name.lower() in _HEADERS:
            wrong.append(f"header {name}: {value!r}")
        if name == "Set-Cookie" and value.startswith("crosslinks=stolen"):
            wrong.append("a cookie that was typed")
    target = urlsplit(answer.headers.get("Location", "").replace("\\", "/"))
    if target.scheme not in {"", "http", "https"} or target.netloc not in {"", host}:
        wrong.append(f"leads to {target.geturl()[:60]}")
    if answer.mimetype == "text/html":
        wrong += wrong_in_page(answer.get_data(as_text=True))
    elif answer.mimetype == "text/csv":
        wrong += wrong_in_table(answer.get_data(as_text=True).removeprefix("\ufeff"))
    return wrong
