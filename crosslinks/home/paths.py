"""Our drawings' path data as points, for pictures that are not SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot

from crosslinks.web.drawings import Point

DASH, GAP = 9.0, 7.0
_TOKEN = re.compile(r"([A-Za-z])|(-?\d+(?:\.\d+)?)")


def curves(path: str, scale: float, at: Point) -> Iterator[list[Point]]:
    """Yield the curves of our own path data (M, h, V, C and S) as points that lie close, made larger and put ``at``."""
    for curve in _plain_curves(path):
        yield [(x * scale + at[0], y * scale + at[1]) for x, y in curve]


def _plain_curves(path: str) -> Iterator[list[Point]]:
    points: list[Point] = []
    control: Point = (0.0, 0.0)
    for command, numbers in _commands(path):
        if command == "M":
            if points:
                yield points
            points = [(numbers[0], numbers[1])]
            control = points[0]
        elif command in {"h", "V"}:
            x, y = points[-1]
            points.append((x + numbers[0], y) if command == "h" else (x, numbers[0]))
        else:
            here = points[-1]
            first = (numbers[0], numbers[1]) if command == "C" else (2 * here[0] - control[0], 2 * here[1] - control[1])
            control, end = (numbers[-4], numbers[-3]), (numbers[-2], numbers[-1])
            points += [_bezier(here, first, control, end, step / 8) for step in range(1, 9)]
    if points:
        yield points


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for letter, number in _TOKEN.findall(path):
        if letter:
            if command:
                yield command, numbers
            command, numbers = letter, []
        else:
            numbers.append(float(number))
    if command:
        yield command, numbers


def _bezier(start: Point, one: Point, two: Point, end: Point, part: float) -> Point:
    rest = 1 - part
    weights = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
    corners = (start, one, two, end)
    return (
        sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
    )


def dashes(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Cut a line into dashes; where one begins follows the length along the line."""
    gone, dash = 0.0, list[Point]()
    for before, here in pairwise(points):
        gone += hypot(here[0] - before[0], here[1] - before[1])
        if gone % (DASH + GAP) < DASH:
            dash.append(here)
        elif dash:
            yield dash
            dash = []
    if dash:
        yield dash
