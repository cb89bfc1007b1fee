"""The published programme in a file: rooms by name, people by key, sessions and talks by their UUIDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from crosslinks.copies.decisions import PARTS
from crosslinks.copies.decoding import Refused, decode, list_of, text
from crosslinks.copies.rules import Kept
from crosslinks.copies.tables import table
from crosslinks.kernel.columns import JsonDict

_COMMON = ("uuid", "kind", "title", "starts_at", "ends_at", "is_demo")
_SESSION = (*_COMMON, "summary", "streamed")
_TALK = (*_COMMON, "slug", "abstract", "abstract_language")
_MOST = 1_000
GONE = 1_000_000_000
"""Numbers from here on are of sessions and talks that the working copy has no more."""


def read_programme(said: Any) -> list[dict[str, Any]]:
    """Return a published programme with checked values; raises ``Refused`` with the place within it."""
    return [_session(one, f"[{place}]") for place, one in enumerate(list_of(said, _MOST))]


def _session(said: Any, where: str) -> dict[str, Any]:
    found = _fields("session", said, _SESSION, where, more=("room", "moderators", "talks"))
    try:
        found["room"] = text(said.get("room", ""), 120)
        talks = list_of(said.get("talks", []), _MOST)
    except Refused as refused:
        raise Refused(refused.code, refused.fact, where) from refused
    found["moderators"] = _people(said.get("moderators", []), f"{where}.moderators")
    found["talks"] = [_talk(one, f"{where}.talks[{place}]") for place, one in enumerate(talks)]
    return found


def _talk(said: Any, where: str) -> dict[str, Any]:
    found = _fields("talk", said, _TALK, where, more=("speakers",))
    return found | {"speakers": _people(said.get("speakers", []), f"{where}.speakers")}


def _fields(part: str, said: Any, names: tuple[str, ...], where: str, more: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Refused("no_object", within=where)
    for unknown in sorted(said.keys() - {*names, *more}):
        raise Refused("unknown", within=f"{where}.{unknown[:40]}")
    found: dict[str, Any] = {}
    for name in names:
        if name not in said:
            raise Refused("missing", within=f"{where}.{name}")
        kept = PARTS[part].columns[name]
        try:
            found[name] = decode(table(part).c[name], kept if isinstance(kept, Kept) else Kept(), said[name])
        except Refused as refused:
            raise Refused(refused.code, refused.fact, f"{where}.{name}{refused.within}") from refused
    if found["ends_at"] < found["starts_at"]:
        raise Refused("order", within=f"{where}.ends_at")
    return found


def _people(said: Any, where: str) -> list[str]:
    try:
        return [text(one, 120) for one in list_of(said, 100)]
    except Refused as refused:
        raise Refused(refused.code, refused.fact, where) from refused


def people_in(programme: list[dict[str, Any]]) -> Iterator[str]:
    """Return the keys of everybody who speaks or moderates."""
    for session in programme:
        yield from session["moderators"]
        for talk in session["talks"]:
            yield from talk["speakers"]


class Numbers:
    """The numbers of this installation for what a programme names; UUIDs that were taken are exchanged."""

    def __init__(
        self, rooms: Mapping[str, int], people: Mapping[str, int], parts: Mapping[UUID, tuple[int, UUID]]
    ) -> None:
        self._rooms, self._people, self._parts = rooms, people, parts
        self._gone = GONE

    def content(self, programme: list[dict[str, Any]]) -> JsonDict:
        """Return a programme as a release keeps it."""
        return {"sessions": [self._session(session) for session in programme]}

    def _session(self, session: dict[str, Any]) -> JsonDict:
        return {
            **self._common(session),
            "summary": session["summary"],
            "room_id": self._rooms.get(session["room"]),
            "room": session["room"],
            "streamed": session["streamed"],
            "moderators": self._numbers(session["moderators"]),
            "talks": [
                {
                    **self._common(talk),
                    "slug": talk["slug"],
                    "abstract": talk["abstract"],
                    "abstract_language": talk["abstract_language"],
                    "speakers": self._numbers(talk["speakers"]),
                }
                for talk in session["talks"]
            ],
        }

    def _common(self, part: dict[str, Any]) -> JsonDict:
        number, uuid = self._parts.get(part["uuid"], (0, part["uuid"]))
        if not number:
            self._gone += 1
            number = self._gone
        return {
            "id": number, "uuid": str(uuid), "kind": part["kind"].value, "title": part["title"],
            "is_demo": part["is_demo"], "starts_at": part["starts_at"].astimezone(UTC).isoformat(),
            "ends_at": part["ends_at"].astimezone(UTC).isoformat(),
        }  # fmt: skip

    def _numbers(self, keys: list[str]) -> list[int]:
        return [self._people[key] for key in keys]
