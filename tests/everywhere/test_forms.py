"""Every form that a page shows, with fifty hostile strings in each of its fields: a clear answer, nothing unescaped.

Each string comes into each field of a form that is filled as it stands. Fields that take words get a string together:
if that changed something, each was taken; if not, each gets the string alone. Twice strings come into all fields
at once. What is chosen and not typed gets twelve of them: it is refused because it is none of the choices, whatever it
says. A number or a time gets twelve, and all strings that begin like one. A field that many pages show is sent once.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast
from zlib import crc32

import pytest

from tests.browser.samples import SAMPLES
from tests.everywhere.checks import ALL
from tests.everywhere.conftest import Everywhere
from tests.everywhere.forms import BUTTONS, Form, Input

pytestmark = pytest.mark.sqlite

ENOUGH = 50
FEW = 12
TOGETHER = 2
STEP = 7
ORDINARY = "Solheim"
WORDS = {"text", "textarea", "search"}
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


def filled(form: Form, names: list[str], typed: str) -> list[tuple[str, Any]]:
    """Return what is sent when ``typed`` stands in some fields and the others are as they stand."""
    pairs: list[tuple[str, Any]] = [pair for pair in form.sent() if pair[0] not in names]
    return pairs + [(name, put(form, name, typed)) for name in names]


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


class Sender:
    """Sends one form, again and again."""

    def __init__(self, everywhere: Everywhere, form: Form) -> None:
        self.everywhere, self.form = everywhere, form

    def is_taken(self, what: str, pairs: list[tuple[str, Any]]) -> bool:
        """Send it once, note what is wrong, put everything back, and say whether the answer was no refusal."""
        form, said = self.form, f"{self.form.method} {self.form.action} {what}"
        if form.method == "post":
            taken = self.everywhere.post(form, pairs, said)
            self.everywhere.put_back()
            return taken
        answer = self.everywhere.ask("GET", form.action, said, organizer=form.organizer, query_string=pairs)
        return answer is not None and answer.status_code < 400

    def type_into(self, name: str, typed: str) -> bool:
        return self.is_taken(f"{name}={typed[:40]!r}", filled(self.form, [name], typed))

    def send_all(self) -> None:
        """Send it as it stands, with each string in each field, and with strings in all of them."""
        self.is_taken("as it stands", self.form.sent())
        fresh = [name for name in self.form.fresh if name]
        takes_words = [name for name in fresh if self.form.kind_of(name) in WORDS and self.type_into(name, ORDINARY)]
        for name in fresh:
            for typed in typed_into(self.form, name) if name not in takes_words else ():
                self.type_into(name, typed)
        for typed in strings_for(self.form, "", ENOUGH) if takes_words else ():
            said = f"{takes_words}={typed[:40]!r}"
            if len(takes_words) == 1 or not self.is_taken(said, filled(self.form, takes_words, typed)):
                for name in takes_words:
                    self.type_into(name, typed)
        for what, pairs in together(self.form) if self.form.fields else ():
            self.is_taken(what, pairs)


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 2 * ENOUGH
    assert STEP % len(ALL)
    assert len(set(strings_for(Form("/", "/", "post"), "x", ENOUGH))) == ENOUGH


class Counter:
    """Takes a form unless a field holds more than ten characters, and one of its fields none but the ordinary."""

    def __init__(self) -> None:
        self.proven: dict[str, set[str]] = defaultdict(set)

    def post(self, form: Form, pairs: list[tuple[str, str]], said: str) -> bool:
        typed = {name: value for name, value in pairs if value != "as it stands"}
        taken = all(len(value) <= 10 for value in typed.values()) and typed.get("picky", ORDINARY) == ORDINARY
        if taken or len(typed) == 1:
            for name, value in typed.items():
                self.proven[name].add(value)
        return taken

    def put_back(self) -> None:
        """Nothing was kept."""


def test_each_field_gets_fifty_strings_that_are_taken_or_stand_alone() -> None:
    kinds = {"title": "text", "note": "textarea", "picky": "text", "address": "email"}
    inputs = [Input(name, kind, "as it stands") for name, kind in kinds.items()]
    form, counter = Form("/", "/", "post", inputs, fresh=list(kinds)), Counter()
    Sender(cast("Everywhere", counter), form).send_all()
    assert {name: len(counter.proven[name] - {ORDINARY}) >= ENOUGH for name in kinds} == dict.fromkeys(kinds, True)


@pytest.mark.parametrize("page", PAGES)
def test_forms_answer_in_words(everywhere: Everywhere, page: str) -> None:
    for form in everywhere.forms[page]:
        Sender(everywhere, form).send_all()
    assert everywhere.wrong == []
