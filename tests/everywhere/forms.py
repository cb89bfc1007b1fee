"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

BUTTONS = {"submit", "button", "reset", "image"}


@dataclass
class Input:
    """One thing in a form that has a name."""

    name: str
    kind: str
    value: str = ""
    sent: bool = True
    """Whether a browser sends it as the page stands (an unticked box is not sent)."""


@dataclass
class Form:
    """One form; ``page`` is where it stands."""

    page: str
    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)
    organizer: bool = False
    fresh: list[str] = field(default_factory=list)
    """The fields that no page before showed."""

    @property
    def fields(self) -> list[str]:
        """The names that it sends, without the token against forgery."""
        return list(dict.fromkeys(one.name for one in self.inputs if one.name and one.name != "csrf_token"))

    def kind_of(self, name: str) -> str:
        return next(one.kind for one in self.inputs if one.name == name)

    def sent(self) -> list[tuple[str, str]]:
        """Return what a browser sends with its first button."""
        pairs = [(one.name, one.value) for one in self.inputs if one.sent and one.name and one.kind not in BUTTONS]
        button = next((one for one in self.inputs if one.kind in BUTTONS and one.name), None)
        return [*pairs, (button.name, button.value)] if button else pairs

    def with_one(self, name: str, typed: str) -> list[tuple[str, str]]:
        """Return what is sent when ``typed`` stands in one field."""
        return [pair for pair in self.sent() if pair[0] != name] + [(name, typed)]


class _FormReader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._elsewhere: list[tuple[str, Input]] = []
        self._by_id: dict[str, Form] = {}
        self._text: Input | None = None
        self._select: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.page
            self._open = Form(self.page, action, given.get("method", "get").lower())
            self._by_id[given.get("id", "")] = self._open
            self.forms.append(self._open)
        elif tag == "option":
            self._choose(given)
        elif tag in {"input", "textarea", "select", "button"}:
            self._take(tag, given)

    handle_startendtag = handle_starttag

    def _choose(self, given: dict[str, str]) -> None:
        if self._select is not None and ("selected" in given or not self._select.sent):
            self._select.value, self._select.sent = given.get("value", ""), True

    def _take(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text") if tag in {"input", "button"} else tag
        found = Input(given.get("name", ""), kind, given.get("value", ""))
        if kind in {"checkbox", "radio"}:
            found.sent, found.value = "checked" in given, given.get("value", "on")
        if tag == "textarea":
            self._text = found
        if tag == "select":
            found.sent, self._select = False, found
        if "formaction" in given and self._open is not None:
            other = Form(self.page, given["formaction"], self._open.method, self._open.inputs)
            self.forms.append(other)
        if "form" in given:
            self._elsewhere.append((given["form"], found))
        elif self._open is not None:
            self._open.inputs.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def close(self) -> None:
        super().close()
        for name, one in self._elsewhere:
            if name in self._by_id:
                self._by_id[name].inputs.append(one)


def read_forms(page: str, html: str) -> Iterator[Form]:
    """Yield the forms of a page, in order."""
    reader = _FormReader(page)
    reader.feed(html)
    reader.close()
    yield from reader.forms
