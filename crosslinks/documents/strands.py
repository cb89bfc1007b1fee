"""The day as two strands: the room a solid line, the stream a dashed one, a link for each talk.

In a break the strands part: the room bulges outwards. Nothing is drawn that is not in the day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_STEPS = 60
_ROOM, _STREAM = 0.36, 0.74
_SWAY, _BULGE = 0.03, 0.2


def _bulge(at: float, breaks: Sequence[tuple[float, float]]) -> float:
    """Return 0 outside breaks and up to 1 in the middle of one, with soft shoulders."""
    return sum(math.exp(-(((at - (start + end) / 2) / max((end - start) * 0.75, 0.03)) ** 2)) for start, end in breaks)


def draw_strands(
    talks: Sequence[float],
    breaks: Sequence[tuple[float, float]],
    *,
    width: float,
    height: float,
    room: str,
    stream: str,
) -> str:
    """Return an SVG of ``width`` by ``height`` millimetres; moments are fractions of the day from top to bottom."""

    def strand(at: float, line: float) -> float:
        sway = math.sin(at * 5.1 + 0.4) * _SWAY
        pull = min(1.0, _bulge(at, breaks)) * _BULGE
        return (line + sway - pull * (1 if line == _ROOM else -0.4)) * width

    def path(line: float) -> str:
        points = (f"{strand(step / _STEPS, line):.2f} {step / _STEPS * height:.2f}" for step in range(_STEPS + 1))
        return "M" + "L".join(points)

    links = "".join(
        f"M{strand(at, _ROOM):.2f} {at * height:.2f}H{strand(at, _STREAM):.2f}" for at in talks if 0 <= at <= 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
        f'<path d="{path(_ROOM)}" fill="none" stroke="{room}" stroke-width=".45"/>'
        f'<path d="{path(_STREAM)}" fill="none" stroke="{stream}" stroke-width=".4" stroke-dasharray="1.1 .8"/>'
        f'<path d="{links}" fill="none" stroke="{room}" stroke-width=".4"/></svg>'
    )
