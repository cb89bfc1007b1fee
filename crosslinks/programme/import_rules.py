"""A programme as rows of a table: what the columns may hold, and how their cells are read. No database in here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from crosslinks.programme.rules import TalkKind, slug_of

MOST_PARTS = 500
LONGEST_TITLE = 300
LONGEST_NAME = 120
LONGEST_MINUTES = 24 * 60


class Column(StrEnum):
    """What a column may hold."""

    DAY = "day"
    START = "start"
    END = "end"
    MINUTES = "minutes"
    TITLE = "title"
    TITLE_EN = "title_en"
    TITLE_NB = "title_nb"
    KIND = "kind"
    SPEAKERS = "speakers"
    SESSION = "session"
    MODERATORS = "moderators"
    ROOM = "room"
    ABSTRACT = "abstract"


_HEADS: dict[Column, tuple[str, ...]] = {
    Column.DAY: ("day", "date", "dag", "dato"),
    Column.START: (
        "start", "starts", "from", "time", "begins", "start time", "fra", "starter", "tid", "klokkeslett", "kl",
    ),
    Column.END: ("end", "ends", "to", "until", "end time", "til", "slutt", "slutter"),
    Column.MINUTES: ("minutes", "duration", "length", "min", "minutter", "varighet", "lengde"),
    Column.TITLE: ("title", "talk", "what", "name", "tittel", "foredrag", "innslag", "hva"),
    Column.TITLE_EN: (
        "title english", "title in english", "english title", "title en", "tittel engelsk", "engelsk tittel",
    ),
    Column.TITLE_NB: (
        "title norwegian", "title in norwegian", "norwegian title", "title nb", "tittel norsk", "norsk tittel",
    ),
    Column.KIND: ("kind", "type", "slag", "art"),
    Column.SPEAKERS: ("speaker", "speakers", "who", "foredragsholder", "foredragsholdere", "taler", "hvem", "innleder"),
    Column.SESSION: ("session", "track", "sesjon", "bolk", "okt", "del"),
    Column.MODERATORS: ("moderator", "moderators", "chair", "chairs", "moteleder", "moteledere", "ordstyrer"),
    Column.ROOM: ("room", "place", "hall", "rom", "sal", "sted"),
    Column.ABSTRACT: ("abstract", "description", "sammendrag", "beskrivelse", "omtale"),
}  # fmt: skip
_BY_HEAD = {head: column for column, heads in _HEADS.items() for head in heads}

BREAK = "break"
_KINDS: dict[str, str] = {
    "": TalkKind.TALK,
    **dict.fromkeys(("talk", "lecture", "foredrag", "innlegg"), TalkKind.TALK),
    **dict.fromkeys(("keynote", "hovedforedrag", "hovedinnlegg"), TalkKind.KEYNOTE),
    **dict.fromkeys(("panel", "debate", "debatt", "panelsamtale", "paneldebatt", "samtale"), TalkKind.PANEL),
    **dict.fromkeys(("opening", "welcome", "apning", "velkomst", "velkommen"), TalkKind.OPENING),
    **dict.fromkeys(("closing", "avslutning"), TalkKind.CLOSING),
    **dict.fromkeys(("break", "lunch", "coffee", "pause", "lunsj", "kaffe", "mingling"), BREAK),
}
_TITLES = re.compile(r"^(?:(?:prof|professor|dr|forsteamanuensis|phd)\.?\s+)+", re.IGNORECASE)
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?")


@dataclass(frozen=True)
class Refusal:
    """What is wrong with a row (by its number in the file): a code, the column at fault, and a fact for its words."""

    row: int
    code: str
    column: Column
    fact: str = ""


@dataclass(frozen=True)
class NamedPerson:
    """Somebody as a table names them; ``key`` is the same however the name is written."""

    title: str
    given_name: str
    family_name: str
    affiliation: str

    @property
    def key(self) -> str:
        """The name to compare with others."""
        return person_key(f"{self.given_name} {self.family_name}")

    @property
    def name(self) -> str:
        """The name without its title."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class ReadRow:
    """One good row: a talk, or a break (``kind`` is then ``BREAK``); times are local."""

    number: int
    kind: str
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    session: str = ""
    abstract: str = ""
    speakers: tuple[NamedPerson, ...] = field(default=())
    moderators: tuple[NamedPerson, ...] = field(default=())


def plain_word(text: str) -> str:
    """Return a head or a word of a cell as the lists of this module are written."""
    return slug_of(text, fallback="").replace("-", " ")


def guess_columns(heads: Sequence[str]) -> dict[int, Column]:
    """Return the columns whose head says what they hold, each meaning once."""
    found: dict[int, Column] = {}
    for number, head in enumerate(heads):
        meaning = _BY_HEAD.get(plain_word(head))
        if meaning is not None and meaning not in found.values():
            found[number] = meaning
    return found


def person_key(name: str) -> str:
    """Return a name as it is compared: without titles, capitals and accents."""
    return slug_of(_TITLES.sub("", " ".join(name.split())), fallback="")


def read_people(text: str) -> tuple[NamedPerson, ...]:
    """Return the people that a cell names, parted by semicolons or lines: ``Prof. Ada Demo (Oslo); Bo Demo``."""
    parts = (" ".join(part.split()) for part in re.split(r"[;\n]", text))
    return tuple(_read_person(part) for part in parts if part)


def _read_person(text: str) -> NamedPerson:
    affiliation = ""
    if text.endswith(")") and "(" in text:
        text, _, affiliation = text[:-1].rpartition("(")
    titled = _TITLES.match(text)
    title = titled.group().strip() if titled else ""
    given, _, family = text[len(titled.group()) if titled else 0 :].strip().rpartition(" ")
    return NamedPerson(title, given or family, family if given else "", affiliation.strip())


def read_kind(text: str) -> str | None:
    """Return a kind of talk or ``BREAK``; None for a word that is not known."""
    return _KINDS.get(plain_word(text))


def read_clock(text: str) -> time | None:
    """Return a time of day such as ``9:30``, ``09.30`` or that of ``2024-01-25T09:30:00``, else None."""
    found = _CLOCK.fullmatch(text.rpartition("T")[2].strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_day(text: str) -> date | None:
    """Return a day written ``2024-01-25``, ``25.01.2024`` or ``25/1/2024``; None for anything else."""
    plain = text.partition("T")[0].strip()
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(plain, pattern).date()  # noqa: DTZ007 - a day alone
        except ValueError:
            continue
    return None


def read_end(starts: datetime, end: str, minutes: str) -> datetime | None:
    """Return the end by its own time, else by a length in minutes; None where neither makes sense."""
    if end:
        clock = read_clock(end)
        found = datetime.combine(starts.date(), clock) if clock else None
        return found if found and found > starts else None
    plain = minutes.strip().removesuffix("min").strip(" .")
    if plain.isascii() and plain.isdigit() and len(plain) < 5 and 0 < int(plain) <= LONGEST_MINUTES:
        return starts + timedelta(minutes=int(plain))
    return None
