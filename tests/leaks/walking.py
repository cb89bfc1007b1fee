"""Asks every public route of the application for everything that its address may name, and reads what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

import pypdfium2
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.models import Person, Session, Talk
from crosslinks.sponsors.models import Sponsor
from crosslinks.stories.models import Picture, Story
from crosslinks.web.assets import asset_file
from tests.leaks.planting import MARK, Planted

FOLDED = re.compile(rb"\r\n[ \t]")
WORD = re.compile(rf"{MARK}([a-z]*?)x")
STORED = re.compile("[0-9a-f]{32}")
BOTH = ("en", "nb")
PERSONAL = "token"
PICTURES = (("portraits", "jpg"), ("logos", "png"), ("faces", "jpg"), ("originals", "jpg"), ("photos", "jpg"))


@dataclass
class Found:
    """What a walk met: by kind the addresses that held its word, the routes that had something, how much was asked."""

    kinds: dict[str, set[str]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    asked: int = 0


def public_routes(app: Flask) -> list[Rule]:
    """Return the routes that anybody may ask by GET."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/manage")
    ]


def all_names(planted: Planted) -> dict[str, list[Any]]:
    """Return, for each part of an address, everything there is to be named by it, public or not."""
    largest = max(db.session.scalar(select(func.max(model.id))) or 0 for model in (Sponsor, Picture, SlideFile, Talk))
    slugs = (select(model.slug).order_by(model.slug) for model in (Talk, Person, Story))
    return {
        "conference": ["crosslinks"],
        "edition": list(db.session.scalars(select(Edition.slug))),
        "slug": [slug for query in slugs for slug in db.session.scalars(query)],
        "number": list(range(1, largest + 1)),
        "talk_id": list(range(1, largest + 1)),
        "identity": [*db.session.scalars(select(Session.uuid)), *db.session.scalars(select(Talk.uuid))],
        "name": [f"{folder}/{name}.{ending}" for name in planted.files for folder, ending in PICTURES],
        "file": [asset_file("css/public.css"), "nothing.css"],
        "hue": [288],
        "version": ["1"],
    }


def lacking(rules: list[Rule], names: dict[str, list[Any]], links: Mapping[str, str]) -> set[str]:
    """Return the routes of whose address some part is not known: they would not be asked."""
    return {
        rule.rule
        for rule in rules
        if rule.arguments - names.keys() - {PERSONAL} or (PERSONAL in rule.arguments and first_part(rule) not in links)
    }


def first_part(rule: Rule) -> str:
    return rule.rule.split("/")[1]


def addresses(rule: Rule, names: dict[str, list[Any]], links: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses of a route with every name of each part; with a token only those that somebody holds."""
    whole = names | {PERSONAL: [links[part]] if (part := first_part(rule)) in links else []}
    order = sorted(rule.arguments)
    for values in product(*(whole[name] for name in order)):
        built = rule.build(dict(zip(order, values, strict=True)), append_unknown=False)
        assert built is not None, rule
        yield built[1]


def walk(
    client: FlaskClient,
    planted: Planted,
    rules: list[Rule],
    links: Mapping[str, str] = MappingProxyType({}),
    languages: tuple[str, ...] = BOTH,
) -> Found:
    """Ask for every address of ``rules`` in each language, and return of what kinds words were met, and where."""
    found, names = Found(), all_names(planted)
    for rule in rules:
        for address in addresses(rule, names, links):
            for language in languages:
                answer = client.get(address, headers={"Accept-Language": language}, buffered=True)
                assert answer.status_code < 500 or address == "/readyz", address
                found.asked += 1
                if answer.status_code < 400:
                    found.answered.add(rule.endpoint)
                for kind in kinds_in(answer, address, planted.files):
                    found.kinds.setdefault(kind, set()).add(address)
    return found


def kinds_in(answer: TestResponse, address: str, files: Mapping[str, str]) -> set[str]:
    """Return the kinds whose words an answer holds, but for what it only repeats of its own address."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    body = FOLDED.sub(b"", answer.data).decode("utf-8", "replace")
    if answer.content_type == "application/pdf" and answer.status_code == 200:
        body += printed(answer.data)
    repeated = address.rpartition("/")[2] if address.startswith("/media/") else address
    text = f"{head}\n{body}".lower().replace(repeated.lower(), "")
    return set(WORD.findall(text)) | {files[name] for name in STORED.findall(text) if name in files}


def printed(pdf: bytes) -> str:
    """Return the text of a PDF; nothing for a file that is none but in name."""
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    except pypdfium2.PdfiumError:
        return ""
