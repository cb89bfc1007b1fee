"""Words that organizers write: Markdown with placeholders, checked when saved and filled when a letter is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from jinja2 import TemplateSyntaxError, nodes
from markupsafe import Markup, escape

from crosslinks.mail.rules import Fact
from crosslinks.mailings.catalogue import is_link, names_of, sample_facts
from crosslinks.mailings.sandbox import (
    DEEPEST,
    FILTERS,
    LONGEST_TEXT,
    MARK,
    MARKED,
    OPENS,
    Piece,
    UnfilledText,
    depth,
    fill,
    forbidden_lines,
    names_in,
    parse,
    unified,
)
from crosslinks.web.markdown import LINK_OR_TEXT, plain_markdown, render_markdown

LONGEST_LINE = 200
_WHOLE = re.compile(r"(?<![^\s(<*_\"«“])qz7placeholder\d{1,4}qz(?=[.,;:!?*_\"»”]*(?:[\s)>]|$))")
_ONE_BRACE = re.compile(r"(?<!\{)\{\s*(\w+)\s*\}(?!\})")
_HREF = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True)
class Problem:
    """What is wrong in a text, and where; lines and columns count from 1."""

    line: int
    column: int
    words: str

    def __str__(self) -> str:
        return _("Line %(line)s, column %(column)s: %(words)s", line=self.line, column=self.column, words=self.words)


@dataclass(frozen=True)
class Passage:
    """A filled text twice: as plain words, and as safe HTML."""

    text: str
    html: Markup


def check_text(
    text: str, kind: str, facts: Mapping[str, Fact] | None = None, *, one_line: bool = False
) -> list[Problem]:
    """Return what is wrong in a text for letters of ``kind``, in words, with line and column; nothing when it is good.

    It is tried with ``facts``, and with the catalogue's examples where they say nothing.
    """
    source = unified(text)
    longest = LONGEST_LINE if one_line else LONGEST_TEXT
    if len(source) > longest:
        return [Problem(1, 1, _("It is longer than %(most)s characters.", most=longest))]
    if "\x00" in source or MARKED.search(source):
        return [Problem(1, 1, _("There is a character in it that cannot be kept."))]
    try:
        tree, pieces = parse(source)
    except TemplateSyntaxError as error:
        return [_unreadable(source, error)]
    except RecursionError:
        return [Problem(1, 1, _("It is nested too deeply."))]
    known = sample_facts() | dict(facts or {})
    tried = {name: known[name] for name in names_of(kind)}
    found = [
        *_wrong_constructions(source, tree, pieces),
        *_wrong_names(tree, pieces, tried),
        *_wrong_links(pieces, one_line=one_line),
    ]
    found.sort(key=lambda problem: (problem.line, problem.column))
    return found or _wrong_values(source, pieces, tried)


def _unreadable(source: str, error: TemplateSyntaxError) -> Problem:
    lines = source.split("\n")
    number = min(max(error.lineno, 1), len(lines))
    opened = list(OPENS.finditer(lines[number - 1]))
    words = _("This cannot be read. A placeholder is one name between double braces, as in {{ given_name }}.")
    return Problem(number, opened[-1].start() + 1 if opened else 1, words)


def _wrong_constructions(source: str, tree: nodes.Template, pieces: list[Piece]) -> Iterator[Problem]:
    lines = source.split("\n")
    if depth(tree) > DEEPEST:
        yield Problem(1, 1, _("It is nested too deeply."))
    for number in forbidden_lines(tree):
        opened = OPENS.search(lines[min(number, len(lines)) - 1])
        allowed = ", ".join(sorted(FILTERS))
        words = _("Only placeholders, conditions (if) and the filters %(filters)s can stand here.", filters=allowed)
        yield Problem(number, opened.start() + 1 if opened else 1, words)
    for piece in pieces:
        if piece.kind == "raw_begin":
            yield Problem(piece.line, piece.column, _("A raw passage cannot stand here."))


def _wrong_names(tree: nodes.Template, pieces: list[Piece], facts: Mapping[str, Fact]) -> Iterator[Problem]:
    used = names_in(tree)
    for piece in pieces:
        if piece.kind == "name" and piece.text in used and piece.text not in facts:
            words = _("There is no placeholder {{ %(name)s }} in this letter.", name=piece.text)
            yield Problem(piece.line, piece.column, words)
        elif piece.kind == "data":
            yield from _single_braces(piece, facts)


def _single_braces(piece: Piece, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    for found in _ONE_BRACE.finditer(piece.text):
        if found[1] in facts:
            before = piece.text[: found.start()]
            breaks = before.count("\n")
            column = len(before) - before.rfind("\n") if breaks else piece.column + len(before)
            yield Problem(piece.line + breaks, column, _("Write {{ %(name)s }} with two braces.", name=found[1]))


def _wrong_links(pieces: list[Piece], *, one_line: bool) -> Iterator[Problem]:
    """Find links that are put together from parts, or that stand where there can be none."""
    marked, names = _flattened(pieces)
    whole = {found.start() for found in _WHOLE.finditer(marked)}
    for found, name in zip(MARKED.finditer(marked), names, strict=True):
        if not is_link(name.text):
            continue
        if one_line:
            yield Problem(name.line, name.column, _("A link cannot stand in this line."))
        elif found.start() not in whole:
            words = _("A link stands by itself, with a space or a line break around it, or alone as [words](link).")
            yield Problem(name.line, name.column, words)
    for target in [] if one_line else _HREF.findall(str(render_markdown(marked))):
        inside = MARKED.search(target)
        if inside and (inside[0] != target or not is_link(names[int(inside[1])].text)):
            name = names[int(inside[1])]
            yield Problem(name.line, name.column, _("A link’s address is a link placeholder alone, or has none."))


def _flattened(pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """Return the text of all branches with marks for placeholders, and the names that the marks stand for."""
    parts: list[str] = []
    names: list[Piece] = []
    awaited = False
    for piece in pieces:
        if piece.kind == "data":
            parts.append(piece.text)
        elif piece.kind == "variable_begin":
            awaited = True
        elif piece.kind == "name" and awaited:
            parts.append(MARK.format(len(names)))
            names.append(piece)
            awaited = False
    return "".join(parts), names


def _wrong_values(source: str, pieces: list[Piece], facts: Mapping[str, Fact]) -> list[Problem]:
    try:
        fill(source, facts)
    except UnfilledText as error:
        for piece in pieces:
            if piece.kind == "name" and facts.get(piece.text) == "":
                words = _(
                    "{{ %(name)s }} has no value in this edition. Leave it out, or write the sentence within an if.",
                    name=piece.text,
                )
                return [Problem(piece.line, piece.column, words)]
        return [Problem(1, 1, _("It cannot be filled: %(words)s", words=error.names or str(error)))]
    return []


def render_line(text: str, facts: Mapping[str, Fact]) -> str:
    """Return one filled line, such as a subject, with single spaces and no line break; raises ``UnfilledText``."""
    marked, values = fill(text, facts)
    return _one_line(MARKED.sub(lambda found: values[int(found[1])], marked))


def render_text(text: str, facts: Mapping[str, Fact]) -> Passage:
    """Return a filled passage as plain words and as HTML; raises ``UnfilledText``."""
    marked, values = fill(text, facts)
    links = {str(value) for name, value in facts.items() if is_link(name)}
    plain = MARKED.sub(lambda found: _one_line(values[int(found[1])]), plain_markdown(marked))
    return Passage(plain, _filled_html(str(render_markdown(marked)), values, links))


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _filled_html(html: str, values: list[str], links: set[str]) -> Markup:
    def put(found: re.Match[str]) -> str:
        return str(escape(_one_line(values[int(found[1])])))

    def put_link(found: re.Match[str]) -> str:
        address = put(found)
        return f'<a href="{address}">{address}</a>' if values[int(found[1])] in links else address

    pieces = LINK_OR_TEXT.findall(html)
    filled = (MARKED.sub(put if piece.startswith("<a ") else put_link, piece) for piece in pieces)
    return Markup("".join(filled))  # noqa: S704 - cleaned by nh3 before the escaped values were put in
