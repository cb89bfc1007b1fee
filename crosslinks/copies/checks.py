"""What must hold between the rows of a file: nothing stands twice, what is named is there, times are in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from crosslinks.copies.decisions import PARTS, table_of
from crosslinks.copies.decoding import Refused
from crosslinks.copies.programme import people_in
from crosslinks.copies.rows import Row
from crosslinks.copies.tables import unique_together
from crosslinks.mailings.placeholders import check_text
from crosslinks.mailings.wording import EDITABLE, LINES, LetterKey
from crosslinks.mailings.wording import PARTS as LETTER_PARTS

Found = Iterator[tuple[str, Refused]]
_ORDERED = {
    "edition": (("starts_at", "ends_at"), ("registration_opens_at", "registration_closes_at")),
    "session": (("starts_at", "ends_at"),),
    "talk": (("starts_at", "ends_at"),),
    "reconfirmation": (("ask_at", "warn_at"), ("warn_at", "release_at")),
}


def check_rows(rows: Iterable[Row]) -> Found:
    """Return every fault between the rows, with its place."""
    all_rows = list(rows)
    keys = {(row.part, row.key) for row in all_rows if row.key}
    yield from _twice(all_rows)
    for row in all_rows:
        yield from _names(row, keys)
        yield from _order(row)
        if row.part in _MORE:
            yield from _MORE[row.part](row, keys)


def _twice(rows: list[Row]) -> Found:
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        for names in unique_together(row.part):
            values = tuple(row.names.get(name) or row.values.get(name) for name in names)
            # what has no edition in its constraint is unique everywhere; what has, within the row around it
            one = (table_of(row.part), names, id(row.around) if _within(row.part) else 0, values)
            if one in seen:
                said = ", ".join(value[1] if isinstance(value, tuple) else str(value) for value in values)
                yield f"{row.path}.{names[0].removesuffix('_id')}", Refused("twice", said[:80])
            seen.add(one)
    for part in {row.part for row in rows if PARTS[row.part].key == "*"}:
        used = [row for row in rows if row.part == part]
        for row in used:
            if sum(other.key == row.key for other in used) > 1:
                yield f"{row.path}.key", Refused("twice", row.key)


def _within(part: str) -> bool:
    return part in {"session_moderator", "talk_speaker"}


def _names(row: Row, keys: set[tuple[str, str]]) -> Found:
    for column, named in row.names.items():
        if named not in keys:
            yield f"{row.path}.{column.removesuffix('_id')}", Refused("no_such", named[1][:80])


def _order(row: Row) -> Found:
    for first, second in _ORDERED.get(row.part, ()):
        before, after = row.values.get(first), row.values.get(second)
        if before is not None and after is not None and after <= before:
            yield f"{row.path}.{second}", Refused("order")


def _edition(row: Row, _keys: set[tuple[str, str]]) -> Found:
    ends, erased = row.values.get("ends_at"), row.values.get("erase_on")
    if ends is not None and erased is not None and erased <= ends.date():
        yield f"{row.path}.erase_on", Refused("order")


def _programme(row: Row, keys: set[tuple[str, str]]) -> Found:
    for key in people_in(row.values.get("content", [])):
        if ("person", key) not in keys:
            yield f"{row.path}.content", Refused("no_such", key[:80])


def _letter(row: Row, _keys: set[tuple[str, str]]) -> Found:
    kind, variant = row.values.get("kind"), row.values.get("variant")
    if kind is None or variant is None:
        return
    if LetterKey(kind, variant).slug not in EDITABLE:
        yield f"{row.path}.kind", Refused("no_letter")
        return
    for part in LETTER_PARTS:
        for code, text in row.values.get(part, {}).items():
            for problem in check_text(text, kind, one_line=part in LINES):
                yield f"{row.path}.{part}.{code}", Refused("bad_letter", str(problem))


def _picture(row: Row, _keys: set[tuple[str, str]]) -> Found:
    around = row.around
    seen = row.values.get("is_shown") or (
        around is not None and around.part == "story" and str(around.values.get("state")) == "published"
    )
    if seen and not any(row.values.get("alt", {}).values()):
        yield f"{row.path}.alt", Refused("undescribed")


def _question(row: Row, keys: set[tuple[str, str]]) -> Found:
    source = row.values.get("shown_if", "")
    if source.startswith("question-") and (("question", source) not in keys or source == row.key):
        yield f"{row.path}.shown_if", Refused("no_such", source)


_MORE: dict[str, Callable[[Row, set[tuple[str, str]]], Found]] = {
    "edition": _edition,
    "programme_release": _programme,
    "letter_template": _letter,
    "edition_picture": _picture,
    "story_picture": _picture,
    "question": _question,
}
