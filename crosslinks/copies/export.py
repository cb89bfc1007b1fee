"""From an edition's rows to its document: what the file says, and which pictures lie beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select

from crosslinks.copies.decisions import PARTS, holder_of, table_of
from crosslinks.copies.encoding import Keys, encode, encode_condition, encode_programme, is_left_out
from crosslinks.copies.picture_names import describe_picture, name_picture
from crosslinks.copies.rules import FORMAT, VERSION, How, Kept, Names, Shows
from crosslinks.copies.tables import children_of, table
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db

Json = dict[str, Any]


@dataclass
class Document:
    """What an edition's file says; ``pictures`` are the stored files by their names beside it.

    ``lost`` says which pictures cannot be in it, because their files are gone from the disk.
    """

    content: Json
    pictures: dict[str, Path] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def export_edition(edition: Edition, uploads: Path) -> Document:
    """Return all of an edition that a file may hold: never people who take part, secrets or what was done here.

    One statement for each table. The same edition gives the same document, to the last character.
    """
    return _Writer(edition, uploads).write()


class _Writer:
    def __init__(self, edition: Edition, uploads: Path) -> None:
        self._edition = edition
        self._zone: ZoneInfo = edition.zone
        self._uploads = uploads
        self._keys = Keys()
        self._pictures: dict[str, Path] = {}
        self._lost: list[str] = []
        self._rows: dict[str, dict[int, list[RowMapping]]] = {}

    def write(self) -> Document:
        for name in PARTS:
            self._read(name)
        content = {"format": FORMAT, "version": VERSION}
        for name, number in (("conference", self._edition.conference_id), ("edition", self._edition.id)):
            content[name] = self._row(name, self._rows[name][number][0])
        return Document(content, self._pictures, self._lost)

    def _read(self, name: str) -> None:
        """Read the rows of a part, by the number of the row around each, and note how others name them."""
        part, found = PARTS[name], table(name)
        if not part.inside:
            number = self._edition.id if name == "edition" else self._edition.conference_id
            where = found.c.id == number
        elif part.inside == "edition":
            where = found.c.edition_id == self._edition.id
        else:
            around = [row["id"] for rows in self._rows[part.inside].values() for row in rows]
            where = found.c[holder_of(name)].in_(around)
        for column, is_empty in part.only.items():
            where &= found.c[column].is_(None) if is_empty else found.c[column].is_not(None)
        order = [found.c[one] for one in part.order] or list(found.primary_key)
        rows = db.session.execute(select(found).where(where).order_by(*order)).mappings()
        kept: dict[int, list[RowMapping]] = defaultdict(list)
        for row in rows:
            kept[row[holder_of(name)] if part.inside else row["id"]].append(row)
        if name == "programme_release":
            kept = defaultdict(list, {one: [max(all_, key=_number)] for one, all_ in kept.items()})
        self._rows[name] = kept
        if part.key:
            for place, row in enumerate((row for rows_ in kept.values() for row in rows_), 1):
                self._keys.note(name, row["id"], f"question-{place}" if part.key == "*" else row[part.key])

    def _row(self, name: str, row: RowMapping) -> Json:
        said: Json = {}
        part, columns = PARTS[name], table(name).c
        if part.key == "*":
            said["key"] = self._keys.of(name, row["id"])
        for column, decision in part.columns.items():
            if isinstance(decision, Kept) and not is_left_out(row[column], columns[column], decision):
                said[column] = self._value(row[column], decision)
            elif isinstance(decision, Names) and row[column] is not None:
                said[column.removesuffix("_id")] = self._keys.of(decision.table, row[column])
            elif isinstance(decision, Shows) and row[column] and not _is_cut(name, column, row):
                self._show(said, name, column, row)
        return said | self._inside(name, row.get("id", 0))

    def _inside(self, name: str, number: int) -> Json:
        """Return the lists that stand within a row."""
        said: Json = {}
        for child in children_of(name):
            rows = [self._row(child, inner) for inner in self._rows[child].get(number, ())]
            rows = [one for one in rows if table_of(child) != "edition_picture" or "file" in one]
            if "person_id" in PARTS[child].columns:
                rows.sort(key=lambda one: (one["position"], one["person"]))
            if rows:
                said[PARTS[child].name] = rows[0] if PARTS[child].single else rows
        return said

    def _value(self, value: Any, kept: Kept) -> Any:
        if kept.how is How.CONDITION:
            return encode_condition(value, self._keys)
        if kept.how is How.PROGRAMME:
            return encode_programme(value, self._keys, self._zone)
        return encode(value, self._zone)

    def _show(self, said: Json, name: str, column: str, row: RowMapping) -> None:
        """Name a picture by what it shows; one whose file is gone is not in the document, which says so."""
        path = self._uploads / row[column]
        if not path.is_file():
            self._lost.append(describe_picture(name, column, row))
            return
        said[column] = name_picture(name, column, row, path)
        self._pictures[said[column]] = path


def _number(row: RowMapping) -> int:
    number: int = row["number"]
    return number


def _is_cut(name: str, column: str, row: RowMapping) -> bool:
    """Say whether a picture is cut out of another one in the file, and so is cut anew when that is taken in."""
    return name == "person" and column == "portrait" and bool(row["portrait_source"])
