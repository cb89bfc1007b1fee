"""A day with only some of its talks."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from crosslinks.programme.timeline import SessionRow


def only_talks(rows: Iterable[SessionRow], wanted: Container[str]) -> list[SessionRow]:
    """Return the sessions that hold a wanted talk (by its identity as text), each with those alone."""
    found = (
        replace(row, talks=tuple(talk for talk in row.talks if str(talk.uuid) in wanted)) for row in rows if row.talks
    )
    return [row for row in found if row.talks]
