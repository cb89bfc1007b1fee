"""The motif as numbers: strands, links and knots. Numbers in, SVG path data out; the macros draw it.

Two strands run through the day, the room solid and the stream dashed; a talk is a link with a knot at
each end; in a break they part.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, pi, sin

Point = tuple[float, float]

MARK_ROOM = "M8 2.5C8 8 10.5 9 10.5 14S8 20 8 25.5"
MARK_STREAM = "M20 2.5C20 8 17.5 9 17.5 14S20 20 20 25.5"
MARK_LINKS = "M9.2 8.5h9.6M10.5 14h7M9.2 19.5h9.6"
"""The mark on a grid of 28: two bent strands and three links."""


@dataclass(frozen=True)
class Portrait:
    """A placeholder for a portrait on a grid of 80 x 100: alternate strands, links, initials."""

    room: str
    stream: str
    links: str
    initials: str


@dataclass(frozen=True)
class Moment:
    """One talk of the day for the cover: minutes since midnight, an optional name."""

    start: int
    minutes: int
    name: str = ""


@dataclass(frozen=True)
class Break:
    """One break of the day for the cover: minutes since midnight, an optional word."""

    start: int
    minutes: int
    name: str = ""


@dataclass(frozen=True)
class Label:
    """A word on the cover: where its middle stands, and what it is: name, time or break."""

    x: float
    y: float
    text: str
    kind: str


@dataclass(frozen=True)
class CoverLink:
    """One talk drawn: a straight link between the strands at its true time."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Cover:
    """The whole day from left to right."""

    width: int
    height: int
    past: tuple[str, ...]
    past_links: str
    room: str
    stream: str
    links: tuple[CoverLink, ...]
    knots: tuple[Point, ...]
    labels: tuple[Label, ...]
    knot_radius: float


def initials(name: str) -> str:
    """Return one or two initials of a name, titles and particles left out."""
    titles = {"dr.", "dr", "prof.", "prof", "professor", "md", "phd"}
    parts = [part for part in name.replace("\u00a0", " ").split() if part.lower().rstrip(",") not in titles]
    proper = [part for part in parts if part[0].isupper()] or parts
    if not proper:
        return ""
    ends = proper[:1] + proper[-1:] if len(proper) > 1 else proper
    return "".join(part[0] for part in ends).upper()


