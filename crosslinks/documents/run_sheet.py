"""What the crew in each room needs: when, who, how many microphones, and whether the slides are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crosslinks.kernel.columns import Texts
from crosslinks.programme.rules import TALKS_WITH_SLIDES
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow


@dataclass(frozen=True)
class CrewFacts:
    """What is known beside the programme: how names are said, by person, and the talks whose slides are in.

    Where they are expected and not in, the paper has a box to tick.
    """

    hints: Mapping[int, str] = field(default_factory=dict)
    slides: frozenset[int] = frozenset()


@dataclass(frozen=True)
class OnStage:
    """Somebody on stage; ``hint`` is how the name is said, or empty."""

    name: str
    affiliation: str
    hint: str
    moderates: bool


@dataclass(frozen=True)
class Cue:
    """One thing that happens in a room; ``microphones`` counts the people on stage, each once."""

    starts_at: datetime
    ends_at: datetime
    title: Texts
    within: Texts
    people: tuple[OnStage, ...]
    microphones: int
    slides: bool
    expects_slides: bool
    streamed: bool
    is_break: bool


@dataclass(frozen=True)
class RoomSheet:
    """One room on one day, its cues in order; ``room`` is empty where none is told."""

    date: date
    room: str
    cues: tuple[Cue, ...]


def build_run_sheet(rows: Iterable[SessionRow], zone: ZoneInfo, facts: CrewFacts) -> list[RoomSheet]:
    """Return the sheets by day and room in order of the day; a break without a room stands in every room of its day."""
    by_day: dict[date, dict[str, list[Cue]]] = {}
    pauses: dict[date, list[Cue]] = {}
    for row in rows:
        day = row.starts_at.astimezone(zone).date()
        if row.is_break and not row.room:
            pauses.setdefault(day, []).append(_cue(row, None, facts))
            continue
        cues = by_day.setdefault(day, {}).setdefault(row.room, [])
        cues += [_cue(row, talk, facts) for talk in row.talks] or [_cue(row, None, facts)]
    for day, found in pauses.items():
        for cues in by_day.setdefault(day, {"": []}).values():
            cues.extend(found)
    return [
        RoomSheet(day, room, tuple(sorted(cues, key=lambda cue: (cue.starts_at, cue.ends_at))))
        for day, rooms in sorted(by_day.items())
        for room, cues in rooms.items()
    ]


def _cue(row: SessionRow, talk: TalkRow | None, facts: CrewFacts) -> Cue:
    shown = talk or row
    speakers = talk.speakers if talk else ()
    people = [_on_stage(person, facts, moderates=False) for person in speakers]
    people += [
        _on_stage(person, facts, moderates=True)
        for person in row.moderators
        if person.id not in {speaker.id for speaker in speakers}
    ]
    return Cue(
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        title=shown.title,
        within=row.title if talk and row.has_title else {},
        people=tuple(people),
        microphones=len(people),
        slides=talk is not None and talk.id in facts.slides,
        expects_slides=talk is not None and talk.kind in TALKS_WITH_SLIDES,
        streamed=row.streamed,
        is_break=row.is_break,
    )


def _on_stage(person: PersonLine, facts: CrewFacts, *, moderates: bool) -> OnStage:
    return OnStage(person.name, person.affiliation, facts.hints.get(person.id, ""), moderates)
