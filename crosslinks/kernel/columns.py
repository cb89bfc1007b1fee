"""Column types and constraint names that every feature's tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, LargeBinary, MetaData, String, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Return metadata whose constraint names are the same on every database."""
    return MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware, kept in UTC. A naive value is refused with ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Texts = dict[str, str]
"""One text in several languages: ``{"en": "…", "nb": "…"}``."""

JsonDict = dict[str, Any]

TYPE_MAP = {
    datetime: UtcDateTime,
    Texts: JSON,
    JsonDict: JSON,
    list[str]: JSON,
    bytes: LargeBinary,
    str: String,
}


def enum_column(kind: type[StrEnum], name: str = "") -> Enum:
    """Return a type that keeps the values of ``kind`` as text with a check; ``name`` it where a table has two."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        create_constraint=True,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def pick(texts: Mapping[str, str] | None, language: str, others: Iterable[str] = ()) -> str:
    """Return the text in ``language``, else in the first of ``others`` that has one, else any, else ``""``."""
    return pick_with_language(texts, language, others)[0]


def pick_with_language(texts: Mapping[str, str] | None, language: str, others: Iterable[str] = ()) -> tuple[str, str]:
    """Return ``(text, its language)`` as ``pick`` does, so that a page can mark a foreign passage with ``lang=``."""
    if not texts:
        return "", language
    for code in (language, *others, *texts):
        text = texts.get(code)
        if text:
            return text, code
    return "", language
