"""Charts as numbers: values in, coordinates out; the macros draw them and put a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 560
HEIGHT = 200
LEFT, RIGHT, TOP, BOTTOM = 40, 556, 30, 170
WIDEST_BAR = 52.0
LEAST_SHARE = 8.0


@dataclass(frozen=True)
class Tick:
    """A value of an axis and where it stands."""

    at: float
    text: str
    anchor: str = "end"


@dataclass(frozen=True)
class Line:
    """One series drawn; ``area`` closes it down to the axis, the label stands at its last point."""

    path: str
    area: str
    label_y: float


@dataclass(frozen=True)
class LineChart:
    """Series over time."""

    lines: tuple[Line, ...]
    values: tuple[Tick, ...]
    times: tuple[Tick, ...]
    limit_y: float | None


@dataclass(frozen=True)
class Bar:
    """One bar drawn."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True)
class BarChart:
    """Counts per step of time; ``most`` is the highest bar, or None when all are empty."""

    bars: tuple[Bar, ...]
    values: tuple[Tick, ...]
    times: tuple[Tick, ...]
    most: Bar | None


@dataclass(frozen=True)
class Share:
    """One part of a split bar: where it starts and how wide it is, in per cent; ``fits`` says if words fit in."""

    count: int
    left: float
    width: float
    middle: float
    fits: bool


def line_chart(series: Sequence[Sequence[float]], labels: Sequence[str], limit: float | None = None) -> LineChart:
    """Return lines over equal steps of time; ``labels`` name the steps, ``limit`` is drawn as a dotted line."""
    top = _round_up(max([1.0, *(value for line in series for value in line)]))
    if limit is not None:
        top = max(top, limit)
    steps = max((len(line) for line in series), default=0)
    lines = []
    for values in series:
        points = [(_x(index, steps), _y(value, top)) for index, value in enumerate(values)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""
        area = f"{path}L{points[-1][0]:.1f} {BOTTOM}L{points[0][0]:.1f} {BOTTOM}Z" if points else ""
        lines.append(Line(path, area, points[-1][1] if points else BOTTOM))
    return LineChart(_apart(lines), _value_ticks(top), _time_ticks(labels), None if limit is None else _y(limit, top))


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Set the labels of the lines above them, and away from each other."""
    placed: list[float] = []
    result = []
    for line in lines:
        y = line.label_y - 8
        while any(abs(y - other) < 15 for other in placed):
            y += 15
        placed.append(y)
        result.append(Line(line.path, line.area, y))
    return tuple(result)


def bar_chart(counts: Sequence[int], labels: Sequence[str]) -> BarChart:
    """Return one bar for each count; ``labels`` name the steps. Few bars stay narrow and stand at the left."""
    top = _round_up(max([1, *counts]))
    room = (RIGHT - LEFT) / max(len(counts), 1)
    few = room > WIDEST_BAR
    room = min(room, WIDEST_BAR)
    bars = tuple(
        Bar(LEFT + index * room + 2, _y(count, top), max(room - 4, 1), BOTTOM - _y(count, top), count)
        for index, count in enumerate(counts)
    )
    most = max(bars, key=lambda bar: bar.value, default=None)
    each = tuple(Tick(LEFT + (index + 0.5) * room, text, "middle") for index, text in enumerate(labels))
    return BarChart(
        bars, _value_ticks(top), each if few else _time_ticks(labels), most if most and most.value else None
    )


def split_bar(counts: Sequence[int]) -> tuple[Share, ...]:
    """Return the parts of one bar; a part that is not empty is at least 8 per cent wide, so that it can be seen."""
    total = sum(counts)
    if not total:
        return ()
    small: set[int] = set()  # those that get the least, so that they can be seen; the others share what is left
    while True:
        rest = sum(count for count in counts if count not in small)
        free = 100 - LEAST_SHARE * sum(count in small for count in counts)
        smaller = {count for count in counts if count and count not in small and free * count / rest < LEAST_SHARE}
        if not smaller:
            break
        small |= smaller
    shares, left = [], 0.0
    for count in counts:
        width = 0.0 if not count else LEAST_SHARE if count in small else free * count / rest
        shares.append(Share(count, left, max(width - 0.4, 0), left + width / 2, width >= 22))
        left += width
    return tuple(shares)


def _x(index: int, steps: int) -> float:
    return LEFT + (RIGHT - LEFT) * index / max(steps - 1, 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top


def _step(top: float) -> float:
    rough = top / 3
    size = 10 ** floor(log10(rough)) if rough > 0 else 1
    return max(1, next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough))


def _round_up(top: float) -> float:
    step = _step(top)
    return float(step * ceil(top / step))


def _value_ticks(top: float) -> tuple[Tick, ...]:
    step = _step(top)
    return tuple(Tick(_y(value, top), f"{value:g}") for value in (step * index for index in range(int(top / step) + 1)))


def _time_ticks(labels: Sequence[str]) -> tuple[Tick, ...]:
    if not labels:
        return ()
    last = len(labels) - 1
    if last < 2:
        return tuple(
            Tick(_x(index, len(labels)), text, "start" if not index else "end") for index, text in enumerate(labels)
        )
    return (
        Tick(LEFT, labels[0], "start"),
        Tick(_x(last // 2, last + 1), labels[last // 2], "middle"),
        Tick(RIGHT, labels[last], "end"),
    )
