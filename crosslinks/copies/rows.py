"""A row that a file would make, before it has a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crosslinks.copies.decoding import Refused, text


@dataclass
class Row:
    """One row of ``part``, at ``path`` in the file, within the row ``around``.

    ``names`` are the rows that it names, by column: table and key. ``pictures`` are files beside the document.
    """

    part: str
    path: str
    around: Row | None = None
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    id: int = 0

    def set_key(self, value: Any) -> None:
        """Take the name by which others name it; raises ``Refused``."""
        if value is None:
            raise Refused("missing")
        self.key = text(value, 20)
