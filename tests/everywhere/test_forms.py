"""Every form that a page shows, with fifty hostile strings in each of its fields: a clear answer, nothing unescaped.

Each string comes into one field of a form that is filled as it stands, and twice strings come into all fields at once.
What is chosen and not typed gets twelve of them: it is refused because it is none of the choices, whatever it says.
A number or a time gets twelve, and all strings that begin like one. A field that many pages show is sent once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest

from tests.browser.samples import SAMPLES
from tests.everywhere.checks import ALL
from tests.everywhere.conftest import Everywhere
from tests.everywhere.forms import BUTTONS, Form

pytestmark = pytest.mark.sqlite

ENOUGH = 50
FEW = 12
TOGETHER = 2
STEP = 7
CHOICES = {"select", "radio", "checkbox", "hidden", "file", *BUTTONS}
COUNTED = {"number", "date", "time", "datetime-local"}
NUMBERS = [text for text in ALL if text.strip()[:2].lstrip("-+")[:1].isdigit()]
PAGES = (*SAMPLES, "errors")


def strings_for(form: Form, name: str, count: int) -> list[str]:
    """Return ``count`` strings, other ones for each field, by a rule that depends on nothing else."""
    start = crc32(f"{form.action}{name}".encode())
    return [ALL[(start + STEP * number) % len(ALL)] for number in range(count)]


def typed_into(form: Form, name: str) -> list[str]:
    kind = form.kind_of(name)
    few = strings_for(form, name, FEW if kind in CHOICES or kind in COUNTED else ENOUGH)
    return few + NUMBERS if kind in COUNTED else few


def put(form: Form, name: str, typed: str) -> Any:
    """Return what stands in a field: a file carries the string as its name."""
    if form.kind_of(name) != "file":
        return typed.encode("utf-8", "replace").decode()
    return io.BytesIO(b"Fornavn;Etternavn\n=1+1;<b>\n"), typed.encode("utf-8", "replace").decode() or "x"


def alone(form: Form) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    for name in filter(None, form.fresh):
        for typed in typed_into(form, name):
            pairs: list[tuple[str, Any]] = [pair for pair in form.sent() if pair[0] != name]
            yield f"{name}={typed[:40]!r}", [*pairs, (name, put(form, name, typed))]


def together(form: Form) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Words in all fields of words, the choices as they stand, then in all of them."""
    words = [name for name in form.fields if form.kind_of(name) not in CHOICES]
    choices = [name for name in form.fields if name not in words]
    strings = {name: strings_for(form, name, ENOUGH) for name in form.fields}
    for number in range(TOGETHER):
        hostile = words if words and number else [*words, *choices]
        kept: list[tuple[str, Any]] = [pair for pair in form.sent() if pair[0] not in hostile]
        typed = [(name, put(form, name, strings[name][number])) for name in hostile]
        yield f"all {number}: {[str(text)[:20] for _name, text in typed]}"[:200], kept + typed


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 2 * ENOUGH
    assert STEP % len(ALL)
    assert len(set(strings_for(Form("/", "/", "post"), "x", ENOUGH))) == ENOUGH


@pytest.mark.parametrize("page", PAGES)
def test_forms_answer_in_words(everywhere: Everywhere, page: str) -> None:
    for form in everywhere.forms[page]:
        said = f"{form.method} {form.action}"
        sent = [("as it stands", form.sent()), *alone(form)]
        if form.fields:
            sent += together(form)
        for what, pairs in sent:
            if form.method == "post":
                everywhere.post(form, pairs, f"{said} {what}")
                everywhere.put_back()
            else:
                everywhere.ask("GET", form.action, f"{said} {what}", organizer=form.organizer, query_string=pairs)
    assert everywhere.wrong == []
