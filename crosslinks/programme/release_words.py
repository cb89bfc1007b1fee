"""What changed from one release to the next, in the reader's words; people are called as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from crosslinks.kernel.columns import Texts
from crosslinks.programme.release_changes import ChangeKind, PartKind
from crosslinks.programme.rules import SessionKind, TalkKind
from crosslinks.programme.timeline import PersonLine
from crosslinks.web.formats import format_clock, format_day
from crosslinks.web.pages import texts

Item = Mapping[str, Any]


@dataclass(frozen=True)
class WordedPart:
    """What changed in one part; ``title`` is empty for the session itself, whose name stands above."""

    title: Texts
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class WordedGroup:
    """One session, single talk or break, and what changed in it."""

    title: Texts
    parts: tuple[WordedPart, ...]


def word_changes(changes: Mapping[str, Any], zone: ZoneInfo, people: Mapping[int, PersonLine]) -> list[WordedGroup]:
    """Return a kept changelog in words; what is only about people who are no more is left out."""
    writer = ChangeWriter(zone, people)
    groups = (
        WordedGroup(group["title"], _parts(group, writer)) for group in changes.get("groups", ()) if group["items"]
    )
    return [group for group in groups if group.parts]


def _parts(group: Mapping[str, Any], writer: ChangeWriter) -> tuple[WordedPart, ...]:
    single = group["kind"] == SessionKind.SINGLE
    by_part: dict[str, list[Item]] = {}
    for item in group["items"]:
        by_part.setdefault(item["uuid"], []).append(item)
    worded = (
        WordedPart({} if single or items[0]["part"] != PartKind.TALK else items[0]["title"], writer.sentences(items))
        for items in by_part.values()
    )
    return tuple(part for part in worded if part.sentences)


class ChangeWriter:
    """Writes changes of a programme; to ``reader`` as "you"."""

    def __init__(self, zone: ZoneInfo, people: Mapping[int, PersonLine], reader: int | None = None) -> None:
        self._zone = zone
        self._people = people
        self._reader = reader
        self._write: dict[ChangeKind, Callable[[Item], str]] = {
            ChangeKind.ADDED: self._added,
            ChangeKind.REMOVED: lambda item: _("Taken out. It was at %(time)s.", time=self._clock(item["before"])),
            ChangeKind.MOVED: self._moved,
            ChangeKind.LONGER: lambda item: _("Longer: %(now)s minutes, was %(was)s.", **_lengths(item)),
            ChangeKind.SHORTER: lambda item: _("Shorter: %(now)s minutes, was %(was)s.", **_lengths(item)),
            ChangeKind.ROOM: _room,
            ChangeKind.REGROUPED: _regrouped,
            ChangeKind.RENAMED: _renamed,
            ChangeKind.KIND: _kind,
            ChangeKind.SUMMARY: lambda _item: _("The text about it was changed."),
            ChangeKind.ABSTRACT: lambda _item: _("The abstract was changed."),
            ChangeKind.STREAM: _stream,
            ChangeKind.SPEAKER_ADDED: self._person(_("%(name)s speaks here now."), _("You speak here now.")),
            ChangeKind.SPEAKER_REMOVED: self._person(
                _("%(name)s no longer speaks here."), _("You no longer speak here.")
            ),
            ChangeKind.MODERATOR_ADDED: self._person(_("%(name)s moderates now."), _("You moderate this now.")),
            ChangeKind.MODERATOR_REMOVED: self._person(
                _("%(name)s no longer moderates."), _("You no longer moderate this.")
            ),
        }

    def sentences(self, items: Iterable[Item]) -> tuple[str, ...]:
        """Return each change as a sentence."""
        found = (self._write[ChangeKind(item["what"])](item) for item in items)
        return tuple(sentence for sentence in found if sentence)

    def _person(self, words: str, to_reader: str) -> Callable[[Item], str]:
        def write(item: Item) -> str:
            if item["person"] == self._reader:
                return to_reader
            person = self._people.get(item["person"])
            return words % {"name": person.name} if person else ""

        return write

    def _added(self, item: Item) -> str:
        words = {
            PartKind.TALK: _("New talk, %(time)s.", time=self._clock(item["after"])),
            PartKind.SESSION: _("New session, %(time)s.", time=self._clock(item["after"])),
            PartKind.BREAK: _("New break, %(time)s.", time=self._clock(item["after"])),
        }
        return words[PartKind(item["part"])]

    def _moved(self, item: Item) -> str:
        was, now = (datetime.fromisoformat(item[key]).astimezone(self._zone) for key in ("before", "after"))
        if was.date() == now.date():
            return _("Now at %(now)s, was at %(was)s.", now=self._clock(item["after"]), was=self._clock(item["before"]))
        return _(
            "Now on %(day)s at %(now)s, was on %(other_day)s at %(was)s.",
            day=format_day(now), now=self._clock(item["after"]), other_day=format_day(was),
            was=self._clock(item["before"]),
        )  # fmt: skip

    def _clock(self, moment: str) -> str:
        return format_clock(datetime.fromisoformat(moment), self._zone)


def _lengths(item: Item) -> dict[str, int]:
    return {"was": item["before"], "now": item["after"]}


def _room(item: Item) -> str:
    if not item["after"]:
        return _("The room is not told any more, was %(was)s.", was=item["before"])
    if not item["before"]:
        return _("In %(room)s.", room=item["after"])
    return _("Now in %(room)s, was in %(was)s.", room=item["after"], was=item["before"])


def _regrouped(item: Item) -> str:
    now, was = texts(item["after"]), texts(item["before"])
    if not now:
        return _("Now on its own, was in the session “%(was)s”.", was=was)
    if not was:
        return _("Now in the session “%(title)s”.", title=now)
    return _("Now in the session “%(title)s”, was in “%(was)s”.", title=now, was=was)


def _renamed(item: Item) -> str:
    now, was = texts(item["after"]), texts(item["before"])
    if now == was:
        return _("The title was changed in another language.")
    return _("Was called “%(was)s”.", was=was) if was else _("It has a title now.")


def _kind(item: Item) -> str:
    words = {
        TalkKind.TALK: _("Talk"),
        TalkKind.KEYNOTE: _("Keynote"),
        TalkKind.PANEL: _("Panel"),
        TalkKind.OPENING: _("Opening"),
        TalkKind.CLOSING: _("Closing"),
    }
    return _("Now: %(kind)s.", kind=words[TalkKind(item["after"])])


def _stream(item: Item) -> str:
    return _("Now on the stream too.") if item["after"] else _("Now in the room only.")
