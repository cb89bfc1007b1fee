"""Every table and every column is decided on, in one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask

from crosslinks.config import settings
from crosslinks.copies.decisions import LEFT_OUT, PARTS, table_of
from crosslinks.copies.export import export_edition
from crosslinks.copies.packing import as_text
from crosslinks.copies.rules import Kept, Names, Never, Shows
from crosslinks.copies.tables import children_of
from crosslinks.kernel.db import Base
from tests.copies.factories import SECRET, make_full_edition


def test_every_table_and_column_is_decided_on() -> None:
    decided = {table_of(name) for name in PARTS}
    assert not decided & LEFT_OUT.keys()
    assert decided | LEFT_OUT.keys() == Base.metadata.tables.keys()
    for name, part in PARTS.items():
        columns = Base.metadata.tables[table_of(name)].columns.keys()
        assert sorted(part.columns) == sorted(columns), f"{name}: decide in crosslinks/copies/decisions.py"
    assert all(LEFT_OUT.values())
    assert all(one.reason for part in PARTS.values() for one in part.columns.values() if isinstance(one, Never))


def _said(name: str, row: Any, found: set[tuple[str, str]]) -> None:
    rows = row if isinstance(row, list) else [row]
    for one in rows:
        found |= {(name, column) for column in one}
        for child in children_of(name):
            if PARTS[child].name in one:
                _said(child, one[PARTS[child].name], found)


def test_what_is_decided_to_be_in_a_file_is_there_and_nothing_else(app: Flask) -> None:
    edition = make_full_edition()
    text = as_text(export_edition(edition, settings().uploads).content).decode()
    assert SECRET[:5] not in text
    content = json.loads(text)
    found: set[tuple[str, str]] = set()
    _said("conference", content["conference"], found)
    _said("edition", content["edition"], found)
    wanted = {
        (name, column.removesuffix("_id") if isinstance(decision, Names) else column)
        for name, part in PARTS.items()
        for column, decision in part.columns.items()
        if isinstance(decision, (Kept, Names, Shows))
    }
    lists = {(part.inside, part.name) for part in PARTS.values() if part.inside}
    assert wanted - found == {("person", "portrait")}, "a portrait is cut from its source"
    assert found - wanted - lists == {("question", "key")}


def test_a_picture_whose_file_is_gone_is_left_out(app: Flask, tmp_path: Path) -> None:
    edition = make_full_edition()
    document = export_edition(edition, tmp_path)
    assert document.pictures == {}
    assert "logo" not in document.content["conference"]
    assert "gallery" not in document.content["edition"]
