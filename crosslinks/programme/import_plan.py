"""What an import of a programme would do: every row read against what is there, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local, to_utc
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Invalid
from crosslinks.kernel.writing import clean_line, clean_lines
from crosslinks.programme.import_rules import (
    BREAK,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_PARTS,
    Column,
    NamedPerson,
    ReadRow,
    Refusal,
    person_key,
    plain_word,
    read_clock,
    read_day,
    read_end,
    read_kind,
    read_people,
)
from crosslinks.programme.models import Person
from crosslinks.programme.queries import list_rooms, list_session_rows
from crosslinks.programme.timeline import SessionRow
from crosslinks.web.spreadsheets import TableRow

_TITLES = {Column.TITLE_EN: "en", Column.TITLE_NB: "nb"}
_LINED = {Column.SPEAKERS, Column.MODERATORS, Column.ABSTRACT}
Key = tuple[str, datetime]


@dataclass
class ImportPlan:
    """The rows that can be taken in, those that are there already, what is wrong with the others, and who is new."""

    rows: list[ReadRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    known: int = 0
    people: dict[str, NamedPerson] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)

    @property
    def refused_rows(self) -> int:
        """How many rows something is wrong with."""
        return len({refusal.row for refusal in self.refusals})


def plan_import(
    edition: Edition, table: Iterable[TableRow], columns: Mapping[int, Column], *, create: bool
) -> ImportPlan:
    """Return what taking in ``table`` (without its heads) would do to the working copy.

    People and rooms that are not known are made when ``create`` says so, else their rows are refused.
    """
    planner = _Planner(edition, {meaning: number for number, meaning in columns.items()}, create=create)
    for row in table:
        planner.look_at(row)
    return planner.plan


def title_keys(title: Mapping[str, str], starts: datetime) -> list[Key]:
    """Return what says that a part is there already: one of its titles at its start."""
    return [(plain_word(text), starts) for text in title.values() if text]


class _Planner:
    def __init__(self, edition: Edition, columns: Mapping[Column, int], *, create: bool) -> None:
        self.plan = ImportPlan()
        self._edition, self._columns, self._create = edition, columns, create
        self._first_day = to_local(edition.starts_at, edition.zone).date()
        names = db.session.execute(select(Person.given_name, Person.family_name).where(Person.edition_id == edition.id))
        self._people = {person_key(f"{given} {family}") for given, family in names}
        self._rooms = {room.name.casefold() for room in list_rooms(edition.id)}
        self._there = {key for row in list_session_rows(edition.id) for key in _keys_of(row)}

    def look_at(self, row: TableRow) -> None:
        """Read one row and note what becomes of it."""
        before = len(self.plan.refusals)
        read = self._read(row)
        if read is None or len(self.plan.refusals) > before:
            return
        starts = to_utc(read.starts_at, self._edition.zone)
        keys = title_keys(read.title, starts)
        if any(key in self._there for key in keys):
            self.plan.known += 1
            return
        if len(self.plan.rows) >= MOST_PARTS:
            raise Invalid("import.too_many_rows")
        self._there.update(keys)
        self.plan.rows.append(read)
        self._note_new(read)

    def _read(self, row: TableRow) -> ReadRow | None:
        kind = read_kind(self._text(row, Column.KIND, LONGEST_NAME))
        if kind is None:
            self._refuse(row, "kind_unknown", Column.KIND)
        title = self._title(row)
        times = self._times(row)
        speakers = self._people_in(row, Column.SPEAKERS)
        moderators = self._people_in(row, Column.MODERATORS)
        room = self._room(row)
        session = self._text(row, Column.SESSION, LONGEST_TITLE)
        abstract = self._text(row, Column.ABSTRACT, None)
        if kind is None or times is None:
            return None
        is_break = kind == BREAK
        if moderators and (is_break or not session):
            self._refuse(row, "moderator_alone", Column.MODERATORS)
        if speakers and is_break:
            self._refuse(row, "speaker_in_break", Column.SPEAKERS)
        return ReadRow(
            row.number, kind, title, *times, room, "" if is_break else session, abstract, speakers, moderators
        )

    def _refuse(self, row: TableRow, code: str, column: Column, fact: str = "") -> None:
        self.plan.refusals.append(Refusal(row.number, code, column, fact))

    def _text(self, row: TableRow, column: Column, most: int | None) -> str:
        number = self._columns.get(column)
        if number is None:
            return ""
        if number in row.formulas:
            self._refuse(row, "formula", column)
            return ""
        lined = column in _LINED
        text = (clean_lines if lined else clean_line)(row.cell(number))
        if text is None:
            self._refuse(row, "character", column)
            return ""
        if most is not None and len(text) > most:
            self._refuse(row, "too_long", column, str(most))
            return ""
        return text

    def _title(self, row: TableRow) -> dict[str, str]:
        texts = {language: self._text(row, column, LONGEST_TITLE) for column, language in _TITLES.items()}
        plain = self._text(row, Column.TITLE, LONGEST_TITLE)
        if plain:
            texts.setdefault(self._edition.languages[0], "")
            texts[self._edition.languages[0]] = texts[self._edition.languages[0]] or plain
        found = {language: text for language, text in texts.items() if text}
        if not found:
            self._refuse(row, "title_missing", self._first_of(Column.TITLE, Column.TITLE_EN, Column.TITLE_NB))
        return found

    def _first_of(self, *wanted: Column) -> Column:
        return next((column for column in wanted if column in self._columns), wanted[0])

    def _times(self, row: TableRow) -> tuple[datetime, datetime] | None:
        start = self._text(row, Column.START, LONGEST_NAME)
        told = self._text(row, Column.DAY, LONGEST_NAME)
        day = read_day(told or start) or (None if told else self._first_day)
        clock = read_clock(start)
        if day is None:
            self._refuse(row, "day_unreadable", Column.DAY, told)
        if clock is None:
            self._refuse(row, "time_unreadable" if start else "time_missing", Column.START, start)
        if day is None or clock is None:
            return None
        starts = datetime.combine(day, clock)
        end, minutes = self._text(row, Column.END, LONGEST_NAME), self._text(row, Column.MINUTES, LONGEST_NAME)
        ends = read_end(starts, end, minutes)
        if ends is None:
            self._refuse(row, "end_unreadable", self._first_of(Column.END, Column.MINUTES), end or minutes)
            return None
        return (starts, ends) if self._exist(row, starts, ends) else None

    def _exist(self, row: TableRow, *moments: datetime) -> bool:
        try:
            for moment in moments:
                to_utc(moment, self._edition.zone)
        except (Invalid, OverflowError):
            self._refuse(row, "time_unreadable", Column.START, f"{moments[0]:%H:%M}")
            return False
        return True

    def _people_in(self, row: TableRow, column: Column) -> tuple[NamedPerson, ...]:
        found = read_people(self._text(row, column, 10 * LONGEST_NAME))
        if any(max(len(person.given_name), len(person.family_name)) > LONGEST_NAME for person in found):
            self._refuse(row, "too_long", column, str(LONGEST_NAME))
        unknown = [person.name for person in found if person.key not in self._people]
        if unknown and not self._create:
            self._refuse(row, "person_unknown", column, "; ".join(unknown)[:LONGEST_TITLE])
        return found

    def _room(self, row: TableRow) -> str:
        room = self._text(row, Column.ROOM, LONGEST_NAME)
        if room and room.casefold() not in self._rooms and not self._create:
            self._refuse(row, "room_unknown", Column.ROOM, room)
        return room

    def _note_new(self, read: ReadRow) -> None:
        for person in (*read.speakers, *read.moderators):
            if person.key not in self._people:
                self.plan.people.setdefault(person.key, person)
        if read.room and read.room.casefold() not in self._rooms:
            self.plan.rooms.setdefault(read.room.casefold(), read.room)


def _keys_of(row: SessionRow) -> list[Key]:
    parts = row.talks or (row,)
    return [key for part in parts for key in title_keys(part.title, part.starts_at)]
