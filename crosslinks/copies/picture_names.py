"""What pictures are called beside the document: what they show, and a part of their content's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crosslinks.stories.rules import slug_of

_HASH = 6
_LONGEST = 48


def name_picture(part: str, column: str, row: Mapping[Any, Any], path: Path) -> str:
    """Return a readable name for a stored picture, the same for the same content."""
    digest = hashlib.blake2b(path.read_bytes(), digest_size=_HASH).hexdigest()
    return f"pictures/{describe_picture(part, column, row)}-{digest}{path.suffix}"


def describe_picture(part: str, column: str, row: Mapping[Any, Any]) -> str:
    """Return what a picture is and whose, as in ``portrait-sonja-loges``."""
    kind = column.replace("_", "-").replace("file", "picture").replace("portrait-source", "portrait")
    return f"{kind}-{slug_of(_words(part, row))[:_LONGEST].strip('-')}"


def _words(part: str, row: Mapping[Any, Any]) -> str:
    if part == "person":
        return f"{row['given_name']} {row['family_name']}"
    if part in {"sponsor", "conference"}:
        return str(row["name"])
    return next((text for text in row["alt"].values() if text), "undescribed")
