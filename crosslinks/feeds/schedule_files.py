"""A schedule as ``schedule.xml`` and ``schedule.json``, as the c3voc's schemas demand them."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from crosslinks.feeds.schedule import Schedule, ScheduleDay, ScheduleEvent, ScheduleRoom

SLOT = "00:05"
_ZONE_NAME = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC$")


def _program_version() -> str:
    try:
        return version("crosslinks")
    except PackageNotFoundError:
        return "0"


def write_xml(schedule: Schedule) -> bytes:
    """Return the schedule as XML."""
    root = Element("schedule")
    SubElement(root, "generator", name="Crosslinks", version=_program_version())
    _add(root, "url", f"{schedule.base_url}programme.xml")
    _add(root, "version", schedule.version)
    _add_conference(root, schedule)
    for index, day in enumerate(schedule.days, 1):
        _add_day(root, day, index)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _add_conference(root: Element, schedule: Schedule) -> None:
    conference = SubElement(root, "conference")
    facts = {
        "acronym": schedule.acronym,
        "title": schedule.title,
        "start": schedule.days[0].date.isoformat(),
        "end": schedule.days[-1].date.isoformat(),
        "days": str(len(schedule.days)),
        "timeslot_duration": SLOT,
        "base_url": schedule.base_url,
        "url": schedule.base_url,
        "time_zone_name": schedule.time_zone,
    }
    for name, text in facts.items():
        _add(conference, name, text)
    for track in schedule.tracks:
        SubElement(conference, "track", name=track.name, slug=track.slug)


def _add_day(root: Element, day: ScheduleDay, index: int) -> None:
    facts = {"index": str(index), "date": day.date.isoformat()}
    shown = SubElement(root, "day", facts, start=day.starts_at.isoformat(), end=day.ends_at.isoformat())
    for room, events in day.rooms:
        place = SubElement(shown, "room", name=room.name, guid=str(room.guid))
        for event in events:
            _add_event(place, event)


def _add_event(place: Element, event: ScheduleEvent) -> None:
    element = SubElement(place, "event", id=str(event.id), guid=str(event.guid))
    facts = {
        "room": event.room,
        "title": event.title,
        "subtitle": "",
        "type": event.kind,
        "date": event.starts_at.isoformat(),
        "start": f"{event.starts_at:%H:%M}",
        "duration": event.duration,
        "abstract": event.abstract,
        "slug": event.slug,
        "track": event.track,
        "logo": "",
        "language": event.language,
        "description": "",
        "url": event.url,
    }
    for name, text in facts.items():
        _add(element, name, text)
    recording = SubElement(element, "recording")
    _add(recording, "license", "")
    _add(recording, "optout", "false" if event.recorded else "true")
    persons = SubElement(element, "persons")
    for person in event.persons:
        SubElement(persons, "person", id=str(person.id), guid=str(person.guid)).text = person.name
    SubElement(element, "links")
    SubElement(element, "attachments")


def write_json(schedule: Schedule) -> str:
    """Return the schedule as JSON."""
    conference: dict[str, Any] = {
        "acronym": schedule.acronym,
        "title": schedule.title,
        "start": schedule.days[0].date.isoformat(),
        "end": schedule.days[-1].date.isoformat(),
        "daysCount": len(schedule.days),
        "timeslot_duration": SLOT,
        "url": schedule.base_url,
        "tracks": [{"name": track.name, "slug": track.slug} for track in schedule.tracks],
        "rooms": [_room(room) for room in schedule.rooms],
        "days": [_day(day, index) for index, day in enumerate(schedule.days, 1)],
    }
    if _ZONE_NAME.match(schedule.time_zone):
        conference["time_zone_name"] = schedule.time_zone
    found = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": "Crosslinks", "version": _program_version()},
        "schedule": {"version": schedule.version, "base_url": schedule.base_url, "conference": conference},
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _room(room: ScheduleRoom) -> dict[str, Any]:
    return {"name": room.name, "guid": str(room.guid), "capacity": room.seats}


def _day(day: ScheduleDay, index: int) -> dict[str, Any]:
    return {
        "index": index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(),
        "day_end": day.ends_at.isoformat(),
        "rooms": {room.name: [_event(event) for event in events] for room, events in day.rooms},
    }


def _event(event: ScheduleEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "guid": str(event.guid),
        "logo": "",
        "date": event.starts_at.isoformat(),
        "start": f"{event.starts_at:%H:%M}",
        "end": event.ends_at.isoformat(),
        "duration": event.duration,
        "room": event.room,
        "slug": event.slug,
        "url": event.url,
        "title": event.title,
        "subtitle": "",
        "track": event.track or None,
        "type": event.kind,
        "language": event.language,
        "abstract": event.abstract,
        "description": "",
        "recording_license": "",
        "do_not_record": not event.recorded,
        "do_not_stream": not event.streamed,
        "persons": [
            {"id": person.id, "guid": str(person.guid), "name": person.name, "url": person.url}
            for person in event.persons
        ],
        "links": [],
        "attachments": [],
    }
