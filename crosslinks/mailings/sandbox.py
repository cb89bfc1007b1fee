"""Jinja for words that organizers write: names, conditions and a few filters, over plain values.

Nothing can loop, call, or reach into an object: what a text is made of is looked through before it is compiled, and
the immutable sandbox stands behind that. A value never meets the template's or the Markdown parser: a mark takes its
place, and the value is put in at the very end. So a name that looks like a template, a tag or a link stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crosslinks.mail.rules import Fact, UnfilledLetter
from crosslinks.mailings.catalogue import is_link

LONGEST_TEXT = 6_000
LONGEST_FILLED = 60_000
DEEPEST = 12
FILTERS = frozenset({"upper", "lower", "capitalize", "title", "trim"})
OPENS = re.compile(r"\{[{%#]")
MARK = "qz7placeholder{}qz"
MARKED = re.compile(r"qz7placeholder(\d{1,4})qz")
_VALUES = "values_put_in"
_PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not, nodes.Const, nodes.Filter,
)  # fmt: skip


class UnfilledText(UnfilledLetter):
    """A text that cannot be filled; the message names what is missing or wrong."""


@dataclass(frozen=True)
class Piece:
    """One token of a text, with its line and column from 1."""

    line: int
    column: int
    kind: str
    text: str


@pass_context
def _put_mark(context: Context, value: object) -> str:
    """Keep a value and return the mark that takes its place; an undefined or empty one is an error."""
    values: list[str] = context[_VALUES]
    text = str(value)
    if not text.strip():
        raise UnfilledText("empty")
    values.append(text)
    return MARK.format(len(values) - 1)


# Escaping happens where the values are put in, not here.
_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_put_mark, autoescape=False, cache_size=0)
_sandbox.globals.clear()


def parse(source: str) -> tuple[nodes.Template, list[Piece]]:
    """Return a text's tree and tokens; raises ``TemplateSyntaxError``, or ``RecursionError`` when nested too deeply."""
    return _sandbox.parse(source), list(_pieces(source))


def _pieces(source: str) -> Iterator[Piece]:
    line, column = 1, 1
    for _number, kind, text in _sandbox.lex(source):
        yield Piece(line, column, kind, text)
        breaks = text.count("\n")
        line += breaks
        column = len(text) - text.rfind("\n") if breaks else column + len(text)


def depth(node: nodes.Node) -> int:
    """Return how deeply a tree is nested."""
    return 1 + max((depth(child) for child in node.iter_child_nodes()), default=0)


def names_in(tree: nodes.Template) -> set[str]:
    """Return the names of the placeholders in a text."""
    return {name.name for name in tree.find_all(nodes.Name)}


def forbidden_lines(tree: nodes.Template) -> list[int]:
    """Return the lines that hold more than placeholders, conditions and the known filters."""
    return sorted({node.lineno for node in tree.find_all(nodes.Node) if not _is_plain(node)})


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Output):
        return all(isinstance(part, (nodes.TemplateData, nodes.Name, nodes.Filter)) for part in node.nodes)
    if isinstance(node, nodes.Filter):
        on_name = isinstance(node.node, (nodes.Name, nodes.Filter))
        on_link = isinstance(node.node, nodes.Name) and is_link(node.node.name)
        bare = not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
        return node.name in FILTERS and on_name and bare and not on_link
    if isinstance(node, nodes.Const):
        return isinstance(node.value, (str, int, bool))
    return isinstance(node, _PLAIN_NODES)


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    try:
        tree, pieces = parse(source)
    except (TemplateSyntaxError, RecursionError) as error:
        raise UnfilledText(f"The text cannot be read: {error}") from error
    is_raw = any(piece.kind == "raw_begin" for piece in pieces)
    if is_raw or depth(tree) > DEEPEST or forbidden_lines(tree):
        raise UnfilledText("The text holds more than placeholders and conditions.")
    return _sandbox.from_string(source)


def unified(text: str) -> str:
    """Return a text with one kind of line break, as it is looked through and filled."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fill(text: str, facts: Mapping[str, Fact]) -> tuple[str, list[str]]:
    """Return a text with a mark at each placeholder, and the values in the marks' order; raises ``UnfilledText``."""
    source = unified(text)
    if len(source) > LONGEST_TEXT:
        raise UnfilledText(f"The text is longer than {LONGEST_TEXT} characters.")
    values: list[str] = []
    try:
        marked = _compiled(source).render(**facts, **{_VALUES: values})
    except (UnfilledText, TemplateError, TypeError) as error:
        raise _unfilled(source, facts, error) from error
    if len(marked) + sum(map(len, values)) > LONGEST_FILLED:
        raise UnfilledText("The filled text is too long.")
    return marked, values


def _unfilled(source: str, facts: Mapping[str, Fact], error: Exception) -> UnfilledText:
    try:
        known = names_in(_sandbox.parse(source))
    except (TemplateSyntaxError, RecursionError):
        return UnfilledText(str(error))
    missing = sorted(name for name in known if not str(facts.get(name, "")).strip())
    names = ", ".join(f"{{{{ {name} }}}}" for name in missing)
    return UnfilledText(names or str(error), names=names)