def _chance(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 (a drawing, which must come out the same everywhere)


@lru_cache(maxsize=2000)
def portrait(name: str) -> Portrait:
    """Return the placeholder of a person: the same strands for the same name, everywhere and always."""
    chance = _chance(name)
    sway, slope = chance.uniform(6, 10), chance.uniform(-6, 14)
    phase, turns = chance.uniform(0, 2 * pi), chance.uniform(1.05, 1.75)
    strands: list[list[Point]] = []
    for column in range(6):
        lag = phase + column * chance.uniform(0.30, 0.42)
        left = -4 + column * 16.4
        strands.append(
            [
                (left + slope * (y - 50) / 100 + sway * sin(lag + turns * 2 * pi * y / 112), float(y))
                for y in range(-6, 107, 28)
            ]
        )
    links = []
    for column in range(5):
        row = chance.randrange(1, 4)
        while row == 2 and column in {1, 2, 3}:  # the middle belongs to the initials
            row = chance.randrange(1, 4)
        (x1, y), (x2, _) = strands[column][row], strands[column + 1][row]
        links.append(f"M{x1:.1f} {y:.1f}L{x2:.1f} {y:.1f}")
    return Portrait(
        room="".join(smooth(strand) for strand in strands[::2]),
        stream="".join(smooth(strand) for strand in strands[1::2]),
        links="".join(links),
        initials=initials(name),
    )


def smooth(points: Sequence[Point]) -> str:
    """Return path data of a calm curve through the points (Catmull-Rom as cubic Béziers)."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for index in range(len(points) - 1):
        before, here = points[max(index - 1, 0)], points[index]
        there, after = points[index + 1], points[min(index + 2, len(points) - 1)]
        one = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        two = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        first = (
            "S" if index else f"C{one[0]:.1f} {one[1]:.1f} "
        )  # S mirrors the control point before it: the same curve
        parts.append(f"{first}{two[0]:.1f} {two[1]:.1f} {there[0]:.1f} {there[1]:.1f}")
    return "".join(parts)


@dataclass(frozen=True)
class _Sheet:
    """The measures of one variant of the cover."""

    width: int
    height: int
    first: float
    last: float
    middle: float
    sway: float
    gap: float
    bulge: float
    step: float
    knot: float


_WIDE = _Sheet(1280, 300, 70, 1210, 152, 30, 45, 40, 22.3, 6)
_PHONE = _Sheet(390, 150, 22, 368, 78, 13, 26, 17, 9.0, 5.5)


def cover(
    talks: Sequence[Moment],
    breaks: Sequence[Break],
    *,
    earlier: int,
    seed: str = "",
    phone: bool = False,
    clock: str = ":",
) -> Cover:
    """Return the drawing of a day: a link at the true time of each talk, a bulge in each break.

    One faint strand runs behind it for each ``earlier`` edition. A phone gets no labels; ``clock`` parts hours from
    minutes.
    """
    sheet = _PHONE if phone else _WIDE
    day = _Day(sheet, talks, breaks)
    xs = [-30 + sheet.step * step for step in range(int((sheet.width + 60) / sheet.step) + 2)]
    links = tuple(
        CoverLink(day.x(talk.start), day.room(day.x(talk.start)), day.stream(day.x(talk.start))) for talk in talks
    )
    past = _past_strands(day, earlier, seed or str(len(talks)))
    return Cover(
        width=sheet.width,
        height=sheet.height,
        past=tuple(smooth(strand[::2]) for strand in past),
        past_links=_past_links(past, seed, 2 if phone else 4),
        room=smooth([(x, day.room(x)) for x in xs]),
        stream=smooth([(x, day.stream(x)) for x in xs]),
        links=links,
        knots=tuple((x, day.room(x)) for x in map(day.middle_of, breaks)),
        labels=() if phone else tuple(_labels(day, talks, breaks, clock)),
        knot_radius=sheet.knot,
    )


class _Day:
    """Where the strands of one day run on a sheet."""

    def __init__(self, sheet: _Sheet, talks: Sequence[Moment], breaks: Sequence[Break]) -> None:
        everything: list[Moment | Break] = [*talks, *breaks]
        self.sheet = sheet
        self._start = min((part.start for part in everything), default=0)
        end = max((part.start + part.minutes for part in everything), default=1)
        self._scale = (sheet.last - sheet.first) / max(end - self._start, 1)
        self._bulges = [
            (self.middle_of(part), max(part.minutes * self._scale * 0.42, sheet.width * 0.025)) for part in breaks
        ]

    def x(self, minute: float) -> float:
        return self.sheet.first + (minute - self._start) * self._scale

    def middle_of(self, part: Break) -> float:
        return self.x(part.start + part.minutes / 2)

    def _parting(self, x: float) -> float:
        """How far the strands have parted, 0 to 1 in the middle of a break."""
        return sum(exp(-(((x - middle) / width) ** 2)) for middle, width in self._bulges)

    def _line(self, x: float) -> float:
        sheet = self.sheet
        return (
            sheet.middle
            + sheet.sway * sin(2 * pi * (x / sheet.width * 0.93 - 0.02)) * (1 - 0.35 * x / sheet.width)
            - sheet.gap / 2
        )

    def room(self, x: float) -> float:
        return self._line(x) - self.sheet.bulge * self._parting(x)

    def stream(self, x: float) -> float:
        return self._line(x) + self.sheet.gap + self.sheet.bulge * 0.72 * self._parting(x)

    def swell(self, x: float, level: float) -> float:
        """How far the day bends a strand that runs at ``level``: less the farther away it is."""
        sheet = self.sheet
        away = level - sheet.middle
        near = exp(-((away / (sheet.height * 0.45)) ** 2))
        bend = self._line(x) + sheet.gap / 2 - sheet.middle
        parting = sheet.bulge * 0.7 * self._parting(x) * (1 if away > 0 else -1)
        return near * (bend + parting) + (1 - near) * bend * 0.6


def _labels(day: _Day, talks: Sequence[Moment], breaks: Sequence[Break], clock: str) -> list[Label]:
    """Names above and times below, but none that would touch the one before it."""
    labels = []
    name_ends = time_ends = -1e9
    for talk in talks:
        x = day.x(talk.start)
        half = 4.6 * len(talk.name)
        if talk.name and x - half > name_ends + 8:
            highest = min(day.room(x + half * part / 4) for part in range(-4, 5))
            labels.append(Label(x, highest - 15, talk.name, "name"))
            name_ends = x + half
            if x - 24 > time_ends:
                lowest = max(day.stream(x + 20 * part) for part in (-1, 0, 1))
                labels.append(Label(x, lowest + 28, f"{talk.start // 60:02d}{clock}{talk.start % 60:02d}", "time"))
                time_ends = x + 24
    for part in breaks:
        if part.name:
            x = day.middle_of(part)
            labels.append(Label(x, (day.room(x) + day.stream(x)) / 2 + 6, part.name, "break"))
    return labels


def _past_strands(day: _Day, earlier: int, seed: str) -> list[list[Point]]:
    """One strand for each earlier edition; they give way to the day like grain around a knot."""
    sheet = day.sheet
    chance = _chance(f"past {seed}")
    columns = [-30 + (sheet.width + 60) * step / 22 for step in range(23)]
    strands: list[list[Point]] = []
    for number in range(earlier):
        level = sheet.height * (1.08 * (number + 0.5) / max(earlier, 1) - 0.04)
        waves = [
            (chance.uniform(0.006, 0.014), chance.uniform(1, 2.6) * turns, chance.uniform(0, 2 * pi))
            for turns in (1, 2, 4)
        ]
        strands.append(
            [
                (
                    x,
                    level
                    + day.swell(x, level)
                    + sheet.height
                    * sum(size * sin(2 * pi * turns * x / sheet.width + phase) for size, turns, phase in waves),
                )
                for x in columns
            ]
        )
    return strands


def _past_links(strands: Sequence[Sequence[Point]], seed: str, each: int) -> str:
    """Join neighbouring strands here and there, where they do not cross, at points that are drawn (every other)."""
    chance = _chance(f"links {seed}")
    parts = []
    for upper, lower in itertools.pairwise(strands):
        for place in sorted(chance.sample(range(2, 22, 2), each)):
            (x, top), (_, bottom) = upper[place], lower[place]
            if bottom - top > 4:
                parts.append(f"M{x:.1f} {top:.1f}V{bottom:.1f}")
    return "".join(parts)
