"""The boxes of a form: what was ticked, and what a box says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosslinks.consents.queries import list_wordings
from crosslinks.consents.rules import FIELD_PREFIX, Topic, Wording, read_topic
from crosslinks.web.languages import current_language

_NOT_TICKED = {"", "0", "false", "off", "no"}


@dataclass(frozen=True)
class Box:
    """One box as a page shows it, in the reader's language."""

    field: str
    text: str
    is_ticked: bool


def read_ticked(sent: Mapping[str, str]) -> set[Topic]:
    """Return the topics whose boxes were ticked in a form that was sent; other fields are passed over."""
    found = (read_topic(name) for name in sent if name.startswith(FIELD_PREFIX) and _is_ticked(sent[name]))
    return {topic for topic in found if topic is not None}


def _is_ticked(value: str) -> bool:
    return value.strip().lower() not in _NOT_TICKED


def choose_wordings(edition_id: int, ticked: Collection[Topic]) -> list[Wording]:
    """Return the exact words of what was ticked and is asked now; nothing is read when nothing was ticked."""
    if not ticked:
        return []
    return [wording for wording in list_wordings(edition_id) if wording.topic in ticked]


def show_boxes(wordings: Sequence[Wording], ticked: Iterable[Topic]) -> list[Box]:
    """Return the boxes of what is asked, in its order."""
    language, chosen = current_language(), set(ticked)
    return [Box(one.topic.field, one.texts[language], one.topic in chosen) for one in wordings]
