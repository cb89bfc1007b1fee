"""Rows of figures, each beside P and its limit, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure: ``value`` in ``unit``; ``p`` is the same in units of the plain page, where that is the measure.

    ``limit`` is in P where ``p`` is given, else in ``unit``; None where nothing is promised. With ``at_least`` it is a
    lower bound.
    """

    name: str
    value: float
    unit: str
    p: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def missed(self) -> bool:
        """Whether the figure is beyond its limit."""
        if self.limit is None:
            return False
        measured = self.p if self.p is not None else self.value
        return measured < self.limit if self.at_least else measured > self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the row as ``bench --json`` prints it."""
        facts = {name: value for name, value in asdict(self).items() if name != "at_least" or value}
        rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in facts.items()}
        return rounded | {"missed": self.missed}

    def as_text(self) -> str:
        """Return the row as a line of the table."""
        in_p = f"{self.p:8.1f} P" if self.p is not None else " " * 10
        limit = (
            ""
            if self.limit is None
            else f"{'≥' if self.at_least else '≤'} {self.limit:g}{' P' if self.p is not None else ' ' + self.unit}"
        )
        return f"{self.name:<58} {self.value:9.2f} {self.unit:<5}{in_p}  {limit:<12}{'  MISSED' if self.missed else ''}"
